package builtin

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"strings"
	"unicode/utf8"

	"etamil/engine/host"
	"etamil/engine/value"
)

var packageRows = []Builtin{
	{
		ID:     "packageRead",
		Name:   Spelling{"பொதி_படி", "poqi_pati", "_packageRead"},
		Args:   []Arg{arg("பாதை", "path", AsPath), arg("பதிவு", "entry", AsText)},
		Ret:    "result of text | text",
		Effect: Files,
		Doc:    both("zip கோப்பின் ஒரு பதிவு, சொல்லாக", "one entry of a zip file as text"),
		Func:   packageRead,
		Try:    []Example{{`தவறா(பொதி_படி("இல்லை.zip", "x"))`, "true"}},
	},
	{
		ID:     "packageWrite",
		Name:   Spelling{"பொதி_மாற்று", "poqi_mARRu", "_packageWrite"},
		Args:   []Arg{arg("மூலம்", "source", AsPath), arg("இலக்கு", "target", AsPath), arg("மாற்றங்கள்", "changes", Record)},
		Ret:    "result of number | text",
		Effect: Files,
		Doc: both("பெயரிட்ட பதிவுகளை மாற்றி zip கோப்பை நகலெடுக்கும்; பதிவுகளின் எண்ணிக்கை விடை",
			"copies a zip file with named entries replaced, answers the entry count"),
		Func: packageWrite,
		Try:  []Example{{`தவறா(பொதி_மாற்று("இல்லை.zip", "x.zip", {}))`, "true"}},
	},
}

const (
	maxEntry   = 64 << 20 // bytes of one entry read as text
	maxEntries = 100_000  // of one package
)

var (
	notAPackage      = sentence{"'{1}' ஒரு பொதி (zip) அல்ல, அல்லது பழுதானது", "'{1}' is no package (zip) or is damaged"}
	noEntry          = sentence{"'{1}' பொதியில் '{2}' என்ற பதிவு இல்லை", "the package '{1}' has no entry '{2}'"}
	entryNotUTF8     = sentence{"'{1}' என்ற பதிவு UTF-8 குறியாக்கத்தில் இல்லை", "the entry '{1}' is not UTF-8"}
	entryTooLarge    = sentence{"'{1}' என்ற பதிவு 64 MiB-ஐ மிஞ்சுகிறது", "the entry '{1}' is larger than 64 MiB"}
	entryDamaged     = sentence{"'{1}' என்ற பதிவைப் படிக்க முடியவில்லை; அது பழுதானது", "the entry '{1}' cannot be read; it is damaged"}
	entryUnsupported = sentence{"'{1}' என்ற பதிவின் சுருக்க முறையை ({2}) eTamil அறியாது", "the entry '{1}' is compressed by a method ({2}) that is not supported"}
	entryEncrypted   = sentence{"'{1}' என்ற பதிவு மறையாக்கப்பட்டுள்ளது", "the entry '{1}' is encrypted"}
	tooManyEntries   = sentence{"'{1}' பொதியில் 100000-க்கும் மேற்பட்ட பதிவுகள் உள்ளன", "the package '{1}' has more than 100000 entries"}
)

// A pack is an open package.
type pack struct {
	path string
	file host.File
	size int64
	zip  *zip.Reader
}

// openPack opens the package at path. The caller closes its file. A failure of
// the outside world is the second result.
func openPack(m Machine, function, path string) (*pack, value.Value, bool) {
	files := m.Host().Files
	if files == nil {
		return nil, refused(function), false
	}
	file, err := files.Open(path)
	if err != nil {
		return nil, cannotRead(path, err), false
	}
	size, err := file.Size()
	if err != nil {
		file.Close()
		return nil, cannotRead(path, err), false
	}
	if count := countEntries(file, size); count > maxEntries {
		file.Close()
		return nil, tooManyEntries.fail(path), false
	}
	reader, err := zip.NewReader(file, size)
	// Names are never used as paths, so an insecure one does no harm.
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		file.Close()
		return nil, notAPackage.fail(path), false
	}
	return &pack{path, file, size, reader}, value.Value{}, true
}

