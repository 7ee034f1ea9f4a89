package postgrestest

import "testing"

// Two databases of the shared server do not see each other, and a server that crashed comes back
// with its data.
func TestServer(t *testing.T) {
	one, two := Database(t), Database(t)
	run(t, one, "CREATE TABLE t (x TEXT)")
	run(t, two, "CREATE TABLE t (x TEXT)")
	s := Start(t)
	own := s.Database(t)
	run(t, own, "CREATE TABLE kept (x TEXT)")
	s.Stop()
	s.Restart(t)
	run(t, own, "INSERT INTO kept VALUES ('a')")
}
