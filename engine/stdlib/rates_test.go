package stdlib_test

import (
	"path/filepath"
	"strings"
	"testing"

	"etamil/engine/db"
	"etamil/engine/db/dbtest/servers"
	"etamil/engine/db/mysql"
	"etamil/engine/db/postgres"
	"etamil/engine/db/sqlite"
	"etamil/engine/host"
	"etamil/engine/stdlib"
)

// onEachDatabase calls test for SQLite, PostgreSQL and MariaDB with the databases
// a program may reach, the statement that connects it, and what differs in SQL.
func onEachDatabase(t *testing.T, test func(t *testing.T, d database)) {
	for _, d := range []struct {
		kind    string
		driver  db.Driver
		connect func(t *testing.T) string
	}{
		{"SQLite", sqlite.New(), func(t *testing.T) string { return filepath.Join(t.TempDir(), "a.db") }},
		{"PostgreSQL", postgres.New(), func(t *testing.T) string { return servers.Postgres(t) }},
		{"MySQL", mysql.New(), func(t *testing.T) string { return servers.MariaDB(t) }},
	} {
		t.Run(d.kind, func(t *testing.T) {
			reg := db.New(db.Settings{Drivers: []db.Driver{d.driver}})
			t.Cleanup(func() { reg.Close() })
			access, err := reg.Access(db.AccessConfig{AllowAll: true})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(access.Close)
			test(t, database{kind: d.kind, access: access, connect: "தளம்_இணை " + d.kind + ", \"" + d.connect(t) + "\";\n"})
		})
	}
}

type database struct {
	kind, connect string
	access        host.Databases
}

// run runs a program that is connected and imports both modules with tables.
func (d *database) run(t *testing.T, source string) string {
	t.Helper()
	p := program(t, "இறக்கு \"nUlakam/kaNakkiyal/vari_viziqam.qmz\"; இறக்கு \"nUlakam/vawki/coqqu.qmz\";\n"+d.connect+source)
	o := runWith(t, p, &host.Host{Databases: d.access})
	if o.err != nil {
		t.Fatalf("%v\n%s", o.err, o.out)
	}
	return o.out
}

