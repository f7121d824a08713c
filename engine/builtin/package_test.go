package builtin

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"time"

	"etamil/engine/diag"
	"etamil/engine/host"
)

// box makes a package of names and contents; what ends in "/" is a folder.
func box(t testing.TB, comment string, entries ...[2]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	w.SetComment(comment)
	for i, e := range entries {
		h := &zip.FileHeader{Name: e[0], Method: []uint16{zip.Deflate, zip.Store}[i%2], Modified: time.Date(2020, 3, 4, 5, 6, 8, 0, time.UTC)}
		h.SetMode(0o600)
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(f, e[1])
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func boxMachine(t testing.TB, data []byte) (*machine, files) {
	t.Helper()
	f := files{"box.zip": data}
	return &machine{host: host.Host{Files: f}}, f
}

func TestPackageEntriesAreReadByName(t *testing.T) {
	data := box(t, "", [2]string{"mimetype", "text/x"}, [2]string{"தமிழ்.txt", "உள்ளே"}, [2]string{"notes/", ""}, [2]string{"twice", "first"},
		[2]string{"twice", "last"}, [2]string{"../up", "u"}, [2]string{"bad", "\xff"}, [2]string{"", "no name"})
	for name, data := range map[string][]byte{"plain": data, "after other bytes": append([]byte(strings.Repeat("#!", 500)), data...)} {
		m, _ := boxMachine(t, data)
		for entry, want := range map[string]string{"mimetype": "text/x", "தமிழ்.txt": "உள்ளே", "notes/": "", "twice": "last", "../up": "u", "": "no name"} {
			if got := call(t, m, "_packageRead", "box.zip", entry); got != "சரி("+want+")" {
				t.Errorf("%s: %q: %s, want %s", name, entry, got, want)
			}
		}
		for _, entry := range []string{"MIMETYPE", "notes", "none", "தமிழ்"} {
			wantFailure(t, m, "the package 'box.zip' has no entry '"+entry+"'", "_packageRead", "box.zip", entry)
		}
		wantFailure(t, m, "the entry 'bad' is not UTF-8", "_packageRead", "box.zip", "bad")
	}
	m, f := boxMachine(t, data)
	f["text"] = []byte(strings.Repeat("no zip", 1000))
	f["empty"] = nil
	f["cut"] = data[:len(data)-30]
	f["end"] = data[len(data)-22:]
	for _, path := range []string{"text", "empty", "cut", "end"} {
		wantFailure(t, m, "is no package (zip) or is damaged", "_packageRead", path, "mimetype")
		wantFailure(t, m, "is no package (zip) or is damaged", "_packageWrite", path, "out", map[string]any{})
	}
	wantFailure(t, m, "cannot read 'absent'", "_packageRead", "absent", "x")
	wantFailure(t, m, "is not the path", "_packageRead", nil, "x")
}

// patch changes the fields of the directory's entry of that name; a header
// begins 46 bytes before the name.
func patch(t testing.TB, data []byte, name string, change func(header []byte)) []byte {
	t.Helper()
	data = bytes.Clone(data)
	for i := 0; i+46 < len(data); i++ {
		if string(data[i:i+4]) == "PK\x01\x02" && strings.HasPrefix(string(data[i+46:]), name) {
			change(data[i : i+46])
			return data
		}
	}
	t.Fatal("no such entry")
	return nil
}

func TestUnreadableEntriesTellWhy(t *testing.T) {
	good := box(t, "", [2]string{"a", strings.Repeat("abc", 100)}, [2]string{"b", "stored"})
	put16 := binary.LittleEndian.PutUint16
	put32 := binary.LittleEndian.PutUint32
	for _, tt := range []struct {
		entry  string
		change func(h []byte)
		want   string
	}{
		{"a", func(h []byte) { put16(h[10:], 12) }, "method (12) that is not supported"},
		{"a", func(h []byte) { h[8] |= 1 }, "is encrypted"},
		{"a", func(h []byte) { put32(h[24:], 64<<20+1) }, "larger than 64 MiB"},
		{"a", func(h []byte) { put32(h[24:], 10) }, "is damaged"},
		{"a", func(h []byte) { put32(h[24:], 1000) }, "is damaged"},
		{"a", func(h []byte) { put32(h[16:], 1) }, "is damaged"},
		{"a", func(h []byte) { put16(h[10:], 0) }, "is damaged"},
		{"b", func(h []byte) { put16(h[10:], 8) }, "is damaged"},
		{"b", func(h []byte) { put32(h[42:], 5) }, "is damaged"},
		{"b", func(h []byte) { put32(h[42:], 1<<30) }, "is damaged"},
	} {
		m, _ := boxMachine(t, patch(t, good, tt.entry, tt.change))
		wantFailure(t, m, tt.want, "_packageRead", "box.zip", tt.entry)
	}
}

func TestPackageOfManyEntriesIsRefusedEarly(t *testing.T) {
	for _, n := range []int{maxEntries, maxEntries + 1} {
		data := manyEntries(n)
		if got := countEntries(bytes.NewReader(data), int64(len(data))); got != n {
			t.Errorf("counted %d, want %d", got, n)
		}
		m, _ := boxMachine(t, data)
		if n > maxEntries {
			wantFailure(t, m, "more than 100000 entries", "_packageRead", "box.zip", "x")
		} else {
			wantFailure(t, m, "has no entry 'x'", "_packageRead", "box.zip", "x")
		}
	}
}

// manyEntries is a directory of empty entries without contents; its end tells
// their number in 16 bits only.
func manyEntries(n int) []byte {
	header := make([]byte, 47)
	copy(header, "PK\x01\x02")
	binary.LittleEndian.PutUint16(header[28:], 1)
	header[46] = 'n'
	data := bytes.Repeat(header, n)
	end := make([]byte, 22)
	copy(end, "PK\x05\x06")
	binary.LittleEndian.PutUint16(end[8:], uint16(n))
	binary.LittleEndian.PutUint16(end[10:], uint16(n))
	binary.LittleEndian.PutUint32(end[12:], uint32(len(data)))
	return append(data, end...)
}

func readBox(t *testing.T, data []byte) []*zip.File {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	return r.File
}

func contents(t *testing.T, f *zip.File) string {
	t.Helper()
	r, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func raw(t *testing.T, f *zip.File) string {
	t.Helper()
	r, err := f.OpenRaw()
	if err != nil {
		t.Fatal(err)
	}
	b, _ := io.ReadAll(r)
	return string(b)
}

func TestPackageIsCopiedWithChanges(t *testing.T) {
	long := strings.Repeat("மாறாதது ", 1000)
	data := box(t, "a comment", [2]string{"mimetype", "old/type"}, [2]string{"keep.xml", long}, [2]string{"d/", ""}, [2]string{"twice", "first"},
		[2]string{"twice", "last"}, [2]string{"தமிழ்.xml", "பழையது"}, [2]string{"num", "x"})
	m, f := boxMachine(t, data)
	got := call(t, m, "_packageWrite", "box.zip", "out.zip", map[string]any{"mimetype": "new/type", "தமிழ்.xml": long, "num": num(t, "2.50")})
	if got != "சரி(6)" {
		t.Fatal(got)
	}
	before, after := readBox(t, data), readBox(t, f["out.zip"])
	var names []string
	for _, e := range after {
		names = append(names, e.Name)
	}
	if strings.Join(names, "|") != "mimetype|keep.xml|d/|twice|தமிழ்.xml|num" {
		t.Fatalf("%q", names)
	}
	for i, want := range []string{"new/type", long, "", "last", long, "2.5"} {
		if got := contents(t, after[i]); got != want {
			t.Errorf("%s: %.40q, want %.40q", names[i], got, want)
		}
	}
	for _, i := range []int{1, 3} {
		old := before[i]
		if i == 3 {
			old = before[4]
		}
		e := after[i]
		if raw(t, e) != raw(t, old) || e.Method != old.Method || !e.Modified.Equal(old.Modified) || e.Mode() != old.Mode() {
			t.Errorf("%s was not copied as it is", e.Name)
		}
	}
	for _, i := range []int{0, 4, 5} {
		e := after[i]
		if e.ModifiedDate != 33 || e.ModifiedTime != 0 || e.Mode() != 0o644 || len(e.Extra) != 0 || e.Flags&8 != 0 {
			t.Errorf("%s: date %d %d, mode %v, flags %x", e.Name, e.ModifiedDate, e.ModifiedTime, e.Mode(), e.Flags)
		}
		want := uint16(zip.Deflate)
		if e.Name == "mimetype" {
			want = zip.Store
		}
		if e.Method != want || (e.Flags&0x800 != 0) != (i == 4) {
			t.Errorf("%s: method %d, flags %x", e.Name, e.Method, e.Flags)
		}
	}
	// Office documents are recognised by these bytes at the beginning.
	if head := string(f["out.zip"][30:46]); head != "mimetypenew/type" {
		t.Errorf("begins with %q", head)
	}
	if r, _ := zip.NewReader(bytes.NewReader(f["out.zip"]), int64(len(f["out.zip"]))); r.Comment != "" {
		t.Errorf("comment %q", r.Comment)
	}
}

func TestPackageMayReplaceItself(t *testing.T) {
	data := box(t, "", [2]string{"a", "1"}, [2]string{"b", "2"})
	m, f := boxMachine(t, data)
	if got := call(t, m, "_packageWrite", "box.zip", "box.zip", map[string]any{"a": "new"}); got != "சரி(2)" {
		t.Fatal(got)
	}
	if got := call(t, m, "_packageRead", "box.zip", "a"); got != "சரி(new)" {
		t.Error(got)
	}
	if got := call(t, m, "_packageRead", "box.zip", "b"); got != "சரி(2)" {
		t.Error(got)
	}
	if got := call(t, m, "_packageWrite", "box.zip", "copy.zip", map[string]any{}); got != "சரி(2)" || len(f["copy.zip"]) == 0 {
		t.Error(got)
	}
}

func TestFailedPackageWriteLeavesTheTarget(t *testing.T) {
	data := box(t, "", [2]string{"a", strings.Repeat("x", 100)}, [2]string{"b", "stored"})
	m, f := boxMachine(t, data)
	f["target"] = []byte("as it was")
	wantFailure(t, m, "the package 'box.zip' has no entry 'absent'", "_packageWrite", "box.zip", "target", map[string]any{"absent": "x"})
	wantFailure(t, m, "cannot write 'full': disk full", "_packageWrite", "box.zip", "full", map[string]any{})
	wantFailure(t, m, "cannot read 'none'", "_packageWrite", "none", "target", map[string]any{})
	wantFailure(t, m, "not the path", "_packageWrite", "box.zip", true, map[string]any{})
	for _, changes := range []any{nil, []any{"x"}, "x"} {
		wantError(t, m, diag.BadArgument, "a record as 'changes'", "_packageWrite", "box.zip", "target", changes)
	}
	put32 := binary.LittleEndian.PutUint32
	f["box.zip"] = patch(t, data, "b", func(h []byte) { put32(h[42:], 1<<20) })
	wantFailure(t, m, "the entry 'b' cannot be read", "_packageWrite", "box.zip", "target", map[string]any{})
	// Entries that share their bytes would make more than there is.
	f["box.zip"] = patch(t, data, "b", func(h []byte) { put32(h[20:], uint32(len(data))) })
	wantFailure(t, m, "is damaged", "_packageWrite", "box.zip", "target", map[string]any{})
	if string(f["target"]) != "as it was" {
		t.Errorf("%q", f["target"])
	}
}

func TestUnsupportedEntriesAreCopied(t *testing.T) {
	data := patch(t, box(t, "", [2]string{"a", "aaa"}, [2]string{"b", "stored"}), "a", func(h []byte) {
		binary.LittleEndian.PutUint16(h[10:], 93)
		h[8] |= 1
	})
	m, f := boxMachine(t, data)
	if got := call(t, m, "_packageWrite", "box.zip", "out", map[string]any{"b": "x"}); got != "சரி(2)" {
		t.Fatal(got)
	}
	before, after := readBox(t, data)[0], readBox(t, f["out"])[0]
	if after.Method != 93 || after.Flags != before.Flags || raw(t, after) != raw(t, before) {
		t.Errorf("method %d, flags %x", after.Method, after.Flags)
	}
}

// A folder whose emptiness was compressed, as some writers leave it.
func TestCompressedFoldersAreCopied(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	h := &zip.FileHeader{Name: "d/x", Method: zip.Deflate, CompressedSize64: 2}
	out, err := w.CreateRaw(h)
	if err != nil {
		t.Fatal(err)
	}
	out.Write([]byte{3, 0})
	w.Close()
	data := bytes.ReplaceAll(b.Bytes(), []byte("d/x"), []byte("dd/"))
	m, f := boxMachine(t, data)
	if got := call(t, m, "_packageWrite", "box.zip", "out", map[string]any{}); got != "சரி(1)" {
		t.Fatal(got)
	}
	if e := readBox(t, f["out"])[0]; e.Name != "dd/" || e.CompressedSize64 != 0 || e.Method != zip.Store {
		t.Errorf("%+v", e.FileHeader)
	}
}

func FuzzPackage(f *testing.F) {
	f.Add(box(f, "c", [2]string{"a", "1"}, [2]string{"b", "2"}))
	f.Add(manyEntries(3))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, fs := boxMachine(t, data)
		m.maxBytes = 1 << 22
		try(m, "_packageRead", "box.zip", "a")
		v, err := try(m, "_packageWrite", "box.zip", "out", map[string]any{})
		if err == nil && v.Kind().String() == "a result" && fs["out"] != nil {
			// What was written is a package again.
			if _, err := zip.NewReader(bytes.NewReader(fs["out"]), int64(len(fs["out"]))); err != nil && err != zip.ErrInsecurePath {
				t.Errorf("wrote %q: %v", fs["out"], err)
			}
		}
	})
}
