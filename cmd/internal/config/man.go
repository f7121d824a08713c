package config

import (
	"fmt"
	"strings"

	"etamil/engine/diag"
)

// joinWords writes a choice: "on|off|slow".
func joinWords(words []string) string { return strings.Join(words, "|") }

// A roff writer escapes what a manual page would take for instructions.
type roff struct {
	strings.Builder
	lang diag.Language
}

var roffEscapes = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "^", `\(ha`, "~", `\(ti`, "`", `\(ga`)

// text writes one line of running text.
func (w *roff) text(t diag.Text) {
	line := roffEscapes.Replace(w.pick(t))
	if strings.HasPrefix(line, ".") {
		line = `\&` + line
	}
	w.WriteString(line + "\n")
}

func (w *roff) pick(t diag.Text) string {
	if w.lang == diag.Tamil {
		return t.Ta
	}
	return t.En
}

// macro writes an instruction with its argument in quotes.
func (w *roff) macro(name string, t diag.Text) {
	fmt.Fprintf(w, ".%s \"%s\"\n", name, strings.ReplaceAll(roffEscapes.Replace(w.pick(t)), `"`, `\(dq`))
}

// code writes lines as they are.
func (w *roff) code(lines ...string) {
	w.WriteString(".PP\n.EX\n")
	for _, line := range lines {
		w.text(diag.Same("  " + line))
	}
	w.WriteString(".EE\n")
}

