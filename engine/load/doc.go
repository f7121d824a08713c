// Package load finds and reads the files of a program and puts them together:
// the main file with the statements of each imported module in the place of
// the import that first names it.
//
// In reading order: Files is how the disk is read, Loader says where modules
// are looked for, Program is what comes out, Module is one file of it.
//
//	loader := load.Loader{Files: load.Disk, Library: stdlib.Source, Modules: stdlib.Modules(), Path: load.SplitPath(os.Getenv("ETAMIL_PATH")), Dir: cwd}
//	program, list := loader.File("கணக்கு.qmz")
//
// A path is looked for beside the importing file, below the entries of
// ETAMIL_PATH, and then in the embedded library. A file on disk is known by its
// real path, a module of the library by its library path ("nUlakam/col.qmz");
// each is part of a program once, cycles are harmless.
//
// The package does not look into statements: names, types, routes and timers
// are for the phases after it.
package load