func (d *database) shows(t *testing.T, source, want string) {
	t.Helper()
	if got := d.run(t, source); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

const dropTables = `
தளம்_செய் "DROP TABLE IF EXISTS vari_viziqam", [];
தளம்_செய் "DROP TABLE IF EXISTS mAnilawkaL", [];
தளம்_செய் "DROP TABLE IF EXISTS coqqu_viqimuRY", [];
`

// rateRows puts in rates that only look like law: kind, code, state, rate, flat,
// from, start, end, source.
const rateRows = `
செயல் விகித_நிரை(சொற்கள்) {
    தளம்_செய் "INSERT INTO vari_viziqam (vari_vakY, kuRi, mAnilam, viziqam, nilYq_qokY, varampu_muqal, amal_qotakkam, amal_muDivu, mUlam) VALUES (" & சொற்கள் & ")", [];
}
விகித_நிரை("'GST', 'tea', '', 5, NULL, 0, '2020-01-01', '2022-07-18', 'first'");
விகித_நிரை("'GST', 'tea', '', 7.5, NULL, 0, '2022-07-18', NULL, 'second'");
விகித_நிரை("'GST', 'Tea', '', 9, NULL, 0, '2020-01-01', NULL, 'another code'");
விகித_நிரை("'GST', 'tea', 'TN', 6.25, NULL, 0, '2021-01-01', '2025-01-01', 'CHECK state'");
விகித_நிரை("'PT', 'b', 'TN', NULL, 135, 21001, '2024-01-01', NULL, 'check 2'");
விகித_நிரை("'PT', 'a', '', 2, NULL, 0, '2024-01-01', NULL, 'PLACEHOLDER x'");
விகித_நிரை("'PT', 'c', 'TN', 10, NULL, 10000, '2024-01-01', NULL, 'see CHECK'");
விகித_நிரை("'PT', 'd', '', 20, NULL, 10000, '2024-01-01', NULL, 'x'");
`

func TestRatesWorkAlikeOnEveryDatabase(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, d database) {
		d.shows(t, dropTables+`
அச்சு விகித_அட்டவணைகளை_ஆக்கு();
அச்சு விகித_அட்டவணைகளை_ஆக்கு();
தளம்_செய் "DELETE FROM mAnilawkaL WHERE kuRi = '33'", [];
தளம்_செய் "UPDATE mAnilawkaL SET mUlam = 'seen' WHERE kuRi = '32'", [];
அச்சு விகித_அட்டவணைகளை_ஆக்கு();
தளம்_வினா "SELECT mUlam AS \"m\" FROM mAnilawkaL WHERE kuRi = '32'", [], கிடைத்தவை;
அச்சு கிடைத்தவை;
அச்சு மாநிலப்_பெயர்("33") & ", " & மாநிலப்_பெயர்("07") & ", [" & மாநிலப்_பெயர்(7) & "]";
அச்சு நீளம்(மாநிலங்கள்()) & " " & மாநிலங்கள்()[0].peyar & " " & மாநிலங்கள்()[35].vakY;
`, "சரி(36)\nசரி(0)\nசரி(1)\n[{m: seen}]\nTamil Nadu, Delhi, []\n36 Jammu and Kashmir ஒன்றியப் பகுதி\n")
		d.shows(t, rateRows+`
செயல் காட்டு(விடை) { (சரியா(விடை)) எனில் { அச்சு மதிப்பு(விடை).viziqam & " " & மதிப்பு(விடை).mUlam; } இன்றேல் { அச்சு "-"; } }
ஒவ்வொரு நாளும் இல் ["2019-12-31", "2020-01-01", "2022-07-17", "2022-07-18"] { காட்டு(விகிதம்_தேடு("GST", "tea", "KL", நாளும்)); }
காட்டு(விகிதம்_தேடு("GST", "tea", "TN", "2024-12-31"));
காட்டு(விகிதம்_தேடு("GST", "tea", "TN", "2025-01-01"));
காட்டு(விகிதம்_தேடு("GST", "Tea", "TN", "2024-12-31"));
காட்டு(விகிதம்_தேடு("GST", "TEA", "TN", "2024-12-31"));
காட்டு(விகிதம்_தேடு("GST", "tea ", "TN", "2024-12-31"));
காட்டு(விகிதம்_தேடு("gst", "tea", "TN", "2024-12-31"));
காட்டு(விகிதம்_தேடு("GST", "tea", "tn", "2020-12-31"));
காட்டு(விகிதம்_தேடு(இன்மை, "tea", 33, "2024-12-31"));
அச்சு விகிதம்_தேடு("GST", "tea", "TN", "2024-12-31");
அச்சு படிகளை_ஏற்று("PT", "TN", "2025-01-01");
அச்சு படிகளை_ஏற்று("PT", "KL", "2025-01-01");
அச்சு படி_வரி_கணக்கிடு("PT", "TN", "2025-01-01", 20000);
அச்சு தவறா(படி_வரி_கணக்கிடு("PT", "TN", "2020-01-01", 20000));
அச்சு சரிபார்க்கப்படாத_விகிதங்கள்("2024-06-01");
`, `-
5 first
5 first
7.5 second
6.25 CHECK state
7.5 second
9 another code
-
-
-
5 first
-
சரி({kuRi: tea, mAnilam: TN, mUlam: CHECK state, nilYq_qokY: nil, varampu_muqal: 0, varampu_varY: nil, vari_vakY: GST, viziqam: 6.25})
[{நிலைத்_தொகை: 0, முதல்: 0, விகிதம்: 2}, {நிலைத்_தொகை: 0, முதல்: 10000, விகிதம்: 20}, {நிலைத்_தொகை: 0, முதல்: 10000, விகிதம்: 10}, {நிலைத்_தொகை: 135, முதல்: 21001, விகிதம்: 0}]
[{நிலைத்_தொகை: 0, முதல்: 0, விகிதம்: 2}, {நிலைத்_தொகை: 0, முதல்: 10000, விகிதம்: 20}]
சரி(1200)
true
[{kuRi: tea, mAnilam: TN, mUlam: CHECK state, vari_vakY: GST}, {kuRi: a, mAnilam: , mUlam: PLACEHOLDER x, vari_vakY: PT}, {kuRi: b, mAnilam: TN, mUlam: check 2, vari_vakY: PT}]
`)
		d.shows(t, `
அச்சு விதிமுறை_அட்டவணையை_ஆக்கு();
தளம்_செய் "INSERT INTO coqqu_viqimuRY VALUES ('late', 61, NULL, 22.5, '2024-01-01', NULL, 'PLACEHOLDER')", [];
தளம்_செய் "INSERT INTO coqqu_viqimuRY VALUES ('fine', 0, 60, 0.55, '2024-01-01', '2025-01-01', 'mine')", [];
அச்சு விதிமுறை_அட்டவணையை_ஆக்கு();
அச்சு விதிமுறைகளை_ஏற்று("2024-12-31");
அச்சு விதிமுறைகளை_ஏற்று("2025-01-01");
அச்சு ஒதுக்கீடு(விதிமுறைகளை_ஏற்று("2024-12-31"), 100, 99999.99);
அச்சு சரிபார்க்கப்படாதவை(விதிமுறைகளை_ஏற்று("2024-12-31"));
`, `சரி(0)
சரி(0)
[{mUlam: mine, nAtkaL_muqal: 0, nAtkaL_varY: 60, oqukkItu_viziqam: 0.55, vakY: fine}, {mUlam: PLACEHOLDER, nAtkaL_muqal: 61, nAtkaL_varY: nil, oqukkItu_viziqam: 22.5, vakY: late}]
[{mUlam: PLACEHOLDER, nAtkaL_muqal: 61, nAtkaL_varY: nil, oqukkItu_viziqam: 22.5, vakY: late}]
சரி({ஒதுக்கீடு: 22500, வகைப்பாடு: late, விழுக்காடு: 22.5})
[late]
`)
		// The indexes refuse what would make an answer ambiguous.
		d.shows(t, `
அச்சு தவறா(தளம்_செய்_முயற்சி("INSERT INTO vari_viziqam (vari_vakY, kuRi, mAnilam, amal_qotakkam, mUlam) VALUES ('GST', 'tea', '', '2020-01-01', 'x')", []));
அச்சு தவறா(தளம்_செய்_முயற்சி("INSERT INTO mAnilawkaL VALUES ('33', 'x', 'x', 'x')", []));
அச்சு தவறா(தளம்_செய்_முயற்சி("INSERT INTO coqqu_viqimuRY VALUES ('x', 61, NULL, 1, '2024-01-01', NULL, 'x')", []));
`+dropTables, "true\ntrue\ntrue\n")
	})
}