// ManPage returns the manual page etamild.toml(5) in roff, encoded in UTF-8:
// in Tamil for that language, else in English.
func ManPage(version string, lang diag.Language) string {
	w := roff{lang: lang}
	fmt.Fprintf(&w, ".\\\" Made from the table of settings; change that, not this page.\n.TH ETAMILD.TOML 5 \"\" \"etamild %s\" \"eTamil\"\n",
		roffEscapes.Replace(version))
	w.macro("SH", diag.Text{Ta: "பெயர்", En: "NAME"})
	w.text(diag.Text{Ta: "etamild.toml - etamild-இன் அமைப்புகள்", En: "etamild.toml - configuration of etamild"})
	w.macro("SH", diag.Text{Ta: "கோப்புகள்", En: "SYNOPSIS"})
	w.WriteString(".I /etc/etamil/etamild.toml\n.br\n.I /etc/etamil/NAME.toml\n")

	w.macro("SH", diag.Text{Ta: "விளக்கம்", En: "DESCRIPTION"})
	w.text(diag.Text{
		Ta: "முதல் கோப்பு etamil.service-க்கு, இரண்டாவது etamil@NAME.service-க்கு. கோப்பு TOML வடிவில், UTF-8 குறியாக்கத்தில் இருக்கும்; ஒவ்வொரு வரியிலும் ஓர் அமைப்பு, எந்த அட்டவணையிலும் இல்லாமல்:",
		En: "The first is read by etamil.service, the second by etamil@NAME.service. The file is TOML in UTF-8, a setting a line, outside of any table:",
	})
	w.code(`program = "/srv/shop/main.qmz"`, `max_body = "1MiB"`, `allow_env = ["SHOP_MODE"]`)
	w.WriteString(".PP\n")
	w.text(diag.Text{
		Ta: "தெரியாத பெயரோ பொருந்தாத மதிப்போ இருந்தால் வரியும் இடமும் சொல்லப்பட்டு மறுக்கப்படும்; ஓடும் சேவை பழைய அமைப்புகளோடு தொடரும்.",
		En: "An unknown name or a value that does not fit is refused with its line and column; a service that runs goes on with its old settings.",
	})
	w.WriteString(".PP\n")
	w.text(diag.Text{
		Ta: "ஒரே அமைப்பு பல இடங்களில் தரப்பட்டால் கடைசியானதே செல்லும்: இயல்பு மதிப்பு; நிரல்களும் அறிந்த சூழல் மாறி (ETAMIL_DATA_DIR போன்றவை); இந்தக் கோப்பு; ETAMILD_… சூழல் மாறி; கட்டளையின் தெரிவு. வெறுமையான மாறி கணக்கில் இல்லை.",
		En: "Where a setting is given more than once, the last one counts: its default; a variable that programs know too, such as ETAMIL_DATA_DIR; this file; a variable ETAMILD_…; an option of the command line. An empty variable is none.",
	})
	w.WriteString(".PP\n")
	w.text(diag.Text{
		Ta: "கோப்பில் உள்ள சார்புப் பாதைகள் கோப்பின் கோப்புறையிலிருந்து தொடங்கும். அளவுகள் 1024-இன் மடங்குகள்: KiB, MiB, GiB, TiB. நேரங்கள்: ms, s, m, h.",
		En: "Relative paths in the file begin at its folder. Sizes count in powers of 1024: KiB, MiB, GiB, TiB. Durations are written with ms, s, m, h.",
	})
	w.WriteString(".PP\n")
	w.text(diag.Text{
		Ta: "கோப்பைச் சரிபார்த்து, ஒவ்வொரு மதிப்பும் எங்கிருந்து வந்தது என்று காண:",
		En: "To check a file, and to see where each value is from:",
	})
	w.code("etamild --check-config --config FILE")
	w.WriteString(".PP\n")
	w.text(diag.Text{
		Ta: "systemctl reload மாற்றங்களை நடைமுறைக்குக் கொண்டுவரும். கீழே [process] எனக் குறிக்கப்பட்டவை மாறினால் புதிய செயல்முறை பொறுப்பேற்கும்; எந்தக் கோரிக்கையும் இழக்கப்படாது.",
		En: "systemctl reload brings changes into force. Where one marked [process] below has changed, a new process takes over; no request is lost.",
	})

	w.macro("SH", diag.Text{Ta: "அமைப்புகள்", En: "SETTINGS"})
	for _, g := range groups {
		w.macro("SS", g.Title)
		for _, s := range g.Settings {
			w.WriteString(".TP\n")
			head := "\\fB" + roffEscapes.Replace(s.Key) + "\\fR"
			if s.Class == OfProcess {
				head += "  [process]"
			}
			w.WriteString(head + "\n")
			w.text(sentence(s.Doc))
			if s.Type != Secret {
				w.text(sentence(s.form()))
			}
			if r := s.Range(); r.En != "" {
				w.text(sentence(r))
			}
			w.text(s.defaultSentence())
			if s.Type != Secret {
				w.WriteString(".br\n")
				w.text(diag.Same("--" + s.Flag() + ", " + s.Env()))
			}
			if s.Else != "" {
				w.WriteString(".br\n")
				w.text(diag.Text{Ta: s.Else + " மாறியும் தரலாம்.", En: "The variable " + s.Else + " may give it, too."})
			}
		}
	}

	w.sources()

	w.macro("SH", diag.Text{Ta: "இரகசியங்கள்", En: "SECRETS"})
	w.text(diag.Text{
		Ta: "இரகசியம் இந்தக் கோப்பிலோ கட்டளை வரியிலோ எழுதப்படாது. systemd-இன் LoadCredential= தரும் credential-இன் பெயரை token_key_credential-இல், அல்லது மற்றவர்கள் படிக்க முடியாத கோப்பின் பாதையை token_key_file-இல் எழுதுங்கள்:",
		En: "A secret is written neither into this file nor on the command line. Name a credential of systemd's LoadCredential= in token_key_credential, or a file that others cannot read in token_key_file:",
	})
	w.code("[Service]", "LoadCredential=token:/etc/etamil/secrets/token")
	w.WriteString(".PP\n")
	w.text(diag.Text{
		Ta: "சாவியில் குறைந்தது 32 பைட்டுகள் வேண்டும்; வரியின் முடிவு அதில் சேராது. openssl rand -hex 32 ஒன்றைத் தரும்.",
		En: "A key has 32 bytes or more; the end of its line is no part of it. openssl rand -hex 32 makes one.",
	})
	w.macro("SH", diag.Text{Ta: "மேலும் காண்க", En: "SEE ALSO"})
	w.WriteString(".BR etamild (8),\n.BR systemd.exec (5)\n")
	return w.String()
}

