package mysql

import (
	"strings"

	"etamil/engine/db"
)

// An effect is what the text of a statement does beside its work.
type effect uint8

const (
	none      effect = iota
	begins           // a transaction is open after it
	ends             // none is
	localFile        // it would read a file of ours
)

// effectOf tells the effect of a statement by its first words (spec 08 §8.11).
func effectOf(sql string) effect {
	var words [5]string
	n := 0
	for kind, text := range db.Pieces(sql, db.DialectMySQL) {
		if kind == db.Blank || kind == db.Comment {
			continue
		}
		if n == 0 && kind != db.Word {
			continue // the marks of /*! */, a parenthesis
		}
		if n == 0 {
			switch strings.ToUpper(text) {
			case "BEGIN", "START", "COMMIT", "ROLLBACK", "XA":
			case "SET":
				return setEffect(sql)
			case "LOAD":
				return loadEffect(sql)
			default:
				return none
			}
		}
		words[n] = strings.ToUpper(text)
		if n++; n == len(words) {
			break
		}
	}
	rest := words[1:]
	if rest[0] == "WORK" {
		rest = rest[1:]
	}
	switch words[0] {
	case "BEGIN":
		return begins
	case "START":
		if words[1] == "TRANSACTION" {
			return begins
		}
	case "XA":
		switch words[1] {
		case "COMMIT", "ROLLBACK":
			return ends
		case "RECOVER":
			return none
		}
		return begins
	case "COMMIT", "ROLLBACK":
		if words[0] == "ROLLBACK" && rest[0] == "TO" {
			return none
		}
		if rest[0] == "AND" && rest[1] == "CHAIN" {
			return begins
		}
		return ends
	}
	return none
}

// setEffect finds autocommit among what a SET sets.
func setEffect(sql string) effect {
	for kind, text := range db.Pieces(sql, db.DialectMySQL) {
		if (kind == db.Word || kind == db.Quoted) && strings.EqualFold(strings.Trim(text, "`"), "autocommit") {
			return begins
		}
	}
	return none
}

// loadEffect finds LOCAL before the name of the file.
func loadEffect(sql string) effect {
	for kind, text := range db.Pieces(sql, db.DialectMySQL) {
		switch {
		case kind == db.Quoted:
			return none
		case kind == db.Word && strings.EqualFold(text, "LOCAL"):
			return localFile
		}
	}
	return none
}

// otherPlaceholders is said after the server's words about a statement that has
// the placeholders of PostgreSQL, which are names to it.
const otherPlaceholders = " — MySQL-இல் மதிப்புகளின் இடங்கள் ?; $1 அல்ல (MySQL writes placeholders as ?, not $1)"

// hasOtherPlaceholders reports whether a statement has $1 outside quotes.
func hasOtherPlaceholders(sql string) bool {
	for kind, text := range db.Pieces(sql, db.DialectMySQL) {
		if kind == db.Word && text == "$1" {
			return true
		}
	}
	return false
}

// placeholders turns :name into ?, which is all that the server knows: a colon
// that follows no other, before a letter or _.
func placeholders(sql string) string {
	if !strings.Contains(sql, ":") {
		return sql
	}
	out := make([]byte, 0, len(sql))
	before, last := "", "" // the two pieces before this one
	for kind, text := range db.Pieces(sql, db.DialectMySQL) {
		if kind == db.Word && text[0] != '$' && last == ":" && before != ":" {
			out = append(out[:len(out)-1], '?')
		} else {
			out = append(out, text...)
		}
		before, last = last, text
	}
	return string(out)
}
