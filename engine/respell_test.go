package engine_test

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"etamil/engine"
	"etamil/engine/builtin"
	"etamil/engine/code"
	"etamil/engine/syntax"
	"etamil/engine/token"
)

// shape is what of a program must not depend on how its words are spelled.
type shape struct {
	Code    [][]code.Instr
	Natives []string
	Globals []string
	Raises  []int
}

func shapeOf(p *code.Program) shape {
	var s shape
	for _, f := range append([]*code.Func{p.Main}, p.Funcs...) {
		s.Code = append(s.Code, f.Code)
	}
	for _, n := range p.Natives {
		s.Natives = append(s.Natives, n.ID)
	}
	for _, r := range p.Raises {
		s.Raises = append(s.Raises, int(r.Def.Code))
	}
	s.Globals = p.Globals
	return s
}

func builtinSpelling(word string) (token.Spelling, bool) {
	b, ok := builtin.Lookup(word)
	if !ok {
		return token.Spelling{}, false
	}
	return token.Spelling{Tamil: b.Name.Tamil, Roman: b.Name.Roman, English: b.Name.English}, true
}

func TestThreeSpellingsOfAProgramCompileToEqualCode(t *testing.T) {
	compared := 0
	for _, root := range []string{"lang", "ours", "library", "apps"} {
		corpus(t, root, func(t *testing.T, _, base string) {
			name := filepath.Base(base) + ".qmz"
			original, _ := engine.Load(engine.LoadOptions{File: name})
			if original == nil {
				return
			}
			want := shapeOf(original.Code())
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, script := range []token.Script{token.Tamil, token.Roman, token.English} {
				hidden := map[string]bool{}
				for _, f := range original.Code().Funcs {
					hidden[f.Name] = true
				}
				text, list := syntax.Respell(token.NewFile(name, "", string(source)), syntax.Options{Main: true}, script,
					func(word string) (token.Spelling, bool) {
						s, ok := builtinSpelling(word)
						if hidden[word] || hidden[s.Tamil] || hidden[s.Roman] || hidden[s.English] {
							return s, false
						}
						return s, ok
					})
				if list.HasErrors() {
					t.Fatal(list)
				}
				if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
				p, list := engine.Load(engine.LoadOptions{File: name})
				if p == nil {
					t.Fatalf("respelled in script %d: %v\n%s", script, list, text)
				}
				if got := shapeOf(p.Code()); !reflect.DeepEqual(got, want) {
					t.Errorf("respelled in script %d the program compiles to other code:\n%s", script, text)
				}
				compared++
			}
		})
	}
	if compared == 0 {
		t.Fatal("no program was compared")
	}
}