// countEntries walks over the directory of a package and counts its entries,
// stopping past maxEntries. It answers 0 for what is no package: archive/zip
// finds out. That one believes whatever the directory holds, and would take
// hundreds of megabytes for one of a million entries.
//
// The layout is that of the APPNOTE of PKWARE, sections 4.3.12 to 4.3.16.
func countEntries(r io.ReaderAt, size int64) int {
	const (
		endLen    = 22
		maxTail   = 65 << 10
		locator64 = 20
		end64Len  = 56
	)
	tail := make([]byte, min(size, maxTail))
	if n, _ := r.ReadAt(tail, size-int64(len(tail))); n < len(tail) {
		return 0
	}
	at := -1
	for i := len(tail) - endLen; i >= 0 && at < 0; i-- {
		if string(tail[i:i+4]) == "PK\x05\x06" {
			at = i
		}
	}
	if at < 0 {
		return 0
	}
	end := size - int64(len(tail)) + int64(at)
	u32 := binary.LittleEndian.Uint32
	u64 := binary.LittleEndian.Uint64
	dirSize, dirOffset := uint64(u32(tail[at+12:])), uint64(u32(tail[at+16:]))
	starts := []int64{end - int64(dirSize), int64(dirOffset)}
	var locator [locator64]byte
	if n, _ := r.ReadAt(locator[:], end-locator64); end >= locator64 && n == locator64 && string(locator[:4]) == "PK\x06\x07" {
		var end64 [end64Len]byte
		place := int64(u64(locator[8:]))
		if place >= 0 && place < size {
			if n, _ := r.ReadAt(end64[:], place); n == end64Len && string(end64[:4]) == "PK\x06\x06" {
				starts = append(starts, place-int64(u64(end64[40:])), int64(u64(end64[48:])))
			}
		}
	}
	// Where the directory begins is told twice, by its place and by its size;
	// which one archive/zip believes does not matter here.
	most := 0
	for _, start := range starts {
		if start >= 0 && start < size {
			most = max(most, countHeaders(io.NewSectionReader(r, start, size-start)))
		}
	}
	return most
}

// countHeaders counts the entries of a directory that begins at r.
func countHeaders(r io.Reader) int {
	const headerLen = 46
	b := bufio.NewReaderSize(r, 64<<10)
	for n := 0; ; n++ {
		header, err := b.Peek(headerLen)
		if err != nil || string(header[:4]) != "PK\x01\x02" || n > maxEntries {
			return n
		}
		u16 := binary.LittleEndian.Uint16
		rest := int(u16(header[28:])) + int(u16(header[30:])) + int(u16(header[32:]))
		if _, err := b.Discard(headerLen + rest); err != nil {
			return n
		}
	}
}

// entries returns the entries in their order, of those with one name the last
// one only, in the place of the first.
func (p *pack) entries() (all []*zip.File, index map[string]int) {
	index = make(map[string]int, len(p.zip.File))
	for _, entry := range p.zip.File {
		if i, ok := index[entry.Name]; ok {
			all[i] = entry
			continue
		}
		index[entry.Name] = len(all)
		all = append(all, entry)
	}
	return all, index
}

func packageRead(m Machine, args []value.Value) (value.Value, error) {
	path, bad, ok := pathOf(&args[0])
	if !ok {
		return bad, nil
	}
	p, bad, ok := openPack(m, "பொதி_படி", path)
	if !ok {
		return bad, nil
	}
	defer p.file.Close()
	if err := m.Charge(len(p.zip.File)); err != nil {
		return value.Value{}, err
	}
	name := args[1].Str()
	var entry *zip.File
	for _, e := range p.zip.File {
		if e.Name == name {
			entry = e
		}
	}
	if entry == nil {
		return noEntry.fail(path, name), nil
	}
	switch {
	case entry.Flags&1 != 0:
		return entryEncrypted.fail(name), nil
	case entry.Method != zip.Store && entry.Method != zip.Deflate:
		return entryUnsupported.fail(name, int(entry.Method)), nil
	case entry.UncompressedSize64 > maxEntry:
		return entryTooLarge.fail(name), nil
	}
	if err := room(m, int(entry.UncompressedSize64)); err != nil {
		return value.Value{}, err
	}
	content, err := entry.Open()
	if err != nil {
		return entryDamaged.fail(name), nil
	}
	defer content.Close()
	// One byte more than announced shows that the announcement was false.
	var data bytes.Buffer
	data.Grow(int(min(entry.UncompressedSize64, 4*entry.CompressedSize64)) + bytes.MinRead)
	n, err := data.ReadFrom(io.LimitReader(content, int64(entry.UncompressedSize64)+1))
	if err != nil || uint64(n) != entry.UncompressedSize64 {
		return entryDamaged.fail(name), nil
	}
	if !utf8.Valid(data.Bytes()) {
		return entryNotUTF8.fail(name), nil
	}
	return value.OkOf(value.String(data.String())), nil
}

