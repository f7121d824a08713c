package postgres

import (
	"context"
	"strconv"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
)

// A class is how values of a type are given and read.
type class uint8

const (
	classOther class = iota // text of the server's own form, both ways
	classWord               // text only: name, xml, labels of enums
	classText               // text, also of numbers and booleans
	classBool
	classInt // of bits bits
	classNumeric
	classFloat // of bits bits
	classOID
	classJSON
	classBytes
	classDate
	classTime
	classTimeTZ
	classTimestamp
	classTimestampTZ
	classInterval
	classMoney // its text depends on the server's locale
	classVoid
	classArray // of elem
)

// A typ is a type of the database; domains are the type below them.
type typ struct {
	name  string // as the server shows it
	class class
	bits  int
	elem  *typ
	delim byte // between elements of an array of this type
}

// moment reports whether the type is one of dates and times.
func (t *typ) moment() bool { return classDate <= t.class && t.class <= classInterval }

// inBinary reports whether results are asked for in binary: dates and times,
// whose texts depend on the session's settings.
func (t *typ) inBinary() bool { return t.moment() || t.class == classArray && t.elem.moment() }

// Formats of the protocol.
const (
	textFormat   int16 = 0
	binaryFormat int16 = 1
)

// builtin are the types that every server has, with their arrays. The numbers
// are those of the server's catalogue pg_type.dat, which never change.
var builtin = func() map[uint32]*typ {
	types := map[uint32]*typ{}
	for _, row := range []struct {
		oid, array uint32
		name       string
		class      class
		bits       int
	}{
		{16, 1000, "boolean", classBool, 0},
		{17, 1001, "bytea", classBytes, 0},
		{18, 1002, `"char"`, classOther, 0},
		{19, 1003, "name", classWord, 0},
		{20, 1016, "bigint", classInt, 64},
		{21, 1005, "smallint", classInt, 16},
		{22, 1006, "int2vector", classOther, 0},
		{23, 1007, "integer", classInt, 32},
		{25, 1009, "text", classText, 0},
		{26, 1028, "oid", classOID, 0},
		{27, 1010, "tid", classOther, 0},
		{28, 1011, "xid", classOID, 0},
		{29, 1012, "cid", classOID, 0},
		{30, 1013, "oidvector", classOther, 0},
		{114, 199, "json", classJSON, 0},
		{142, 143, "xml", classWord, 0},
		{600, 1017, "point", classOther, 0},
		{601, 1018, "lseg", classOther, 0},
		{602, 1019, "path", classOther, 0},
		{603, 1020, "box", classOther, 0},
		{604, 1027, "polygon", classOther, 0},
		{628, 629, "line", classOther, 0},
		{650, 651, "cidr", classOther, 0},
		{700, 1021, "real", classFloat, 32},
		{701, 1022, "double precision", classFloat, 64},
		{705, 0, "unknown", classText, 0},
		{718, 719, "circle", classOther, 0},
		{774, 775, "macaddr8", classOther, 0},
		{790, 791, "money", classMoney, 0},
		{829, 1040, "macaddr", classOther, 0},
		{869, 1041, "inet", classOther, 0},
		{1042, 1014, "character", classText, 0},
		{1043, 1015, "character varying", classText, 0},
		{1082, 1182, "date", classDate, 0},
		{1083, 1183, "time", classTime, 0},
		{1114, 1115, "timestamp", classTimestamp, 0},
		{1184, 1185, "timestamp with time zone", classTimestampTZ, 0},
		{1186, 1187, "interval", classInterval, 0},
		{1266, 1270, "time with time zone", classTimeTZ, 0},
		{1560, 1561, "bit", classOther, 0},
		{1562, 1563, "bit varying", classOther, 0},
		{1700, 1231, "numeric", classNumeric, 0},
		{2249, 2287, "record", classOther, 0},
		{2278, 0, "void", classVoid, 0},
		{2950, 2951, "uuid", classOther, 0},
		{3614, 3643, "tsvector", classOther, 0},
		{3615, 3645, "tsquery", classOther, 0},
		{3802, 3807, "jsonb", classJSON, 0},
	} {
		t := &typ{name: row.name, class: row.class, bits: row.bits, delim: ','}
		if row.name == "box" {
			t.delim = ';'
		}
		types[row.oid] = t
		if row.array != 0 {
			types[row.array] = arrayOf(t)
		}
	}
	return types
}()

func arrayOf(t *typ) *typ { return &typ{name: t.name + "[]", class: classArray, elem: t, delim: ','} }

// unknownType stands for a type that the server does not know any more.
var unknownType = &typ{name: "unknown", class: classOther, delim: ','}

// A typeCache knows the types that a database has beside the built-in ones,
// each looked up once. Safe for concurrent use.
type typeCache struct {
	mu    sync.RWMutex
	types map[uint32]*typ
}

func newTypeCache() *typeCache { return &typeCache{types: map[uint32]*typ{}} }

// known returns the type if it is built in or was looked up before, and else
// the one that reads as the server's text.
func (c *typeCache) known(oid uint32) *typ {
	if t := builtin[oid]; t != nil {
		return t
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	if t := c.types[oid]; t != nil {
		return t
	}
	return unknownType
}

// typeQuery asks for one type. An array is a type that its element calls its
// own: int2vector and the like only look like arrays.
const typeQuery = `SELECT t.typtype, t.typbasetype, CASE WHEN e.typarray = t.oid THEN t.typelem ELSE 0 END, t.typname,
	pg_catalog.format_type(t.oid, NULL), t.typdelim
	FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem WHERE t.oid = $1`

// find returns a type, which it asks the server for when it is not known.
func (c *typeCache) find(ctx context.Context, pg *pgconn.PgConn, oid uint32) (*typ, error) {
	if t := c.known(oid); t != unknownType {
		return t, nil
	}
	const oidType = 26
	r := pg.ExecParams(ctx, typeQuery, [][]byte{strconv.AppendUint(nil, uint64(oid), 10)}, []uint32{oidType}, nil, nil).Read()
	if r.Err != nil {
		return nil, r.Err
	}
	t := unknownType
	if len(r.Rows) == 1 {
		row := r.Rows[0]
		base, elem, name := number(row[1]), number(row[2]), string(row[4])
		t = &typ{name: name, class: classOther, delim: ','}
		switch {
		case base != 0:
			below, err := c.find(ctx, pg, base)
			if err != nil {
				return nil, err
			}
			domain := *below
			domain.name = name
			t = &domain
		case elem != 0:
			of, err := c.find(ctx, pg, elem)
			if err != nil {
				return nil, err
			}
			t = arrayOf(of)
			t.name = name
		case string(row[0]) == "e", string(row[3]) == "citext":
			t.class = classWord
		}
		if len(row[5]) == 1 {
			t.delim = row[5][0]
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.types[oid] = t
	return t, nil
}

func number(digits []byte) uint32 {
	n, _ := strconv.ParseUint(string(digits), 10, 32)
	return uint32(n)
}
