package sqlite

import (
	"encoding/binary"
	"strconv"
	"sync"
	"syscall"
	"unsafe"

	"modernc.org/libc"
	"modernc.org/libc/sys/types"
	lib "modernc.org/sqlite/lib"

	"etamil/engine/db"
	"etamil/engine/diag"
)

// A resultCode is what the engine answers, its primary part in the low byte;
// see sqlite.org/rescode.html.
type resultCode int32

func (r resultCode) primary() resultCode { return r & 0xff }

// A handle is one connection of the engine. Only interrupt may be called from
// a goroutine other than the one that uses it.
type handle struct {
	tls    *libc.TLS
	db     uintptr
	attach func(file string, known bool) bool // see askAttach
	// busy is asked when another connection or process has locked the file:
	// wait and try again?
	busy func(tries int) bool
	// params is memory of the engine for the parameters of the statement that
	// runs.
	params paramMemory
}

// handles finds the handle that a callback of the engine is for: what the
// engine passes on is a number, and must not be the address of something that
// belongs to Go's collector.
var handles sync.Map // uintptr → *handle

// start prepares the engine, once in the life of the process.
var start = sync.OnceFunc(func() {
	tls := libc.NewTLS()
	defer tls.Close()
	// POSIX locks of a file are dropped when the process closes any descriptor
	// of it, so a program that reads its own database as a file would unlock it
	// for other processes. Locks of open file descriptions stay. Where the
	// kernel has none, the engine keeps to the former.
	lib.Xmodernc_ofd_locking(tls, 1)
	// What SQLite uses on Linux wherever its own build finds it: as safe as
	// fsync, without waiting for the time stamps.
	lib.Xmodernc_fdatasync(tls, 1)
	lib.Xsqlite3_initialize(tls)
})

// open opens the database of that name, a path or a URI of SQLite.
func open(name string, flags int32) (*handle, error) {
	start()
	h := &handle{tls: libc.NewTLS()}
	cname, out := h.bytes(name+"\x00"), h.alloc(8)
	rc := resultCode(lib.Xsqlite3_open_v2(h.tls, cname, out, flags|lib.SQLITE_OPEN_NOMUTEX|lib.SQLITE_OPEN_EXRESCODE, 0))
	h.db = h.pointer(out)
	h.free(cname)
	h.free(out)
	if rc != lib.SQLITE_OK {
		// The system knows better than "unable to open database file".
		r := h.refusal(rc)
		why := diag.Same(r.Message)
		if h.db != 0 {
			errno := syscall.Errno(lib.Xsqlite3_system_errno(h.tls, h.db))
			switch {
			case errno == syscall.ENOENT && flags&lib.SQLITE_OPEN_CREATE != 0:
				why = noFolder // the file itself would have been made
			case errno != 0:
				why = diag.Reason(errno)
			}
			lib.Xsqlite3_close_v2(h.tls, h.db)
		}
		h.tls.Close()
		return nil, &db.ConnectError{Reason: why, Tag: r.Tag}
	}
	handles.Store(h.db, h)
	lib.Xsqlite3_busy_handler(h.tls, h.db, functionPointer(busyCallback), h.db)
	return h, nil
}

// askAttach makes ask decide which files may be attached. known is false when
// the name is no literal of the statement. It is asked while a statement is
// prepared, and by VACUUM INTO while it runs.
func (h *handle) askAttach(ask func(file string, known bool) bool) {
	h.attach = ask
	lib.Xsqlite3_set_authorizer(h.tls, h.db, functionPointer(authorizeCallback), h.db)
}

// close ends the connection; its statements are finalized before.
func (h *handle) close() {
	handles.Delete(h.db) // before another handle can have its number
	lib.Xsqlite3_close_v2(h.tls, h.db)
	h.params.release(h)
	h.tls.Close()
}

// configure switches one of SQLITE_DBCONFIG_….
func (h *handle) configure(option int32, on bool) {
	value := int32(0)
	if on {
		value = 1
	}
	args := libc.NewVaList(value, uintptr(0))
	defer h.free(args)
	if rc := lib.Xsqlite3_db_config(h.tls, h.db, option, args); rc != lib.SQLITE_OK {
		panic("BUG: SQLite does not know option " + strconv.Itoa(int(option)))
	}
}

// interrupt stops what runs; it has no effect on what begins later. Safe for
// concurrent use with everything but close.
func (h *handle) interrupt() {
	tls := libc.NewTLS()
	defer tls.Close()
	lib.Xsqlite3_interrupt(tls, h.db)
}

