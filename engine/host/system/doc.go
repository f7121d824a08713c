// Package system gives programs the machine they run on: it implements the
// capabilities of package host over the operating system.
//
// OpenFiles reaches every file the process may; a Folder reaches what lies
// below one directory and nothing else. AllEnv and NamedEnv read environment
// variables, Web sends HTTP requests, Commands runs other programs, Keys keeps
// the secret of tokens, Gate bounds slow work, Output and Input are the
// standard streams of a command.
//
// All but Output and Input are made once per process and shared by all runs.
// Errors say the reason alone: who called adds what was wanted, in both
// languages. The package needs a Unix system.
package system
