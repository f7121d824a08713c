package main

import (
	"strings"

	"etamil/cmd/internal/config"
	"etamil/engine/diag"
)

// configuration is the page of the daemon's settings.
func configuration() string {
	var w writer
	w.begin(diag.Text{Ta: "அமைப்புக் கோப்பு", En: "The configuration file"}, diag.Text{
		Ta: "`etamild --config FILE` படிக்கும் TOML கோப்பு; தொகுப்புகள் `/etc/etamil/etamild.toml`-ஐ நிறுவும். ஒவ்வொரு வரியிலும் ஓர் அமைப்பு, எந்த அட்டவணையிலும் இல்லாமல். புரியாதது வரியும் இடமும் சொல்லப்பட்டு மறுக்கப்படும்; ஓடும் சேவை பழைய அமைப்புகளோடு தொடரும்.",
		En: "The TOML file that `etamild --config FILE` reads; packages install `/etc/etamil/etamild.toml`. A setting a line, outside of any table. What is not understood is refused with line and column; a service that runs goes on with its old settings.",
	})
	w.both(diag.Text{
		Ta: "கடைசியானதே செல்லும்: இயல்பு மதிப்பு; “அல்லது” எனக் குறிக்கப்பட்ட சூழல் மாறி; கோப்பு; `ETAMILD_…` மாறி (வெறுமையானது கணக்கில் இல்லை); கட்டளையின் தெரிவு. கோப்பில் உள்ள சார்புப் பாதைகள் கோப்பின் கோப்புறையிலிருந்து தொடங்கும். `etamild --check-config --config FILE` ஒவ்வொரு மதிப்பும் எங்கிருந்து வந்தது எனக் காட்டும்.",
		En: "The last of these counts: the default; the variable that is named after “or”; the file; a variable `ETAMILD_…` (an empty one is none); an option of the command line. Relative paths in the file begin at its folder. `etamild --check-config --config FILE` shows where each value is from.",
	})
	w.both(diag.Text{
		Ta: "`reload` நெடுவரிசை: **P** எனில் மாற்றம் புதிய செயல்முறையோடு நடைமுறைக்கு வரும், மற்றவை ஓடும் செயல்முறையிலேயே; இரண்டிலும் எந்தக் கோரிக்கையும் இழக்கப்படாது.",
		En: "Column `reload`: **P** comes into force with a new process, the others within the running one; no request is lost in either.",
	})
	for _, g := range config.Groups() {
		w.linef("## %s · %s\n", g.Title.Ta, g.Title.En)
		w.table("name", "option, environment", "default", "value", "reload", "பொருள் · meaning")
		for _, s := range g.Settings {
			w.row(quoted(s.Key), options(s), standard(s), value(s), map[config.Class]string{config.OfProcess: "**P**"}[s.Class],
				prose(s.Doc.Ta)+"<br>"+prose(s.Doc.En))
		}
		w.linef("")
	}
	return w.String()
}

func options(s *config.Setting) string {
	var all []string
	if s.Type != config.Secret {
		all = append(all, quoted("--"+s.Flag()), quoted(s.Env()))
	}
	if s.Else != "" {
		all = append(all, "அல்லது · or "+quoted(s.Else))
	}
	return strings.Join(all, "<br>")
}

func standard(s *config.Setting) string {
	var all []string
	if s.Default != "" {
		all = append(all, quoted(s.DefaultTOML()))
	}
	if s.Computed.En != "" {
		all = append(all, prose(s.Computed.En))
	}
	if len(all) == 0 {
		all = append(all, "–")
	}
	if s.ByHand != "" {
		all = append(all, "without a file: "+quoted(`["`+s.ByHand+`"]`))
	}
	return strings.Join(all, "<br>")
}

// value says how the setting is written and what a number may be.
func value(s *config.Setting) string {
	var text string
	switch {
	case s.Type == config.Word:
		text = quoted(`"` + strings.Join(s.Words, `", "`) + `"`)
	case s.Example != "":
		text = quoted(s.Example)
	default:
		text = prose(s.Type.Form().En)
	}
	if r := s.Range(); r.En != "" {
		text += "<br>" + prose(r.En)
	}
	return text
}