// autocommit is false while a transaction is open.
func (h *handle) autocommit() bool { return lib.Xsqlite3_get_autocommit(h.tls, h.db) != 0 }

// totalChanges is the number of rows changed since the connection was opened.
func (h *handle) totalChanges() int64 { return lib.Xsqlite3_total_changes64(h.tls, h.db) }

// changes is the number of rows that the last changing statement changed.
func (h *handle) changes() int64 { return lib.Xsqlite3_changes64(h.tls, h.db) }

// readOnly reports whether the main database cannot be written.
func (h *handle) readOnly() bool {
	main := h.bytes("main\x00")
	defer h.free(main)
	return lib.Xsqlite3_db_readonly(h.tls, h.db, main) == 1
}

// refusal is the engine's error in its own words. It must be asked for before
// anything else is done.
func (h *handle) refusal(rc resultCode) *db.Refusal {
	message := ""
	if h.db != 0 && resultCode(lib.Xsqlite3_extended_errcode(h.tls, h.db)).primary() == rc.primary() {
		message = libc.GoString(lib.Xsqlite3_errmsg(h.tls, h.db))
	}
	if message == "" {
		message = libc.GoString(lib.Xsqlite3_errstr(h.tls, int32(rc)))
	}
	return &db.Refusal{Message: message, Tag: tag(rc)}
}

// tag is the stable end of an error's text.
func tag(rc resultCode) string { return "[sqlite " + strconv.Itoa(int(rc)) + "]" }

// A prepared is a statement that was prepared.
type prepared struct {
	h      *handle
	stmt   uintptr
	params int
}

// prepare prepares the first statement of sql. used is how many bytes it takes
// with what stands before it. A text without a statement gives a prepared
// whose stmt is 0.
func (h *handle) prepare(sql string, keep bool) (p prepared, used int, rc resultCode) {
	flags := uint32(0)
	if keep {
		flags = lib.SQLITE_PREPARE_PERSISTENT
	}
	csql, out := h.bytes(sql+"\x00"), h.alloc(16)
	defer h.free(csql)
	defer h.free(out)
	rc = resultCode(lib.Xsqlite3_prepare_v3(h.tls, h.db, csql, int32(len(sql)+1), flags, out, out+8))
	if rc != lib.SQLITE_OK {
		return prepared{}, 0, rc
	}
	p = prepared{h: h, stmt: h.pointer(out)}
	if p.stmt != 0 {
		p.params = int(lib.Xsqlite3_bind_parameter_count(h.tls, p.stmt))
	}
	return p, int(h.pointer(out+8) - csql), lib.SQLITE_OK
}

// step runs the statement to its next row (SQLITE_ROW), its end (SQLITE_DONE)
// or an error.
func (p *prepared) step() resultCode { return resultCode(lib.Xsqlite3_step(p.h.tls, p.stmt)) }

// reset ends the statement's run; it can be run again.
func (p *prepared) reset() { lib.Xsqlite3_reset(p.h.tls, p.stmt) }

func (p *prepared) finalize() { lib.Xsqlite3_finalize(p.h.tls, p.stmt) }

// writes reports whether it may change a database file.
func (p *prepared) writes() bool { return lib.Xsqlite3_stmt_readonly(p.h.tls, p.stmt) == 0 }

// explains reports whether it is EXPLAIN or EXPLAIN QUERY PLAN.
func (p *prepared) explains() bool { return lib.Xsqlite3_stmt_isexplain(p.h.tls, p.stmt) != 0 }

// columns is the number of columns of its rows, 0 when it answers none.
func (p *prepared) columns() int { return int(lib.Xsqlite3_column_count(p.h.tls, p.stmt)) }

func (p *prepared) column(i int) string {
	return libc.GoString(lib.Xsqlite3_column_name(p.h.tls, p.stmt, int32(i)))
}

// version changes whenever the engine prepared the statement anew because the
// schema had changed.
func (p *prepared) version() int32 {
	return lib.Xsqlite3_stmt_status(p.h.tls, p.stmt, lib.SQLITE_STMTSTATUS_REPREPARE, 0)
}

// kind is the SQLITE_… kind of a value of the row.
func (p *prepared) kind(i int) int32 { return lib.Xsqlite3_column_type(p.h.tls, p.stmt, int32(i)) }

func (p *prepared) int64(i int) int64 { return lib.Xsqlite3_column_int64(p.h.tls, p.stmt, int32(i)) }

func (p *prepared) float64(i int) float64 {
	return lib.Xsqlite3_column_double(p.h.tls, p.stmt, int32(i))
}

