package redis

import (
	"math"
	"strconv"
	"strings"
	"time"

	"etamil/engine/diag"
)

// An effect is what a command does to the connection it was sent on.
type effect uint8

const (
	none    effect = iota // a round trip
	refused               // not sent (ET5054)
	session               // state until the end of the run
	watch                 // state until EXEC, DISCARD or UNWATCH
	multi                 // state until EXEC or DISCARD
	exec
	discard
	unwatch
	blocking // waits on the server
)

// A rule is what is special about a command.
type rule struct {
	effect effect
	why    *diag.Text // of refused
	// wait returns the time that the server may wait, of blocking; false: the
	// arguments have none.
	wait func(args []string) (time.Duration, bool)
}

var (
	pushes = &diag.Text{
		Ta: "அதன் பதில்கள் கேட்காமலே வரும்; வரிசைகளுக்கு BLPOP அல்லது streams பயன்படுத்துங்கள்",
		En: "its answers come unasked; for queues use BLPOP or streams",
	}
	protocol = &diag.Text{
		Ta: "இணைப்பின் நெறிமுறையை நிரல் மாற்ற முடியாது",
		En: "a program cannot change the protocol of the connection",
	}
	ends = &diag.Text{
		Ta: "இணைப்பை முடிக்க ரெடிஸ்_பிரி பயன்படுத்துங்கள்",
		En: "use ரெடிஸ்_பிரி (retis_piri) to end the connection",
	}
	silences = &diag.Text{
		Ta: "அதன் பின் பதில்கள் ஒழுங்காக வரா",
		En: "after it replies do not come as they should",
	}
	stops = &diag.Text{
		Ta: "அது சேவையகத்தை நிறுத்திவைக்கும்",
		En: "it would halt the server",
	}
)

// commands are those that are not a plain round trip, by their name in
// capitals, with a sub-command after a blank.
var commands = map[string]rule{
	"SUBSCRIBE":       {effect: refused, why: pushes},
	"PSUBSCRIBE":      {effect: refused, why: pushes},
	"SSUBSCRIBE":      {effect: refused, why: pushes},
	"UNSUBSCRIBE":     {effect: refused, why: pushes},
	"PUNSUBSCRIBE":    {effect: refused, why: pushes},
	"SUNSUBSCRIBE":    {effect: refused, why: pushes},
	"MONITOR":         {effect: refused, why: pushes},
	"SYNC":            {effect: refused, why: pushes},
	"PSYNC":           {effect: refused, why: pushes},
	"CLIENT TRACKING": {effect: refused, why: pushes},
	"HELLO":           {effect: refused, why: protocol},
	"RESET":           {effect: refused, why: ends},
	"QUIT":            {effect: refused, why: ends},
	"CLIENT REPLY":    {effect: refused, why: silences},
	"SCRIPT DEBUG":    {effect: refused, why: stops},

	"SELECT":    {effect: session},
	"AUTH":      {effect: session},
	"CLIENT":    {effect: session},
	"READONLY":  {effect: session},
	"READWRITE": {effect: session},
	"ASKING":    {effect: session},

	"WATCH":   {effect: watch},
	"MULTI":   {effect: multi},
	"EXEC":    {effect: exec},
	"DISCARD": {effect: discard},
	"UNWATCH": {effect: unwatch},

	"BLPOP":      {effect: blocking, wait: secondsAtEnd},
	"BRPOP":      {effect: blocking, wait: secondsAtEnd},
	"BRPOPLPUSH": {effect: blocking, wait: secondsAtEnd},
	"BLMOVE":     {effect: blocking, wait: secondsAtEnd},
	"BZPOPMIN":   {effect: blocking, wait: secondsAtEnd},
	"BZPOPMAX":   {effect: blocking, wait: secondsAtEnd},
	"BLMPOP":     {effect: blocking, wait: secondsFirst},
	"BZMPOP":     {effect: blocking, wait: secondsFirst},
	"WAIT":       {effect: blocking, wait: millisecondsAtEnd},
	"WAITAOF":    {effect: blocking, wait: millisecondsAtEnd},
	"XREAD":      {effect: blocking, wait: blockOption},
	"XREADGROUP": {effect: blocking, wait: blockOption},
}

// ruleOf returns what is special about a command and its name for messages.
func ruleOf(name string, args []string) (rule, string) {
	word := upper(name)
	if len(args) > 0 {
		if r, ok := commands[word+" "+upper(args[0])]; ok && !strings.Contains(word, " ") {
			return r, word + " " + upper(args[0])
		}
	}
	return commands[word], word
}

// upper returns s with ASCII capitals, as Redis compares names.
func upper(s string) string {
	const longest = 32 // no command that matters is as long
	if len(s) > longest {
		return s
	}
	b := []byte(s)
	for i, c := range b {
		if c >= 'a' && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

func secondsAtEnd(args []string) (time.Duration, bool) {
	if len(args) == 0 {
		return 0, false
	}
	return duration(args[len(args)-1], time.Second)
}

func secondsFirst(args []string) (time.Duration, bool) {
	if len(args) == 0 {
		return 0, false
	}
	return duration(args[0], time.Second)
}

func millisecondsAtEnd(args []string) (time.Duration, bool) {
	if len(args) == 0 {
		return 0, false
	}
	return duration(args[len(args)-1], time.Millisecond)
}

// blockOption returns the milliseconds after BLOCK, one of the options that
// stand before STREAMS.
func blockOption(args []string) (time.Duration, bool) {
	for i := 0; i+1 < len(args); i++ {
		switch upper(args[i]) {
		case "STREAMS":
			return 0, false
		case "GROUP":
			i += 2
		case "COUNT":
			i++
		case "BLOCK":
			return duration(args[i+1], time.Millisecond)
		}
	}
	return 0, false
}

// duration reads a number of units, 0 or more; what Redis would not take is
// none. A very long time is about a century.
func duration(text string, unit time.Duration) (time.Duration, bool) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n < 0 || math.IsNaN(n) {
		return 0, false
	}
	const century = 100 * 365 * 24 * time.Hour
	if n >= float64(century/unit) {
		return century, true
	}
	return time.Duration(n * float64(unit)), true
}
