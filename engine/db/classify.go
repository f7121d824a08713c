package db

import (
	"slices"
	"strings"
	"sync"
)

// A class is what the text of a statement tells about what it leaves behind
// in its connection (spec 08 §8.11).
type class struct {
	dirty    bool // session state may stay
	insert   bool // it may make an id that LAST_INSERT_ID and its kin answer
	asksID   bool // it asks for such an id
	asksRows bool // it asks for the count of the last statement: ROW_COUNT()
	reads    bool // it begins like a query
	ends     bool // the program's COMMIT or ROLLBACK, or what means them
	rollback bool // the whole transaction is rolled back by it, nothing else
}

// cleanWords begin the statements that leave nothing behind.
var cleanWords = wordSet(`SELECT VALUES TABLE WITH INSERT UPDATE DELETE REPLACE MERGE EXPLAIN DESCRIBE DESC
	SHOW BEGIN START COMMIT END ROLLBACK ABORT SAVEPOINT RELEASE CREATE ALTER DROP TRUNCATE ANALYZE VACUUM
	REINDEX COMMENT GRANT REVOKE NOTIFY REFRESH`)

// readingPragmas only answer; those that map to false have a value that stays
// when they are given one in parentheses.
var readingPragmas = map[string]bool{
	"TABLE_INFO": true, "TABLE_LIST": true, "INDEX_LIST": true, "INDEX_INFO": true,
	"FOREIGN_KEY_LIST": true, "FOREIGN_KEY_CHECK": true, "INTEGRITY_CHECK": true, "QUICK_CHECK": true,
	"USER_VERSION": false, "JOURNAL_MODE": false,
}

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(words) {
		set[word] = true
	}
	return set
}

// longestWord is the length that upper needs for the words that matter.
const longestWord = 32

// upper returns an ASCII word in capitals, in the space of buf; of a longer
// word the beginning.
func upper(word string, buf *[longestWord]byte) []byte {
	n := min(len(word), longestWord)
	for i := range n {
		c := word[i]
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		buf[i] = c
	}
	return buf[:n]
}

// mostHead is how many pieces of the beginning are looked at together.
const mostHead = 8

// classify looks at the text of a statement, in time in proportion to it.
func classify(sql string, d Dialect) class {
	var c class
	var buf [longestWord]byte
	var head [mostHead]string // words and signs of the beginning
	heads := 0
	before, last := "", "" // the two pieces before this one, without blanks and comments
	for kind, text := range Pieces(sql, d) {
		if kind == Blank || kind == Comment || heads == 0 && (text == "(" || text == ";") {
			continue
		}
		heads++
		if heads <= mostHead {
			head[heads-1] = text
		}
		if last == "(" && strings.EqualFold(before, "LAST_INSERT_ID") {
			if text == ")" {
				c.asksID = true
			} else {
				c.insert = true // with an argument it sets the id
			}
		}
		switch {
		case kind == Word:
			word := upper(text, &buf)
			c.word(word, d, before, last)
			c.dirty = c.dirty || heads == 1 && !cleanWords[string(word)]
		case heads == 1:
			c.dirty = true // the marks of /*! and whatever else
		case kind == Quoted && d == DialectPostgres && text[0] == '"':
			// A quoted name still names the function that takes a lock, but
			// "temp" may well be a column.
			if word := upper(strings.Trim(text, `"`), &buf); string(word) != "TEMP" && string(word) != "TEMPORARY" {
				c.dirty = c.dirty || keepsState(word)
			}
		case text == "=":
			c.dirty = c.dirty || last == ":" && d == DialectMySQL
		case text == "@":
			c.dirty = c.dirty || strings.EqualFold(last, "INTO")
		case text == ".": // a schema in quotes
			c.dirty = c.dirty || len(last) > 2 && !inWord(last[0]) && strings.EqualFold(last[1:len(last)-1], "temp")
		}
		before, last = last, text
	}
	if heads > 0 {
		c.begin(head[:min(heads, mostHead)], d)
	}
	return c
}

