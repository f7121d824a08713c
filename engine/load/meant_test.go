package load_test

import (
	"testing"

	"etamil/engine/load"
)

func TestAnImportThatFindsNothingNamesTheModuleMeant(t *testing.T) {
	modules := []string{"nUlakam/col.qmz", "nUlakam/kaNakkiyal/vari.qmz", "nUlakam/upi/nilYmY.qmz"}
	loader := load.Loader{
		Files: load.Disk, Dir: t.TempDir(), Modules: modules,
		Library: func(string) (string, bool) { return "", false },
	}
	for _, tt := range []struct{ path, help string }{
		{"nUlakam/kaNakkiyal/vari", "nUlakam/kaNakkiyal/vari.qmz"},
		{"nUlakam/kaNakiyal/vari.qmz", "nUlakam/kaNakkiyal/vari.qmz"},
		{"../nUlakam/upi/nilYmy.qmz", "nUlakam/upi/nilYmY.qmz"},
		{"vari.qmz", "nUlakam/kaNakkiyal/vari.qmz"},
		{"col", "nUlakam/col.qmz"},
		{"என்_கணக்கு.qmz", ""},
		{"", ""},
	} {
		_, list := loader.Source("<stdin>", `இறக்கு "`+tt.path+`";`)
		if len(list) != 1 {
			t.Errorf("%q: %v", tt.path, list)
			continue
		}
		help := ""
		if list[0].Help != nil {
			help = list[0].Help.En
		}
		want := ""
		if tt.help != "" {
			want = "did you mean '" + tt.help + "'?"
		}
		if help != want {
			t.Errorf("%q: help %q, want %q", tt.path, help, want)
		}
	}
}
