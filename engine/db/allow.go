package db

import (
	"strconv"
	"strings"

	"etamil/engine/diag"
)

// A pattern is one entry of the list of what connection texts may reach:
// KIND[@HOST[:PORT][/DATABASE]], each part perhaps *, a missing one meaning any
// (spec 08 §8.19).
type pattern struct {
	kind     Kind   // "": any
	host     string // "": any; *.DOMAIN; in small letters but for the folder of a socket
	port     string // "": any
	database string // "": any
	// socket is the whole folder of a socket whose last part host leaves to
	// database: without a port it may be either.
	socket string
}

// parsePattern reads an entry; when it makes no sense, the answer is the
// reason.
func parsePattern(text string) (pattern, *diag.Text) {
	var p pattern
	kind, rest, more := strings.Cut(strings.TrimSpace(text), "@")
	if kind != "*" {
		p.kind = Kind(strings.ToLower(kind))
		if _, known := kindNames[p.kind]; !known {
			return p, &diag.Text{
				Ta: "'" + diag.Quote(kind) + "' என்ற தரவுத்தள வகை இல்லை; " + kindList + " அல்லது * வேண்டும்",
				En: "there is no kind of database '" + diag.Quote(kind) + "'; " + kindList + " or * is needed",
			}
		}
	}
	if !more {
		return p, nil
	}
	if p.kind == SQLite {
		return p, &diag.Text{Ta: "sqlite-க்கு வழங்கி எதுவும் இல்லை", En: "sqlite has no host"}
	}
	wrong := &diag.Text{
		Ta: "KIND@HOST:PORT/DATABASE என்ற வடிவம் வேண்டும்",
		En: "the form KIND@HOST:PORT/DATABASE is needed",
	}
	host, database, port := rest, "", ""
	switch {
	case strings.HasPrefix(rest, "/"): // the folder of a socket
		if colon := strings.LastIndexByte(rest, ':'); colon >= 0 {
			host, port = rest[:colon], rest[colon+1:]
			port, database, _ = strings.Cut(port, "/")
		} else if slash := strings.LastIndexByte(rest, '/'); slash > 0 {
			p.socket = rest
			host, database = rest[:slash], rest[slash+1:]
		}
	case strings.HasPrefix(rest, "["):
		inside, after, closed := strings.Cut(rest[1:], "]")
		if !closed {
			return p, wrong
		}
		host = inside
		after, database, _ = strings.Cut(after, "/")
		if after != "" && after[0] != ':' {
			return p, wrong
		}
		port = strings.TrimPrefix(after, ":")
	default:
		host, database, _ = strings.Cut(rest, "/")
		host, port, _ = strings.Cut(host, ":")
		if strings.Contains(strings.TrimPrefix(host, "*"), "*") || strings.HasPrefix(host, "*") && len(host) > 1 && host[1] != '.' {
			return p, &diag.Text{
				Ta: "HOST-இல் '*' தனியாக அல்லது '*.' என முன்னால் மட்டுமே வரலாம்",
				En: "in HOST a '*' can only stand alone or in front, as '*.'",
			}
		}
	}
	if host == "" || strings.ContainsAny(port, "*") && port != "*" || strings.HasSuffix(rest, ":") {
		return p, wrong
	}
	if n, err := strconv.ParseUint(port, 10, 16); port != "" && port != "*" && (err != nil || n == 0) {
		return p, &badPort
	}
	if host != "*" {
		p.host = plainHost(host)
	}
	if port != "*" {
		p.port = port
	}
	if database != "*" {
		p.database = database
	}
	return p, nil
}

// allows reports whether the pattern covers everywhere the target may connect
// to.
func (p *pattern) allows(kind Kind, addresses []Address) bool {
	if p.kind != "" && p.kind != kind {
		return false
	}
	if len(addresses) == 0 {
		return p.host == "" && p.port == "" && p.database == ""
	}
	for _, a := range addresses {
		if !p.covers(a) {
			return false
		}
	}
	return true
}

func (p *pattern) covers(a Address) bool {
	if p.socket != "" && a.Host == p.socket {
		return true
	}
	host := plainHost(a.Host)
	labels, wild := strings.CutPrefix(p.host, "*")
	switch {
	case p.host == "" || p.host == host:
	case wild && len(host) > len(labels) && strings.HasSuffix(host, labels):
	default:
		return false
	}
	return (p.port == "" || p.port == a.Port) && (p.database == "" || p.database == a.Database)
}

// plainHost returns the form in which hosts are compared.
func plainHost(host string) string {
	if strings.HasPrefix(host, "/") {
		return host
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}
