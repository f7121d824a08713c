package system

import "context"

// A problem is a reason that the operating system has no words for. Whoever
// tells an author about it finds the Tamil words by the method.
type problem struct{ ta, en string }

func (p *problem) Error() string { return p.en }

// Tamil returns the reason in Tamil.
func (p *problem) Tamil() string { return p.ta }

// A timeLimit is a problem for whoever asks the context package's way, too.
type timeLimit struct{ problem }

func (*timeLimit) Is(target error) bool { return target == context.DeadlineExceeded }
func (*timeLimit) Timeout() bool        { return true }

// Errors of files beside those of the operating system and
// host.ErrNotPermitted.
var (
	// ErrNotRegular is wrapped when a path names a device, pipe or socket
	// where a file with contents is needed.
	ErrNotRegular error = &problem{"இது சாதாரணக் கோப்பு அல்ல", "not a regular file"}
	// ErrTooLarge is wrapped when one operation would read or write more
	// than the limit.
	ErrTooLarge error = &problem{"கோப்பு வரம்பை மிஞ்சுகிறது", "the file is larger than the limit"}
)

// Errors of programs beside those of the operating system,
// host.ErrNotPermitted and those of the context.
var (
	// ErrTimeLimit tells that a program was ended at its time limit, or never
	// started because it had none. It is a context.DeadlineExceeded.
	ErrTimeLimit error = &timeLimit{problem{"நேரம் முடிந்தது", "out of time"}}
	// ErrTooMuchOutput tells that a program was ended because it wrote more
	// than MaxProgramOutput to one of its outputs.
	ErrTooMuchOutput error = &problem{"வெளியீடு 16 MiB-ஐ மிஞ்சியது", "the output is larger than 16 MiB"}
)

// Errors of outgoing requests beside those of the network and
// host.ErrNotPermitted.
var (
	ErrBadURL      error = &problem{"அழைக்கக்கூடிய முகவரி அல்ல", "not a URL that can be called"}
	ErrBadScheme   error = &problem{"http, https மட்டுமே அழைக்க முடியும்", "only http and https can be called"}
	ErrBadMethod   error = &problem{"HTTP முறை அல்ல", "not an HTTP method"}
	ErrBadHeader   error = &problem{"தலைப்பின் பெயர் அல்லது மதிப்பு செல்லாது", "a header has a name or value that cannot be sent"}
	ErrRedirects   error = &problem{"ஐந்து முறைக்கு மேல் திருப்பி விடப்பட்டது", "redirected more than five times"}
	ErrBodyTooLong error = &problem{"பதில் 10 MiB-ஐ மிஞ்சுகிறது", "the answer is larger than 10 MiB"}
	ErrWebTimeout  error = &timeLimit{problem{"உரிய நேரத்தில் பதில் இல்லை", "no answer in time"}}
)
