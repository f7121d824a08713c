// Package token holds what every part of the engine says about source text:
// files, positions and spans (pos.go), the kinds of tokens, and the one table
// of keywords with their Tamil, romanized and English spellings (keyword.go).
package token
