package web

import (
	"fmt"
	"strings"
	"testing"

	"etamil/engine"
)

func TestFindChoosesTheRoute(t *testing.T) {
	for _, tt := range []struct{ why, routes, request, want string }{
		{"a literal", "GET /a/b", "GET /a/b", "/a/b"},
		{"the method is compared without case", "GET /a", "get /a", "/a"},
		{"but only its ASCII letters", "GETS /a", "GETſ /a", ""},
		{"another method", "GET /a", "POST /a", ""},
		{"letters of the path keep their case", "GET /a", "GET /A", ""},
		{"a slash more fits the shape", "GET /a/b", "GET /a/b/", "/a/b"},
		{"many slashes too", "GET /a/b", "GET //a///b//", "/a/b"},
		{"a slash less", "GET /c/", "GET /c", "/c/"},
		{"a piece less", "GET /a/b", "GET /a", ""},
		{"a piece more", "GET /a/b", "GET /a/b/c", ""},
		{"no leading slash in the literal", "GET a/b", "GET /a/b", "a/b"},
		{"a parameter", "GET /p/:x", "GET /p/1", "/p/:x x=1"},
		{"a parameter matches no empty piece", "GET /p/:x", "GET /p/", ""},
		{"its name is the rest of the piece", "GET /f/:id.json", "GET /f/5", "/f/:id.json id.json=5"},
		{"and matches the whole piece", "GET /f/:id.json", "GET /f/5.json", "/f/:id.json id.json=5.json"},
		{"an empty name", "GET /f/:", "GET /f/5", "/f/: =5"},
		{"a Tamil name", "GET /f/:பெயர்", "GET /f/5", "/f/:பெயர் பெயர்=5"},
		{"a colon inside a piece is itself", "GET /a:b", "GET /a:b/", "/a:b"},
		{"a star is itself", "GET /*", "GET /x", ""},
		{"the literal itself binds nothing", "GET /item/:id", "GET /item/:id", "/item/:id"},
		{"with a slash more it binds", "GET /item/:id", "GET /item/:id/", "/item/:id id=:id"},
		{"the exact literal before a pattern", "GET /item/:id,GET /item/new", "GET /item/new", "/item/new"},
		{"the later of equal literals", "GET /a/:x,GET /b,GET /a/:x", "GET /a/1", "#2 /a/:x x=1"},
		{"of equal shapes the later", "GET /t/:p,GET /t/:q", "GET /t/1", "/t/:q q=1"},
		{"a literal beats a parameter, the trailing slash notwithstanding", "GET /item/new,GET /item/:id", "GET /item/new/", "/item/new"},
		{"in either order", "GET /item/:id,GET /item/new", "GET /item/new/", "/item/new"},
		{"the first difference decides", "GET /:x/b,GET /a/:y", "GET /a/b", "/a/:y y=b"},
		{"in either order", "GET /a/:y,GET /:x/b", "GET /a/b", "/a/:y y=b"},
		{"a literal that leads nowhere is left again", "GET /a/b/c,GET /:x/:y/d", "GET /a/b/d", "/:x/:y/d x=a y=b"},
		{"the method decides too", "POST /a/:y,GET /:x/b", "GET /a/b", "/:x/b x=a"},
		{"a repeated parameter is bound twice", "GET /:x/:x", "GET /1/2", "/:x/:x x=1 x=2"},
		{"values stay raw", "GET /p/:x", "GET /p/a%20b+c%2Fd", "/p/:x x=a%20b+c%2Fd"},
		{"an encoded literal", "GET /தமிழ்", "GET /%E0%AE%A4%E0%AE%AE%E0%AE%BF%E0%AE%B4%E0%AF%8D", "/தமிழ்"},
		{"the same in small letters", "GET /தமிழ்/x", "GET /%e0%ae%a4%e0%ae%ae%e0%ae%bf%e0%ae%b4%e0%af%8d/x", "/தமிழ்/x"},
		{"raw UTF-8", "GET /தமிழ்", "GET /தமிழ்", "/தமிழ்"},
		{"a blank", "GET /a b", "GET /a%20b", "/a b"},
		{"a plus is itself", "GET /a b", "GET /a+b", ""},
		{"an encoded slash does not split", "GET /a/b", "GET /a%2Fb", ""},
		{"but fits a piece that holds it", "GET /a%2Fb", "GET /a%2Fb/", "/a%2Fb"},
		{"a bad escape stays", "GET /a b%", "GET /a%20b%", ""},
		{"and fits itself", "GET /b%/:x", "GET /b%/1", "/b%/:x x=1"},
		{"bytes that are no UTF-8", "GET /\uFFFD", "GET /%FF", ""},
		{"of a raw and a decoded literal the later", "GET /a%20b/x,GET /a b/x", "GET /a%20b/x/", "/a b/x"},
		{"the other way round", "GET /a b/x,GET /a%20b/x", "GET /a%20b/x/", "/a%20b/x"},
		{"unless its rest is less literal", "GET /a%20b/x,GET /a b/:y", "GET /a%20b/x/", "/a%20b/x"},
		{"dots are pieces", "GET /a/../b,GET /b", "GET /a/../b", "/a/../b"},
		{"and not resolved", "GET /b", "GET /a/../b", ""},
		{"HEAD through GET", "GET /a", "HEAD /a", "/a"},
		{"a HEAD route comes first", "GET /a,HEAD /:x", "HEAD /a", "#1 /:x x=a"},
		{"no HEAD through POST", "POST /a", "HEAD /a", ""},
		{"the root", "GET /", "GET /", "/"},
		{"the root twice", "GET /", "GET //", "/"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			table := NewTable(routes(tt.routes))
			method, path, _ := strings.Cut(tt.request, " ")
			m, ok := table.Find(method, path)
			got := ""
			if ok {
				if strings.HasPrefix(tt.want, "#") {
					got = fmt.Sprintf("#%d ", m.Route)
				}
				got += m.Pattern
				for _, p := range m.bind(nil, path) {
					got += " " + p.Name + "=" + p.Value
				}
			}
			if got != tt.want {
				t.Errorf("routes %s: %s reaches %q, want %q", tt.routes, tt.request, got, tt.want)
			}
		})
	}
}

