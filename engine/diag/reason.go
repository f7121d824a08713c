package diag

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// reasons are the failures of files that have words of their own in Tamil, the
// first that fits.
var reasons = []struct {
	err  error
	text Text
}{
	{fs.ErrNotExist, Text{"அப்படி ஒரு கோப்பு இல்லை", "no such file"}},
	{fs.ErrPermission, Text{"அனுமதி இல்லை", "permission denied"}},
	{fs.ErrExist, Text{"அப்பெயரில் ஒன்று ஏற்கெனவே உள்ளது", "it exists already"}},
	{syscall.EISDIR, Text{"அது ஒரு கோப்புறை", "it is a directory"}},
	{syscall.ENOTDIR, Text{"பாதையின் ஒரு பகுதி கோப்புறை அல்ல", "part of the path is not a directory"}},
	{syscall.ENOSPC, Text{"வட்டில் இடம் இல்லை", "no space left on the disk"}},
	{syscall.EROFS, Text{"அங்கே எழுத முடியாது", "the file system is read-only"}},
	{syscall.ENAMETOOLONG, Text{"பெயர் மிக நீளம்", "the name is too long"}},
	{syscall.ELOOP, Text{"இணைப்புகள் ஒன்றையொன்று சுட்டுகின்றன", "too many links"}},
	{syscall.EMFILE, Text{"அளவுக்கு மீறிய கோப்புகள் திறந்துள்ளன", "too many open files"}},
	{syscall.EPIPE, Text{"படிப்பவர் மூடிவிட்டார்", "nobody reads it any more"}},
	{syscall.EINVAL, Text{"அது சரியான பெயர் அல்ல", "the name is not valid"}},
	{syscall.ENOEXEC, Text{"அது இயக்கத்தக்க கோப்பு அல்ல", "exec format error"}},
	{syscall.EADDRINUSE, Text{"அம்முகவரி ஏற்கெனவே பயன்பாட்டில் உள்ளது", "address already in use"}},
	{os.ErrDeadlineExceeded, Text{"நேரம் முடிந்துவிட்டது", "the time is over"}},
	{context.DeadlineExceeded, Text{"நேரம் முடிந்துவிட்டது", "the time is over"}},
	{context.Canceled, Text{"நிறுத்தப்பட்டது", "cancelled"}},
}

// Reason says why a file could not be used, as {2} of FileRead and the codes
// like it want it: without the path and the operation that Go's errors name.
// An error with a method Tamil() string has its own words; one that has no words
// at all is told in English in both languages.
func Reason(err error) Text {
	var own interface {
		error
		Tamil() string
	}
	if errors.As(err, &own) {
		return Text{own.Tamil(), own.Error()}
	}
	for _, r := range reasons {
		if errors.Is(err, r.err) {
			return r.text
		}
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return Same(path.Err.Error())
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return Same(link.Err.Error())
	}
	return Same(err.Error())
}