func packageWrite(m Machine, args []value.Value) (value.Value, error) {
	source, bad, ok := pathOf(&args[0])
	if !ok {
		return bad, nil
	}
	target, bad, ok := pathOf(&args[1])
	if !ok {
		return bad, nil
	}
	p, bad, ok := openPack(m, "பொதி_மாற்று", source)
	if !ok {
		return bad, nil
	}
	defer p.file.Close()
	if err := m.Charge(len(p.zip.File) + int(p.size/8)); err != nil {
		return value.Value{}, err
	}
	entries, index := p.entries()
	changes := make(map[int]string, args[2].Len())
	for i := range args[2].Len() {
		name, v := args[2].FieldAt(i)
		at, ok := index[name]
		if !ok {
			return noEntry.fail(source, name), nil
		}
		text, err := printed(m, &v)
		if err != nil {
			return value.Value{}, err
		}
		changes[at] = text
	}
	// Entries that share their bytes could make a small package endless.
	total := uint64(0)
	for _, entry := range entries {
		if total += entry.CompressedSize64; entry.CompressedSize64 > uint64(p.size) || total > uint64(p.size) {
			return notAPackage.fail(source), nil
		}
	}
	err := m.Host().Files.Replace(target, func(to io.Writer) error {
		return writePack(to, entries, changes)
	})
	if err != nil {
		if r := (*refusal)(nil); errors.As(err, &r) {
			return failure(r.text), nil
		}
		return cannotWrite(target, err), nil
	}
	return value.OkOf(value.Int(len(entries))), nil
}

// writePack writes the entries, those of changes with their new text.
func writePack(to io.Writer, entries []*zip.File, changes map[int]string) error {
	w := zip.NewWriter(to)
	for i, entry := range entries {
		var err error
		if text, ok := changes[i]; ok {
			err = writeEntry(w, entry.Name, text)
		} else {
			err = copyEntry(w, entry)
		}
		if err != nil {
			return err
		}
	}
	return w.Close()
}

// copyEntry copies the bytes of an entry as they are.
func copyEntry(w *zip.Writer, entry *zip.File) error {
	header := entry.FileHeader
	const sizesFollow = 0x8
	if header.Flags&1 == 0 {
		// The sizes are known, so they can stand before the contents. An
		// encrypted entry checks its password against this flag.
		header.Flags &^= sizesFollow
	}
	if strings.HasSuffix(entry.Name, "/") {
		// A folder has no contents, but some writers compress the nothing.
		header.Method, header.CRC32 = zip.Store, 0
		header.CompressedSize64, header.UncompressedSize64 = 0, 0
		_, err := w.CreateRaw(&header)
		return err
	}
	raw, err := entry.OpenRaw()
	if err != nil {
		return entryDamaged.refuse(entry.Name)
	}
	out, err := w.CreateRaw(&header)
	if err != nil {
		return err
	}
	in := &remembering{r: raw}
	n, err := io.Copy(out, in)
	if in.err != nil || err == nil && uint64(n) != entry.CompressedSize64 {
		return entryDamaged.refuse(entry.Name)
	}
	return err
}

// remembering keeps the error of a reader, so that it can be told from one of
// the writer that it was copied to.
type remembering struct {
	r   io.Reader
	err error
}

func (r *remembering) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}

// writeEntry writes a new text. The entry mimetype of office documents must
// lie there uncompressed, without extra fields and with its size before it.
func writeEntry(w *zip.Writer, name, text string) error {
	header := &zip.FileHeader{
		Name:          name,
		Method:        zip.Deflate,
		ReaderVersion: 20,
		//lint:ignore SA1019 Modified would add an extra field
		ModifiedDate:       1<<5 | 1, // 1980-01-01, the first date of the format
		CRC32:              crc32.ChecksumIEEE([]byte(text)),
		UncompressedSize64: uint64(len(text)),
	}
	header.SetMode(0o644)
	const nameIsUTF8 = 0x800
	for i := range len(name) {
		if name[i] >= utf8.RuneSelf {
			header.Flags |= nameIsUTF8
		}
	}
	content := []byte(text)
	if name == "mimetype" || strings.HasSuffix(name, "/") {
		header.Method = zip.Store
		if name != "mimetype" {
			content = nil
			header.CRC32, header.UncompressedSize64 = 0, 0
		}
	} else {
		var packed bytes.Buffer
		deflate, err := flate.NewWriter(&packed, flate.DefaultCompression)
		if err != nil {
			return err
		}
		if _, err := deflate.Write(content); err != nil {
			return err
		}
		if err := deflate.Close(); err != nil {
			return err
		}
		content = packed.Bytes()
	}
	header.CompressedSize64 = uint64(len(content))
	out, err := w.CreateRaw(header)
	if err != nil {
		return err
	}
	_, err = out.Write(content)
	return err
}