func TestAllowListsEveryMethodOfThePath(t *testing.T) {
	for _, tt := range []struct{ why, routes, path, want string }{
		{"GET implies HEAD", "GET /a", "/a", "GET HEAD OPTIONS"},
		{"sorted, each once", "PUT /a,GET /a,DELETE /:x,PUT /:y", "/a", "DELETE GET HEAD OPTIONS PUT"},
		{"an exact literal with a parameter", "POST /:x,GET /a", "/:x", "OPTIONS POST"},
		{"decoded literals", "POST /தமிழ்", "/%E0%AE%A4%E0%AE%AE%E0%AE%BF%E0%AE%B4%E0%AF%8D", "OPTIONS POST"},
		{"no route", "GET /a", "/b", ""},
		{"no GET, no HEAD", "PURGE /a", "/a", "OPTIONS PURGE"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			got := strings.Join(NewTable(routes(tt.routes)).Allow(tt.path), " ")
			if got != tt.want {
				t.Errorf("routes %s: Allow(%s) = %q, want %q", tt.routes, tt.path, got, tt.want)
			}
		})
	}
}

func TestProgramWithoutRoutesAnswersOnTheRoot(t *testing.T) {
	table := NewTable(nil)
	for _, method := range []string{"GET", "POST", "PUT", "DELETE", "HEAD"} {
		if m, ok := table.Find(method, "/"); !ok || m.Route != -1 {
			t.Errorf("%s / reaches %v, %v; want the prelude", method, m, ok)
		}
	}
	if _, ok := table.Find("PATCH", "/"); ok {
		t.Error("PATCH / reaches the prelude")
	}
	if _, ok := table.Find("GET", "/other"); ok {
		t.Error("GET /other reaches the prelude")
	}
	if got := strings.Join(table.Allow("/"), " "); got != "DELETE GET HEAD OPTIONS POST PUT" {
		t.Errorf("Allow(/) = %q", got)
	}
}

func TestFindDoesNotAllocate(t *testing.T) {
	table := NewTable(routes("GET /a/b,GET /item/:id,POST /item/:id"))
	for _, path := range []string{"/a/b", "/item/5"} {
		if n := testing.AllocsPerRun(100, func() { table.Find("GET", path) }); n != 0 {
			t.Errorf("Find(%s) allocates %v times", path, n)
		}
	}
}

// Neither a long path nor one that fits many patterns costs more than the
// program is large.
func TestFindIsBoundedByTheProgram(t *testing.T) {
	var all []engine.Route
	for mask := range 1 << 10 { // every shape of ten pieces
		var path strings.Builder
		for i := range 10 {
			if mask>>i&1 == 0 {
				path.WriteString("/a")
			} else {
				path.WriteString("/:x")
			}
		}
		all = append(all, engine.Route{Method: "GET", Path: path.String()})
	}
	table := NewTable(all)
	if m, ok := table.Find("GET", strings.Repeat("/a", 10)+"/"); !ok || m.Route != 0 {
		t.Errorf("the most literal pattern is %v, %v", m, ok)
	}
	for _, path := range []string{strings.Repeat("/a", 30_000), strings.Repeat("/", 60_000)} {
		if _, ok := table.Find("GET", path); ok {
			t.Errorf("a path of %d bytes found a route", len(path))
		}
	}
	if _, ok := table.Find("POST", strings.Repeat("/a", 10)); ok {
		t.Error("POST found a route")
	}
}

func BenchmarkFindExact(b *testing.B) {
	table := NewTable(routes("GET /a/b,GET /item/:id,POST /item/:id"))
	b.ReportAllocs()
	for b.Loop() {
		table.Find("GET", "/a/b")
	}
}

func BenchmarkFindPattern(b *testing.B) {
	table := NewTable(routes("GET /a/b,GET /item/:id,POST /item/:id"))
	b.ReportAllocs()
	for b.Loop() {
		table.Find("GET", "/item/5")
	}
}
