// Package servers starts the database servers that tests talk to: PostgreSQL,
// PgBouncer, MariaDB, Redis, and FerretDB for MongoDB's protocol (spec 08 §8.22).
//
// Postgres, MariaDB, Redis and FerretDB return the address of one server for
// the whole test binary; the variables ETAMIL_TEST_PG, ETAMIL_TEST_MYSQL,
// ETAMIL_TEST_REDIS and ETAMIL_TEST_MONGO name servers to use instead. A test
// that stops, restarts or configures its server takes one of its own by New….
// StartPostgres is for tools.
//
// Servers run as an unprivileged user in a temporary folder, on loopback. They
// end, and the folder goes, when the test binary ends in whatever way. Nothing
// is installed: a test whose server's package is missing is skipped.
package servers
