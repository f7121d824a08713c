package mongo

import (
	"errors"
	"net"
	"slices"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"etamil/engine/db"
	"etamil/engine/diag"
)

func TestTargetUnderstandsTexts(t *testing.T) {
	for _, tt := range []struct {
		text, masked, label string
		addresses           []db.Address
		secret              string
	}{
		{"mongodb://h", "mongodb://h:27017", "mongodb@h", []db.Address{{Host: "h", Port: "27017"}}, ""},
		{"mongodb://127.0.0.1:27391/", "mongodb://127.0.0.1:27391", "mongodb@127.0.0.1", []db.Address{{Host: "127.0.0.1", Port: "27391"}}, ""},
		{"MONGODB://[::1]:5/x", "mongodb://[::1]:5", "mongodb@::1", []db.Address{{Host: "::1", Port: "5"}}, ""},
		{"mongodb://anbu:so%40llu@h/admin?appName=x", "mongodb://anbu@h:27017", "mongodb@h", []db.Address{{Host: "h", Port: "27017"}}, "so@llu"},
		{"mongodb://HOSTS:p@a,b:7/?replicaSet=rs&w=majority", "mongodb://HOSTS@a:27017,b:7", "mongodb@a,b", []db.Address{{Host: "a", Port: "27017"}, {Host: "b", Port: "7"}}, "p"},
		{"mongodb+srv://u:p@cluster.shop.example/?authSource=admin", "mongodb://u@cluster.shop.example", "mongodb@cluster.shop.example", []db.Address{{Host: "cluster.shop.example"}}, "p"},
		{"mongodb://%2Frun%2Fmongodb-27017.sock/", "mongodb:///run/mongodb-27017.sock", "mongodb@/run/mongodb-27017.sock", []db.Address{{Host: "/run"}}, ""},
		{"mongodb://h?serverSelectionTimeoutMS=100&tls=true&readPreference=nearest&readPreferenceTags=dc:a&readPreferenceTags=", "mongodb://h:27017", "mongodb@h", []db.Address{{Host: "h", Port: "27017"}}, ""},
	} {
		target, err := New().Target(tt.text, db.Options{})
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if target.Masked != tt.masked || target.Label != tt.label || !slices.Equal(target.Addresses, tt.addresses) {
			t.Errorf("%s: %q, %q, %v", tt.text, target.Masked, target.Label, target.Addresses)
		}
		if tt.secret == "" != (len(target.Secrets) == 0) || tt.secret != "" && !slices.Contains(target.Secrets, tt.secret) {
			t.Errorf("%s: secrets %q", tt.text, target.Secrets)
		}
	}
}

func TestTargetRefusesTextsWithoutRepeatingThem(t *testing.T) {
	for text, key := range map[string]string{
		"": "", "no scheme": "", "http://zzhost/": "", "mongodb://": "", "mongodb://h:0/": "", "mongodb://h:zz/": "", "mongodb://a,,b/": "",
		"mongodb://:secret@h/": "", "mongodb://u:%zz@h/": "", "mongodb://%2Ftmp%2Fzz/": "", "mongodb://zz%2Fx.sock/": "",
		"mongodb+srv://a.zz,b.zz/": "", "mongodb+srv://a.zz:27017/": "", "mongodb+srv://%2Fzz.sock/": "",
		"mongodb://h/?noSuchOption=zz":             "noSuchOption",
		"mongodb://h/?tlsCAFile=%2Fzz":             "tlsCAFile",
		"mongodb://h/?tlsCertificateKeyFile=%2Fzz": "tlsCertificateKeyFile",
		"mongodb://h/?srvMaxHosts=2":               "",
		"mongodb+srv://h.a.b/?srvMaxHosts=zz":      "srvMaxHosts",
		"mongodb://h/?authMechanism=MONGODB-AWS":   "authMechanism",
		"mongodb://h/?authMechanismProperties=a:b": "authMechanismProperties",
		"mongodb://h/?w=0":                         "w",
		"mongodb://h/?w=-00":                       "w",
		"mongodb://h/?connectTimeoutMS=zz":         "connectTimeoutMS",
		"mongodb://h/?serverSelectionTimeoutMS=0":  "serverSelectionTimeoutMS",
		"mongodb://h/?timeoutMS=zz":                "timeoutMS",
		"mongodb://h/?retryWrites=zz":              "retryWrites",
		"mongodb://h/?readPreference=zz":           "readPreference",
		"mongodb://h/?replicaSet=":                 "replicaSet",
		"mongodb://a,b/?directConnection=true":     "",
		"mongodb://h/?readPreferenceTags=a:b":      "",
		"mongodb://h/?tls=true&ssl=false":          "",
	} {
		_, err := New().Target(text, db.Options{})
		var d *diag.Diagnostic
		if !errors.As(err, &d) || d.Def != diag.BadConnectionText {
			t.Errorf("%q: %v, want ET5042", text, err)
			continue
		}
		said := d.Message().En + d.Message().Ta
		if strings.Contains(said, "zz") || strings.Contains(said, "secret") || !strings.Contains(d.Message().En, key) || !strings.Contains(d.Message().Ta, key) {
			t.Errorf("%q: %s", text, said)
		}
	}
}

