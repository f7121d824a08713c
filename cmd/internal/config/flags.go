package config

import "etamil/cmd/internal/cli"

// Declare makes an option of every setting that set has no option for yet.
// What the command line gives is put into flags, for Load, which also says what
// is wrong with it.
func Declare(set *cli.Set, flags map[string]string) {
	for _, s := range table {
		name := s.Flag()
		if s.Type == Secret || set.Has(name) {
			continue
		}
		take := func(value string) error {
			flags[name] = value
			return nil
		}
		ta, en := s.Doc.Ta, s.Doc.En
		switch {
		case s.Type == Switch:
			set.OnOff(name, ta, en, take)
			continue
		case s.Computed.En != "" && s.Default == "":
			ta, en = ta+" ("+s.Computed.Ta+")", en+" ("+s.Computed.En+")"
		case s.standard(true) != "":
			ta, en = ta+" ("+s.standard(true)+")", en+" ("+s.standard(true)+")"
		}
		usage := types[s.Type].usage
		if s.Type == Word {
			usage = joinWords(s.Words)
		}
		set.Value(name, usage, ta, en, take)
	}
}