// text is the value as bytes, valid until the next call on the statement.
func (p *prepared) text(i int) []byte {
	at := lib.Xsqlite3_column_text(p.h.tls, p.stmt, int32(i))
	return p.view(at, i)
}

// blob is text for a value that is bytes.
func (p *prepared) blob(i int) []byte {
	at := lib.Xsqlite3_column_blob(p.h.tls, p.stmt, int32(i))
	return p.view(at, i)
}

func (p *prepared) view(at uintptr, i int) []byte {
	if at == 0 {
		return nil
	}
	return libc.GoBytes(at, int(lib.Xsqlite3_column_bytes(p.h.tls, p.stmt, int32(i))))
}

func (p *prepared) bindNull(n int) { lib.Xsqlite3_bind_null(p.h.tls, p.stmt, int32(n)) }

func (p *prepared) bindInt(n int, v int64) { lib.Xsqlite3_bind_int64(p.h.tls, p.stmt, int32(n), v) }

// bindText binds n to what stands at that place of the handle's params.
func (p *prepared) bindText(n int, s span) resultCode {
	const static = 0 // the memory outlives the statement's run
	return resultCode(lib.Xsqlite3_bind_text64(p.h.tls, p.stmt, int32(n), p.h.params.at+uintptr(s.from), uint64(s.size), static, lib.SQLITE_UTF8))
}

// A span is a place in the memory for parameters.
type span struct{ from, size int }

// keptParams is how much memory for parameters an idle connection keeps.
const keptParams = 64 << 10

// paramMemory is memory outside of Go's collector that grows: what is bound
// from it needs no copy of the engine's.
type paramMemory struct {
	at        uintptr
	used, cap int
}

// extend returns room for size bytes behind what is there.
func (m *paramMemory) extend(h *handle, size int) []byte {
	if m.used+size > m.cap {
		grown := max(2*m.cap, m.used+size, 1024)
		at := h.alloc(grown)
		if m.used > 0 {
			copy(libc.GoBytes(at, m.used), libc.GoBytes(m.at, m.used))
		}
		h.free(m.at)
		m.at, m.cap = at, grown
	}
	return libc.GoBytes(m.at+uintptr(m.used), size)
}

// add puts s at the end.
func (m *paramMemory) add(h *handle, s string) span {
	copy(m.extend(h, len(s)), s)
	m.used += len(s)
	return span{m.used - len(s), len(s)}
}

// clear makes room again. Nothing that was bound may be used after it.
func (m *paramMemory) clear(h *handle) {
	m.used = 0
	if m.cap > keptParams {
		m.release(h)
	}
}

func (m *paramMemory) release(h *handle) {
	h.free(m.at)
	*m = paramMemory{}
}

func (h *handle) alloc(n int) uintptr {
	p := libc.Xmalloc(h.tls, types.Size_t(n))
	if p == 0 {
		panic("BUG: no memory for the engine of SQLite")
	}
	return p
}

func (h *handle) free(p uintptr) {
	if p != 0 {
		libc.Xfree(h.tls, p)
	}
}

// bytes copies s to where the engine can read it; the caller frees it.
func (h *handle) bytes(s string) uintptr {
	p := h.alloc(max(len(s), 1))
	copy(libc.GoBytes(p, len(s)), s)
	return p
}

// pointer reads a pointer that the engine wrote.
func (h *handle) pointer(at uintptr) uintptr {
	return uintptr(binary.NativeEndian.Uint64(libc.GoBytes(at, 8)))
}

// functionPointer is what the translated C takes for a pointer to f, a
// declared function: the address of its closure, which for those is constant.
func functionPointer[F any](f F) uintptr {
	return *(*uintptr)(unsafe.Pointer(&struct{ f F }{f}))
}

// authorizeCallback is xAuth of sqlite3_set_authorizer.
func authorizeCallback(_ *libc.TLS, id uintptr, op int32, arg1, _, _, _ uintptr) int32 {
	if op != lib.SQLITE_ATTACH {
		return lib.SQLITE_OK
	}
	h, ok := handles.Load(id)
	if !ok {
		return lib.SQLITE_DENY
	}
	if ask := h.(*handle).attach; !ask(libc.GoString(arg1), arg1 != 0) {
		return lib.SQLITE_DENY
	}
	return lib.SQLITE_OK
}

// busyCallback is xBusy of sqlite3_busy_handler.
func busyCallback(_ *libc.TLS, id uintptr, tries int32) int32 {
	h, ok := handles.Load(id)
	if ok {
		if ask := h.(*handle).busy; ask != nil && ask(int(tries)) {
			return 1
		}
	}
	return 0
}