// sources writes what a data source is.
func (w *roff) sources() {
	w.macro("SH", diag.Text{Ta: "தரவு மூலங்கள்", En: "DATA SOURCES"})
	w.text(diag.Text{
		Ta: "தளம் ஒன்றின் முகவரியும் கடவுச்சொல்லும் நிரலில் அல்ல, இங்கே; நிரல் பெயரை மட்டும் சொல்லும். பெயரில் எந்த மொழியின் எழுத்துகளும் இலக்கங்களும் _ . - ஆகியவையும் வரலாம்.",
		En: "Where a database is and its password stand here, not in the program, which says only the name. A name has letters of any script, digits, _ . and -.",
	})
	w.code(`[database."முதன்மை"]`, `kind = "postgresql"`, `url = "postgres://shop@db.internal/shop?sslmode=verify-full"`, `password_credential = "shop"`)
	w.WriteString(".PP\n")
	for _, key := range sourceKeys {
		w.WriteString(".TP\n\\fB" + roffEscapes.Replace(key.name) + "\\fR\n")
		w.text(key.doc)
	}
}

// sourceKeys tell what the keys of a data source mean.
var sourceKeys = []struct {
	name string
	doc  diag.Text
}{
	{"kind", diag.Text{Ta: "sqlite, postgresql, mysql, redis, mongodb ஆகியவற்றில் ஒன்று.", En: "One of sqlite, postgresql, mysql, redis, mongodb."}},
	{"url", diag.Text{Ta: "இணைப்பு உரை, நிரலில் எழுதப்படுவது போலவே.", En: "The connection text, as it would stand in a program."}},
	{"url_file", diag.Text{Ta: "முழு இணைப்பு உரையும் இருக்கும் கோப்பு.", En: "A file that holds the whole connection text."}},
	{"password_credential, password_file", diag.Text{Ta: "கடவுச்சொல்லாகும் systemd credential-இன் பெயர், அல்லது மற்றவர்கள் படிக்க முடியாத கோப்பு; ஒவ்வொரு reload-இலும் மீண்டும் படிக்கப்படும்.", En: "The systemd credential that is the password, or a file that others cannot read; read again at each reload."}},
	{"max", diag.Text{Ta: "இந்தத் தளத்துடன் திறந்திருக்கக்கூடிய இணைப்புகள்.", En: "Connections open at once to this database."}},
	{"connect", diag.Text{Ta: "true என்றால் ஏற்றும்போதே இணைந்து பார்க்கப்படும்; முடியாவிட்டால் reload தோல்வி.", En: "With true it is connected to at each load; a reload fails when that fails."}},
	{"reset", diag.Text{Ta: "\"always\": பயன்படுத்தப்பட்ட ஒவ்வோர் இணைப்பும் மூடப்படும்.", En: "With \"always\" every connection that was used is closed."}},
	{"prepare", diag.Text{Ta: "postgresql: \"cache\", \"describe\", \"off\"; PgBouncer-க்குப் பின்னால் \"describe\".", En: "postgresql: \"cache\", \"describe\" or \"off\"; \"describe\" behind PgBouncer."}},
	{"foreign_keys, read_only", diag.Text{Ta: "sqlite: அயல்சாவிகள் (இயல்பு true); எழுத முடியாமல் (இயல்பு false).", En: "sqlite: whether foreign keys are held (true by default); whether nothing can be written (false)."}},
	{"tls_ca, tls_cert, tls_key", diag.Text{Ta: "mysql: TLS சான்றிதழ்களின் கோப்புகள்.", En: "mysql: files of certificates for TLS."}},
}

// sentence makes a sentence of t, whose English begins with a letter of one
// byte, or none.
func sentence(t diag.Text) diag.Text {
	return diag.Text{Ta: t.Ta + ".", En: strings.ToUpper(t.En[:1]) + t.En[1:] + "."}
}

// defaultSentence tells the default as it is written in the file.
func (s *Setting) defaultSentence() diag.Text {
	standard := diag.Same(s.DefaultTOML())
	switch {
	case s.Computed.En != "" && s.Default != "":
		standard = diag.Text{Ta: standard.Ta + " (" + s.Computed.Ta + ")", En: standard.En + " (" + s.Computed.En + ")"}
	case s.Computed.En != "":
		standard = s.Computed
	case s.Default == "":
		standard = diag.Text{Ta: "எதுவும் இல்லை", En: "none"}
	}
	if s.ByHand != "" {
		standard.Ta += `; அமைப்புக் கோப்பு இல்லாவிட்டால் "` + s.ByHand + `"`
		standard.En += `; "` + s.ByHand + `" without a configuration file`
	}
	return diag.Text{Ta: "இயல்பு: " + standard.Ta + ".", En: "Default: " + standard.En + "."}
}
