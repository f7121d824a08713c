package vm_test

import (
	"context"
	"testing"

	"etamil/engine/builtin"
	"etamil/engine/code"
	"etamil/engine/compile"
	"etamil/engine/host"
	"etamil/engine/syntax"
	"etamil/engine/token"
	"etamil/engine/vm"
)

// compiled returns the code of a program without imports.
func compiled(t testing.TB, source string) *code.Program {
	t.Helper()
	file, list := syntax.ParseFile(token.NewFile("t.qmz", "", source), syntax.Options{})
	if list.HasErrors() {
		t.Fatal(list)
	}
	var units []compile.Unit
	for _, s := range file.Stmts {
		units = append(units, compile.Unit{Stmt: s})
	}
	p, list := compile.Program(units, compile.Options{Builtin: builtin.Lookup})
	if p == nil {
		t.Fatal(list)
	}
	return p
}

const taxLoop = `
total = 0;
amount = 1999.50;
i = 0;
(i < 1000) சுற்று {
    net = amount + i;
    base = net - 10;
    tax = base * 5%;
    total = total + tax;
    i = i + 1;
}
`

func BenchmarkTaxLoop(b *testing.B) {
	p := compiled(b, taxLoop)
	var r vm.Run
	for b.Loop() {
		r.Reset(context.Background(), p, &host.Host{}, vm.Limits{})
		if err := r.Do(p.Main); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/iteration")
}
