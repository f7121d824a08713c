package db

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strings"

	"etamil/engine/diag"
	"etamil/engine/host"
)

// hidden stands where a secret stood.
const hidden = "***"

// redactor replaces what must not be seen in the words of a server or a
// library: the password in all its forms and the connection text (spec 08
// §8.19). A text that is shown anyway, as the path of a file, is left.
func redactor(t *resolved) *strings.Replacer {
	secrets := slices.Clone(t.target.Secrets)
	if len(secrets) > 0 || strings.ContainsAny(t.text, "=@") {
		secrets = append(secrets, SecretForms(t.text, t.text)...)
	}
	for _, secret := range secrets {
		secrets = append(secrets, escapeCase(secret, strings.ToUpper), escapeCase(secret, strings.ToLower))
	}
	// Of two that begin at one place the longer one must go.
	slices.SortFunc(secrets, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	var pairs []string
	for _, secret := range secrets {
		if secret != "" {
			pairs = append(pairs, secret, hidden)
		}
	}
	return strings.NewReplacer(pairs...)
}

// escapeCase returns s with the letters of its escapes %c3 in another case.
func escapeCase(s string, change func(string) string) string {
	return escape.ReplaceAllStringFunc(s, change)
}

var escape = regexp.MustCompile("%[0-9A-Fa-f]{2}")

// hide returns s without secrets.
func (p *pool) hide(s string) string { return p.redactor.Replace(s) }

func (p *pool) hideText(t diag.Text) diag.Text { return diag.Text{Ta: p.hide(t.Ta), En: p.hide(t.En)} }

// connectError makes of what a driver said when it opened a connection what a
// program is told.
func (p *pool) connectError(err error) *diag.Diagnostic {
	var d *diag.Diagnostic
	var refused *ConnectError
	switch {
	case errors.As(err, &d) && d.Def == diag.ConnectFailed && len(d.Args) == 2:
		return diag.ConnectFailed.New(diag.Whole(p.name), p.hideText(d.Args[1]))
	case d != nil:
		return d
	case errors.As(err, &refused):
		reason := p.hideText(refused.Reason)
		if refused.Tag != "" {
			reason = diag.Text{Ta: reason.Ta + " " + refused.Tag, En: reason.En + " " + refused.Tag}
		}
		return diag.ConnectFailed.New(diag.Whole(p.name), reason)
	case errors.Is(err, host.ErrNotPermitted):
		return diag.NotPermitted.New(diag.Whole(p.name))
	}
	return diag.ConnectFailed.New(diag.Whole(p.name), p.hideText(WireReason(err)))
}

// refusal makes of a database's answer what a program is told: its words, at
// most 1 000 letters of them, and the tag.
func (p *pool) refusal(r *Refusal) *diag.Diagnostic {
	d := diag.DatabaseRefused.New(p.hide(r.Message))
	if r.Tag != "" {
		d.Args[0].Ta += " " + r.Tag
		d.Args[0].En += " " + r.Tag
	}
	return d
}
