// Package postgrestest gives tests a real PostgreSQL server: the one that SLUICE_TEST_POSTGRES
// names (a URL whose user may create databases), else one that it starts from the npm package
// in this folder, else from the binaries that Debian installs.
//
// [Database] is what most tests need: an empty database on a server that all tests of the
// binary share. A test that stops its server takes one of its own with [Start].
//
// A server that the package starts ends with the test binary, even with one that is killed: a
// shell watches a pipe whose other end only the test binary holds. PostgreSQL refuses to run as
// root, so root starts it as another user. Data is not synchronised to disk.
package postgrestest
