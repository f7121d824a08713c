// Package syntax turns source text into a tree and back.
//
// [ParseFile] scans and parses one file and gives a [File] of statements
// ([Stmt]) and expressions ([Expr]), or the errors that it found. [Format]
// writes a tree as source again; [Respell] changes nothing but the script of
// the keywords and builtins of a source.
//
// The tree says what was written, not what it means: names are not resolved,
// types not checked, imports not followed. The package neither reads files
// nor knows any builtin.
//
//	file, diags := syntax.ParseFile(token.NewFile("a.qmz", "", `அச்சு 1 + 2;`), syntax.Options{})
//	fmt.Print(syntax.Format(file))
package syntax