func TestTablesAreNotMadeInsideATransaction(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, d database) {
		d.shows(t, dropTables+`
தளம்_செய் "BEGIN", [];
அச்சு தவறா(விகித_அட்டவணைகளை_ஆக்கு()) & " " & தவறா(விதிமுறை_அட்டவணையை_ஆக்கு());
தளம்_செய் "ROLLBACK", [];
அச்சு தவறா(தளம்_வினா_முயற்சி("SELECT 1 FROM vari_viziqam", [])) & " " & தவறா(தளம்_வினா_முயற்சி("SELECT 1 FROM coqqu_viqimuRY", []));
அச்சு விகித_அட்டவணைகளை_ஆக்கு();
`+dropTables, "true true\ntrue true\nசரி(36)\n")
	})
}

func TestAFailureMakesNoTables(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, d database) {
		// A table of that name without the columns: states cannot be added.
		d.shows(t, dropTables+`
தளம்_செய் "CREATE TABLE mAnilawkaL (x INTEGER)", [];
அச்சு தவறா(விகித_அட்டவணைகளை_ஆக்கு());
தளம்_வினா "SELECT count(*) AS \"n\" FROM mAnilawkaL", [], கிடைத்தவை;
அச்சு கிடைத்தவை;
`+dropTables, "true\n[{n: 0}]\n")
		if d.kind == "MySQL" {
			return // tables commit by themselves there
		}
		d.shows(t, dropTables+`
தளம்_செய் "CREATE TABLE mAnilawkaL (x INTEGER)", [];
அச்சு தவறா(விகித_அட்டவணைகளை_ஆக்கு());
அச்சு தவறா(தளம்_வினா_முயற்சி("SELECT 1 FROM vari_viziqam", []));
`+dropTables, "true\ntrue\n")
	})
}

func TestScriptsMakeWhatTheFunctionsMakeAndCanBeRunAgain(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, d database) {
		script := ""
		for _, module := range []string{"nUlakam/kaNakkiyal/vari_viziqam.qmz", "nUlakam/vawki/coqqu.qmz"} {
			name, text, ok := stdlib.Script(module, d.kind)
			if !ok {
				t.Fatalf("no script of %s for %s", module, d.kind)
			}
			for statement := range strings.SplitSeq(text, ";\n") {
				if statement = strings.TrimSpace(statement); statement != "" {
					script += "தளம்_செய் \"" + statement + "\", []; // " + name + "\n"
				}
			}
		}
		d.shows(t, dropTables+script+`
அச்சு விகித_அட்டவணைகளை_ஆக்கு();
அச்சு விதிமுறை_அட்டவணையை_ஆக்கு();
அச்சு நீளம்(மாநிலங்கள்()) & " " & சரிபார்க்கப்படாத_விகிதங்கள்("2025-01-01");
அச்சு சரிபார்க்கப்படாதவை(விதிமுறைகளை_ஏற்று("2000-01-01"));
தளம்_செய் "UPDATE mAnilawkaL SET mUlam = 'seen' WHERE kuRi = '33'", [];
தளம்_செய் "UPDATE coqqu_viqimuRY SET mUlam = 'seen', oqukkItu_viziqam = 0.3 WHERE nAtkaL_muqal = 0", [];
`+script+`
அச்சு நீளம்(மாநிலங்கள்()) & " " & சரிபார்க்கப்படாதவை(விதிமுறைகளை_ஏற்று("2000-01-01"));
அச்சு விதிமுறைகளை_ஏற்று("2000-01-01")[0];
`+dropTables, `சரி(0)
சரி(0)
36 []
[Standard, Sub-standard, Doubtful 1, Doubtful 2, Doubtful 3]
36 [Sub-standard, Doubtful 1, Doubtful 2, Doubtful 3]
{mUlam: seen, nAtkaL_muqal: 0, nAtkaL_varY: 90, oqukkItu_viziqam: 0.3, vakY: Standard}
`)
	})
}