// word takes note of one word and the two pieces before it.
func (c *class) word(word []byte, d Dialect, before, last string) {
	c.dirty = c.dirty || keepsState(word)
	switch string(word) {
	case "INSERT", "REPLACE", "MERGE", "NEXTVAL", "SETVAL":
		c.insert = true
	case "LAST_INSERT_ID", "IDENTITY":
		c.asksID = c.asksID || last == "@" && before == "@" // the variable
	case "LAST_INSERT_ROWID":
		c.asksID = c.asksID || d == DialectSQLite
	case "LASTVAL", "CURRVAL":
		c.asksID = c.asksID || d == DialectPostgres
	case "ROW_COUNT":
		c.asksRows = c.asksRows || d == DialectMySQL
	}
}

// keepsState reports whether a word outside quotes means that the session
// keeps something.
func keepsState(word []byte) bool {
	switch s := string(word); s {
	case "TEMP", "TEMPORARY", "SET_CONFIG", "GET_LOCK":
		return true
	default:
		return strings.HasPrefix(s, "PG_TEMP") ||
			strings.HasPrefix(s, "PG_ADVISORY_LOCK") || strings.HasPrefix(s, "PG_TRY_ADVISORY_LOCK")
	}
}

// begin completes c by the beginning of the statement, which is not empty.
func (c *class) begin(head []string, d Dialect) {
	var buf [longestWord]byte
	at := func(i int, words ...string) bool {
		return i < len(head) && slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(head[i], w) })
	}
	switch string(upper(head[0], &buf)) {
	case "SELECT", "VALUES", "TABLE", "WITH", "SHOW":
		c.reads = true
	case "SET":
		// In MySQL LOCAL is another word for SESSION.
		if at(1, "LOCAL") && d == DialectPostgres {
			c.dirty = false
		}
	case "PRAGMA":
		if d == DialectSQLite && readingPragma(head) {
			c.dirty = false
		}
	case "BEGIN":
		c.dirty = c.dirty || at(1, "NOT") // BEGIN NOT ATOMIC … END of MariaDB runs anything
	case "COMMIT", "END":
		c.ends = true
	case "ROLLBACK", "ABORT":
		i := 1
		if at(i, "WORK", "TRANSACTION") {
			i++
		}
		c.ends = !at(i, "TO", "PREPARED")
		if at(i, "AND") && at(i+1, "NO") && at(i+2, "CHAIN") {
			i += 3
		}
		if at(i, "NO") && at(i+1, "RELEASE") {
			i++
		}
		if at(i, "RELEASE") {
			i++
		}
		c.rollback = i == len(head) || at(i, ";")
	}
}

// readingPragma reports whether the beginning of a statement is that of a
// PRAGMA that leaves nothing behind.
func readingPragma(head []string) bool {
	rest := head[1:]
	if len(rest) > 1 && rest[1] == "." { // a schema
		rest = rest[2:]
	}
	if len(rest) == 0 {
		return false
	}
	table, known := readingPragmas[strings.ToUpper(rest[0])]
	return known && (len(rest) == 1 || rest[1] == ";" || rest[1] == "(" && table)
}

// A classCache keeps the classes of the statements that a pool was given: a
// program has few, and runs them again and again. The zero classCache is empty.
// Safe for concurrent use.
type classCache struct {
	mu   sync.RWMutex
	kept map[string]class
}

// What a classCache keeps: so many statements, each of so many bytes at most.
const (
	mostClasses  = 512
	longestClass = 4 << 10
)

// of is classify with what is kept.
func (k *classCache) of(sql string, d Dialect) class {
	if len(sql) > longestClass {
		return classify(sql, d)
	}
	k.mu.RLock()
	c, known := k.kept[sql]
	k.mu.RUnlock()
	if known {
		return c
	}
	c = classify(sql, d)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept == nil || len(k.kept) >= mostClasses {
		// Who makes texts of data fills it in vain; the others are soon back.
		k.kept = make(map[string]class)
	}
	k.kept[strings.Clone(sql)] = c
	return c
}
