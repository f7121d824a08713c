package postgres

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"etamil/engine/db"
	"etamil/engine/diag"
	"etamil/engine/host"
)

// SQLSTATEs that the driver looks at.
const (
	stateCancelled   = "57014" // query_canceled
	stateNoStatement = "26000" // invalid_sql_statement_name
	stateTwice       = "42P05" // duplicate_prepared_statement
	stateUnsupported = "0A000" // feature_not_supported: of a plan that no longer fits
	stateProtocol    = "08P01" // protocol_violation: of a Bind that no longer fits
	stateFailed      = "25P02" // in_failed_sql_transaction
	stateBadText     = "22021" // character_not_in_repertoire
	stateSyntax      = "42601" // syntax_error
)

func tag(state string) string { return "[postgresql " + state + "]" }

// words returns the server's words: the message, its detail and its hint.
func words(e *pgconn.PgError) string {
	text := e.Message
	if e.Detail != "" {
		text += " — " + e.Detail
	}
	if e.Hint != "" {
		text += " — " + e.Hint
	}
	return text
}

func refusal(e *pgconn.PgError) *db.Refusal { return &db.Refusal{Message: words(e), Tag: tag(e.Code)} }

// otherPlaceholders is said after the server's words about the syntax of a
// statement that has the placeholders of other databases.
const otherPlaceholders = " — PostgreSQL-இல் மதிப்புகளின் இடங்கள் $1, $2 …; ? அல்ல (PostgreSQL writes placeholders as $1, $2 …, not ?)"

// hasOtherPlaceholders reports whether a statement with parameters has a ?
// outside quotes, and no $1.
func hasOtherPlaceholders(s *host.Statement) bool {
	if len(s.Params) == 0 || strings.Contains(s.SQL, "$1") {
		return false
	}
	for kind, text := range db.Pieces(s.SQL, db.DialectPostgres) {
		if kind == db.Sign && text == "?" {
			return true
		}
	}
	return false
}

// commitRolledBack is COMMIT of a transaction that had failed: the server rolls
// it back and reports no error.
var commitRolledBack = &db.Refusal{
	Message: "பரிவர்த்தனை முன்பே தோல்வியுற்றது; COMMIT அதைத் திரும்பப் பெற்றது (the transaction had failed before: COMMIT rolled it back)",
	Tag:     tag(stateFailed),
}

// copyRefused is a COPY that would send its data over the connection.
var copyRefused = &db.Refusal{
	Message: "COPY … FROM STDIN, TO STDOUT இங்கே இயலாது (COPY from or to the client is not possible here)",
	Tag:     tag(stateUnsupported),
}

// nulInText is a statement with a NUL, which would end it early.
var nulInText = &db.Refusal{
	Message: "கூற்றில் NUL எழுத்து உள்ளது (the statement holds a NUL character)",
	Tag:     tag(stateBadText),
}

// pgError returns the server's error within err, or nil.
func pgError(err error) *pgconn.PgError {
	e, _ := errors.AsType[*pgconn.PgError](err)
	return e
}

// connectError says why no connection could be opened: in the server's words,
// or as the dial that failed last did.
func connectError(err, dial error, timeout time.Duration) error {
	if e := pgError(err); e != nil {
		return &db.ConnectError{Reason: diag.Same(words(e)), Tag: tag(e.Code)}
	}
	var timedOut interface{ Timeout() bool }
	if errors.Is(err, context.DeadlineExceeded) || pgconn.Timeout(err) || errors.As(err, &timedOut) && timedOut.Timeout() {
		return &db.ConnectError{Reason: db.NoAnswer(timeout)}
	}
	if dial != nil {
		return &db.ConnectError{Reason: db.WireReason(dial)}
	}
	for { // to what happened, without pgx's account of where
		inner := errors.Unwrap(err)
		if several, ok := err.(interface{ Unwrap() []error }); ok {
			inner = several.Unwrap()[len(several.Unwrap())-1]
		}
		if inner == nil {
			return &db.ConnectError{Reason: db.WireReason(err)}
		}
		err = inner
	}
}