func TestOneKeyForTextsThatMeanTheSame(t *testing.T) {
	key := func(text string, o db.Options) string {
		target, err := New().Target(text, o)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return target.Key
	}
	first := key("mongodb://u:p@h:27017/?w=1&appName=x", db.Options{})
	for _, same := range []string{"MONGODB://u:%70@H/?appname=x&W=1", "mongodb://u:p@h?appName=x&w=1"} {
		if key(same, db.Options{}) != first {
			t.Errorf("%s has another key", same)
		}
	}
	other := "q"
	for _, text := range []string{"mongodb://u:p@h/?w=1", "mongodb://u:q@h/?w=1&appName=x", "mongodb://u:p@h:1/?w=1&appName=x", "mongodb://u:p@h/db?w=1&appName=x", "mongodb+srv://u:p@h/?w=1&appName=x"} {
		if key(text, db.Options{}) == first {
			t.Errorf("%s has the same key", text)
		}
	}
	if key("mongodb://u:p@h:27017/?w=1&appName=x", db.Options{Password: &other}) != key("mongodb://u:q@h:27017/?w=1&appName=x", db.Options{}) {
		t.Error("the password of a source does not count")
	}
}

// What the library is given means what the text means.
func TestTheLibraryReadsWhatWasWritten(t *testing.T) {
	d := &deployment{
		hosts: []server{{"::1", "5"}, {"/tmp/m.sock", ""}}, user: "a b+c:/@", password: "p q+%&?#;", hasPassword: true, database: "x y+z",
		keys: []db.URLKey{{Name: "appname", Value: "a&b=c;d e+f"}},
	}
	o := options.Client().ApplyURI(d.uri(d.hosts))
	if err := o.Validate(); err != nil {
		t.Fatal(err)
	}
	if o.Auth == nil || o.Auth.Username != d.user || o.Auth.Password != d.password || o.Auth.AuthSource != d.database || *o.AppName != "a&b=c;d e+f" || !slices.Equal(o.Hosts, []string{"[::1]:5", "/tmp/m.sock"}) {
		t.Errorf("%+v %+v", o.Auth, o)
	}
	for text, tls := range map[string]bool{"mongodb+srv://c.shop.example": true, "mongodb+srv://c.shop.example/?tls=false": false, "mongodb://h": false} {
		target, err := New().Target(text, db.Options{})
		if err != nil {
			t.Fatal(err)
		}
		c, _ := target.OpenMongo(db.PoolConfig{})
		at := c.(*client).at
		if o := options.Client().ApplyURI(at.uri([]server{{"h", "1"}})); (o.TLSConfig != nil) != tls {
			t.Errorf("%s: TLS is %t", text, o.TLSConfig != nil)
		}
	}
}

func TestServersListedByDNS(t *testing.T) {
	d := &deployment{srv: true, keys: []db.URLKey{{Name: "authsource", Value: "mine"}}}
	records := []*net.SRV{{Target: "a.shop.example.", Port: 1}, {Target: "B.Shop.example", Port: 2}}
	hosts, err := d.listed("db.shop.example", records, []string{"authSource=theirs&replicaSet=rs"})
	if err != nil || !slices.Equal(hosts, []server{{"a.shop.example", "1"}, {"B.Shop.example", "2"}}) || d.get("authsource") != "mine" || d.get("replicaset") != "rs" {
		t.Errorf("%v, %v, %+v", hosts, err, d)
	}
	d.keys = append(d.keys, db.URLKey{Name: "srvmaxhosts", Value: "1"})
	if hosts, err := d.listed("db.shop.example", records, nil); err != nil || len(hosts) != 1 {
		t.Errorf("srvMaxHosts: %v, %v", hosts, err)
	}
	for _, target := range []string{"a.evil.example", "shop.example", "xshop.example", "."} {
		if _, err := d.listed("db.shop.example", []*net.SRV{{Target: target}}, nil); err == nil {
			t.Errorf("%s is taken", target)
		}
	}
	for _, texts := range [][]string{{"tls=false"}, {"a=1", "b=2"}, {"%zz"}} {
		if _, err := d.listed("db.shop.example", records, texts); err == nil {
			t.Errorf("%q is taken", texts)
		}
	}
}

func FuzzTarget(f *testing.F) {
	for _, text := range []string{
		"mongodb://h", "mongodb://u:p%40@a:1,b/db?w=1&replicaSet=r", "mongodb+srv://c.a.b/?srvMaxHosts=2", "mongodb://[::1]:5",
		"mongodb://%2Ftmp%2Fx.sock/?appName=%25", "mongodb://h/?readPreferenceTags=a:b&readPreference=nearest",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		target, err := New().Target(text, db.Options{})
		if err != nil {
			var d *diag.Diagnostic
			if !errors.As(err, &d) || d.Def != diag.BadConnectionText {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if target.OpenMongo == nil || target.Open != nil || target.Key == "" || len(target.Addresses) == 0 || target.Addresses[0].Host == "" {
			t.Fatalf("%q: %+v", text, target)
		}
		// The library connects to what permissions were asked for.
		c, _ := target.OpenMongo(db.PoolConfig{})
		at := c.(*client).at
		o := options.Client().ApplyURI(at.uri(at.hosts))
		if err := o.Validate(); err != nil || len(o.Hosts) != len(at.hosts) {
			t.Fatalf("%q: %v, %q", text, err, o.Hosts)
		}
		for i, h := range at.hosts {
			if o.Hosts[i] != h.String() {
				t.Fatalf("%q: the library takes %q for %q", text, o.Hosts[i], h)
			}
		}
	})
}
