// Package config holds the settings of the daemon: one table, from which come
// the reading of a configuration file, of the environment and of the command
// line, the sample file, the pages that describe it, and what --check-config
// prints.
//
// In reading order: a Setting is one row of the table (Settings, Groups); Load
// reads everything and returns a Config together with all Problems at once; an
// Origin says where a value came from; Diff says what a reload has to do.
//
//	c, problems := config.Load("/etc/etamil/etamild.toml", os.Environ(), flags)
//	for _, p := range problems {
//		fmt.Fprintln(os.Stderr, p.Error())
//	}
//
// A value that is given more than once counts in this order, the last one wins:
// the default, a variable that programs know too (ETAMIL_DATA_DIR), the file, a
// variable ETAMILD_…, the command line.
//
// The file is TOML, and strict: what is not understood is a Problem that names
// line, column and the nearest setting. Settings of what is served are those of
// etamil/fcgi/web and are only taken over here. Nothing here opens a socket or
// reads a program.
package config
