// Package wholetest holds the tests that need the whole: the real daemon on its
// Unix socket, behind a real nginx, asked as browsers and load generators ask.
package wholetest
