package postgrestest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// external names the variable with the URL of a server to use.
const external = "SLUICE_TEST_POSTGRES"

var (
	databases atomic.Int64
	shared    = sync.OnceValues(func() (*Server, error) { return start(true) }) // the server of this test binary
)

// Database returns the URL of an empty database that is dropped after the test.
func Database(t testing.TB) string {
	t.Helper()
	if url := os.Getenv(external); url != "" {
		return create(t, url)
	}
	skipIfAsked(t)
	s, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return create(t, s.url())
}

// skipIfAsked skips tests on machines that cannot have a server.
func skipIfAsked(t testing.TB) {
	t.Helper()
	if os.Getenv("SLUICE_TEST_NO_POSTGRES") == "1" {
		t.Skip("SLUICE_TEST_NO_POSTGRES=1")
	}
}

// create makes a database on the server at address.
func create(t testing.TB, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatalf("%s is no URL", external)
	}
	name := fmt.Sprintf("sluice_test_%d_%d", os.Getpid(), databases.Add(1))
	run(t, address, "CREATE DATABASE "+name)
	t.Cleanup(func() { run(t, address, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	u.Path = "/" + name
	return u.String()
}

// run executes one statement on a connection of its own.
func run(t testing.TB, address, statement string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatalf("the test server does not answer: %v", err)
	}
	defer c.Close(ctx)
	if _, err := c.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
