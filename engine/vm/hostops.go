package vm

import (
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"etamil/engine/builtin"
	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

func (r *Run) printLine(v *value.Value) error {
	s, err := r.text(v)
	if err != nil {
		return err
	}
	r.printed += int64(len(s)) + 1
	if r.limits.Output > 0 && r.printed > r.limits.Output {
		return diag.OutputBudget.New(SizeText(r.limits.Output))
	}
	if r.host.Output == nil {
		return diag.NotPermitted.New("அச்சு")
	}
	if err := r.host.Output.Print(s); err != nil {
		return err
	}
	return r.Charge(1 + len(s)/16)
}

// readLine reads what உள்ளிடு fills in: a trimmed line, "" at the end.
func (r *Run) readLine() (string, error) {
	if r.host.Output != nil {
		if err := r.host.Output.Flush(); err != nil {
			return "", err
		}
	}
	if r.host.Input == nil {
		return "", nil
	}
	s, err := r.host.Input.ReadLine()
	if err != nil && !errors.Is(err, io.EOF) {
		return "", diag.NoInput.New()
	}
	if !utf8.ValidString(s) {
		return "", diag.InputNotUTF8.New()
	}
	if err := r.Grow(len(s)); err != nil {
		return "", err
	}
	return trim(s), r.Charge(1 + len(s)/16)
}

// path converts the path of a file statement. Kinds that would name a file
// "nil" or "[1, 2]" fail; numbers are names.
func path(v *value.Value, def *diag.Def) (string, error) {
	switch v.Kind() {
	case value.Text:
		return v.Str(), nil
	case value.Number:
		s, _ := value.ToText(v, 0)
		return s, nil
	}
	return "", def.New(value.Display(v, 40), diag.Text{
		Ta: "பாதை சொல்லாக இருக்க வேண்டும்", En: "a path must be text",
	})
}

// files returns the capability that the statement of that name needs.
func (r *Run) files(statement string) (host.Files, error) {
	if r.host.Files == nil {
		return nil, diag.NotPermitted.New(statement)
	}
	return r.host.Files, nil
}

var modes = diag.Text{Ta: "read, write அல்லது append", En: "read, write or append"}

func (r *Run) fileMode(p, mode *value.Value) error {
	if mode.Kind() == value.Text {
		switch strings.ToLower(mode.Str()) {
		case "write":
			return r.fileTruncate(p)
		case "read", "append":
			_, err := path(p, diag.FileRead)
			return err
		}
	}
	return diag.BadArgument.New("கோப்பு_திற", modes, "'"+value.Display(mode, 40)+"'")
}

func (r *Run) fileTruncate(p *value.Value) error {
	name, err := path(p, diag.FileWrite)
	if err != nil {
		return err
	}
	files, err := r.files("கோப்பு_திற")
	if err != nil {
		return err
	}
	if err := files.WriteFile(name, nil); err != nil {
		return diag.FileWrite.New(name, builtin.Reason(err))
	}
	return nil
}

// readFile returns the whole file as text.
func (r *Run) readFile(p *value.Value) (string, error) {
	name, err := path(p, diag.FileRead)
	if err != nil {
		return "", err
	}
	files, err := r.files("கோப்பு_படி")
	if err != nil {
		return "", err
	}
	b, err := files.ReadFile(name)
	if err != nil {
		return "", diag.FileRead.New(name, builtin.Reason(err))
	}
	s := string(b)
	if !utf8.ValidString(s) {
		return "", diag.FileRead.New(name, diag.Text{Ta: "அது UTF-8 உரை அல்ல", En: "it is not UTF-8"})
	}
	if err := r.Grow(len(s)); err != nil {
		return "", err
	}
	return s, r.Charge(1 + len(s)/64)
}

func (r *Run) fileRead(dst, p *value.Value) error {
	s, err := r.readFile(p)
	if err != nil {
		return err
	}
	*dst = value.String(strings.TrimRight(s, "\n"))
	return nil
}

func (r *Run) fileWrite(p, v *value.Value) error {
	name, err := path(p, diag.FileWrite)
	if err != nil {
		return err
	}
	s, err := r.text(v)
	if err != nil {
		return err
	}
	files, err := r.files("கோப்பு_எழுது")
	if err != nil {
		return err
	}
	if err := files.AppendFile(name, append([]byte(s), '\n')); err != nil {
		return diag.FileWrite.New(name, builtin.Reason(err))
	}
	return r.Charge(1 + len(s)/16)
}

// csvRead counts the lines that are not blank, less one for the header.
func (r *Run) csvRead(dst, p *value.Value) error {
	s, err := r.readFile(p)
	if err != nil {
		return err
	}
	n := int64(0)
	for line := range strings.SplitSeq(s, "\n") {
		if trim(line) != "" {
			n++
		}
	}
	dst.SetNum(decimal.FromInt64(max(n-1, 0)))
	return nil
}

// respond is பதில்: the answer given before, a file too, is replaced whole.
func (r *Run) respond(status, body, headers *value.Value) error {
	text, err := r.text(body)
	if err != nil {
		return err
	}
	if r.limits.Answer > 0 && int64(len(text)) > r.limits.Answer {
		return diag.OutputBudget.New(SizeText(r.limits.Answer))
	}
	a := builtin.Answer{Status: *status, Body: *body, Headers: value.NilValue()}
	if body.Kind() != value.Text {
		a.Body = value.String(text)
	}
	if headers != nil {
		if err := builtin.CheckHeaders("பதில்", headers); err != nil {
			return err
		}
		a.Headers = *headers
	}
	r.Answer(a)
	return nil
}
