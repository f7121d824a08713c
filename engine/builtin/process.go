package builtin

import (
	"context"
	"errors"
	"math"
	"time"

	"etamil/engine/decimal"
	"etamil/engine/host"
	"etamil/engine/value"
)

var processRows = []Builtin{
	{
		ID:     "env",
		Name:   Spelling{"சூழல்", "cUzal", "_env"},
		Args:   []Arg{arg("பெயர்", "name", AsText), arg("இயல்பு", "default", Any)},
		Ret:    "text | any",
		Effect: Env,
		Doc:    both("சூழல் மாறியின் மதிப்பு; இல்லையெனில் இரண்டாவது மதிப்பு", "an environment variable, or the second argument when not set"),
		Func:   env,
		Try:    []Example{{`சூழல்("", [1, 2])`, "[1, 2]"}, {`cUzal("A=B", iZmY)`, "nil"}, {`வகை(_env("PATH", 0))`, "a string"}},
	},
	{
		ID:     "exit",
		Name:   Spelling{"வெளியேறு", "veLiyERu", "_exit"},
		Args:   []Arg{arg("நிலை", "status", AsNumber)},
		Ret:    "does not return",
		Effect: Process,
		Doc:    both("நிரலை இந்த நிலையுடன் முடிக்கும்", "ends the program with an exit status"),
		Func:   exit,
	},
	{
		ID:     "run",
		Name:   Spelling{"கட்டளை_ஓட்டு", "kattaLY_Ottu", "_run"},
		Args:   []Arg{arg("நிரல்", "program", AsText), arg("அளவுருக்கள்", "arguments", Array), arg("விநாடிகள்", "seconds", AsNumber)},
		Ret:    "result of record | text",
		Effect: Process,
		Doc: both("ETAMIL_EXEC_ALLOW அனுமதிக்கும் நிரலை ஓட்டி, முடியும் வரை காத்திருக்கும்",
			"runs a program that ETAMIL_EXEC_ALLOW permits and waits for it"),
		Func: run,
		Try:  []Example{{`தவறா(கட்டளை_ஓட்டு("", [], 5))`, "true"}},
	},
}

func env(m Machine, args []value.Value) (value.Value, error) {
	if e := m.Host().Env; e != nil {
		if text, ok := e.Lookup(args[0].Str()); ok {
			if err := room(m, len(text)); err != nil {
				return value.Value{}, err
			}
			return value.String(text), nil
		}
	}
	return args[1].Share(), nil
}

func exit(_ Machine, args []value.Value) (value.Value, error) {
	return value.Value{}, &Exit{exitStatus(args[0].Dec())}
}

// exitStatus returns what the system keeps of n: the low eight bits, 1 for
// what is beyond 32 bits. A number that is not 0 never becomes 0, so that no
// failure is taken for a success.
func exitStatus(n decimal.Decimal) int {
	whole, ok := n.Trunc().Int64()
	if !ok || whole < math.MinInt32 || whole > math.MaxInt32 {
		return 1
	}
	status := int(uint8(whole))
	if status == 0 && whole != 0 {
		return 1
	}
	return status
}

var (
	programNotAllowed = sentence{"'{1}' என்ற நிரலை ஓட்ட ETAMIL_EXEC_ALLOW அனுமதிக்கவில்லை", "ETAMIL_EXEC_ALLOW does not permit the program '{1}'"}
	programTooLate    = sentence{"'{1}' என்ற நிரல் {2} விநாடிகளுக்குள் முடியவில்லை", "the program '{1}' did not finish within {2} seconds"}
	programFailed     = sentence{"'{1}' என்ற நிரலை ஓட்ட முடியவில்லை: {2}", "cannot run the program '{1}': {2}"}
)

// programFields are the fields of what a program left.
var programFields = value.NewKeys([]string{"நிலை", "வெளியீடு", "பிழை"})

func run(m Machine, args []value.Value) (value.Value, error) {
	program := args[0].Str()
	programs := m.Host().Programs
	if programs == nil {
		return programNotAllowed.fail(program), nil
	}
	elements := args[1].Elems()
	if err := m.Grow(16 * len(elements)); err != nil {
		return value.Value{}, err
	}
	arguments := make([]string, len(elements))
	for i := range elements {
		text, err := printed(m, &elements[i])
		if err != nil {
			return value.Value{}, err
		}
		arguments[i] = text
	}
	seconds := args[2].Dec()
	result, err := programs.Run(m.Context(), program, arguments, duration(seconds))
	if err != nil {
		if stopped := m.Context().Err(); stopped != nil {
			return value.Value{}, stopped
		}
		switch {
		case errors.Is(err, host.ErrNotPermitted):
			return programNotAllowed.fail(program), nil
		case errors.Is(err, context.DeadlineExceeded):
			return programTooLate.fail(program, seconds.String()), nil
		}
		return programFailed.fail(program, Reason(err)), nil
	}
	if err := room(m, len(result.Stdout)+len(result.Stderr)); err != nil {
		return value.Value{}, err
	}
	record, _ := value.RecordOf(programFields, []value.Value{
		value.Int(result.Status), value.String(result.Stdout), value.String(result.Stderr),
	})
	return value.OkOf(record), nil
}

// duration returns a number of seconds, 0 or less for what is 0 or less, the
// longest duration for what is beyond it.
func duration(seconds decimal.Decimal) time.Duration {
	if seconds.Sign() <= 0 {
		return 0
	}
	nanoseconds, ok := decimal.Mul(seconds, decimal.FromInt64(int64(time.Second)))
	if !ok {
		return math.MaxInt64
	}
	// A positive time is never cut to none at all.
	n, ok := nanoseconds.Ceil().Int64()
	if !ok {
		return math.MaxInt64
	}
	return time.Duration(n)
}
