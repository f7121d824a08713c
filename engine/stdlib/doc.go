// Package stdlib is the embedded standard library: what a program gets by
// இறக்கு "nUlakam/col.qmz" without such a file on disk.
//
// A module is an embedded .qmz file that declares every function with its
// parameters and says what it does, beside a table of rows in Go. A function
// whose row has a Func is native: its body in the file is empty, and the
// compiler puts a call of Func in its place. One whose row has none is compiled
// from the file like any function of a program. Either way its calls and
// constants are bound to the library's own.
//
// In reading order: Function is a row, Source gives the text of a module,
// Lookup and Functions its rows, ModuleOf and Gone serve the messages about
// names that a program cannot reach. The subjects are one file each: text.go
// (col), order.go (Tamil order), number.go (kaNiqam), list.go (aNi), record.go
// (poruL), money.go (paNam), json.go with jsonread.go and jsonwrite.go (jEcAZ).
// The finance half is written in eTamil, with Go only where a ledger is walked:
// books.go (kaNakkukaL, kAlam, pErEtu, niRuvaZam), statements.go (aRikkYkaL,
// mutippu, oqukkItu), tax.go (vari), rates.go (vari_viziqam, coqqu and their SQL
// scripts), depreciation.go (qEymAZam), payroll.go (Uqiyam), banking.go (vatti,
// kadaZ), insurance.go, customs.go.
// args.go holds what they share: kinds, conversions, errors, and the
// announcement of work and memory.
//
// Every native is linear in its input, sorting n log n; it charges steps as it
// works and announces memory before it takes it, so that a budget ends it.
// Results above 1 GiB are refused even without a budget.
package stdlib
