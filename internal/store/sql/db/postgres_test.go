package db_test

import (
	"errors"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/store/postgrestest"
	"github.com/sluicegate/sluice/internal/store/sql/db"
	"github.com/sluicegate/sluice/internal/store/sql/db/dbtest"
)

// A DSN that cannot be used is an error that names the field and the reason, not the password.
func TestOpenPostgresRefuses(t *testing.T) {
	good := postgrestest.Database(t)
	changed := func(change func(*url.URL)) string {
		u, err := url.Parse(good)
		if err != nil {
			t.Fatal(err)
		}
		change(u)
		return u.String()
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := silent.Addr().String()
	silent.Close()
	const secret = "s3cret-of-the-dsn"
	for name, c := range map[string]struct {
		dsn  string
		kind gateway.Kind
		says string
	}{
		"no URL":         {"postgres://user:" + secret + "@host:port/x", gateway.Invalid, "postgres://user:password@host:5432/database"},
		"nobody listens": {changed(func(u *url.URL) { u.Host, u.User = closed, url.UserPassword("sluice", secret) }), gateway.Unavailable, "connection refused"},
		"wrong password": {changed(func(u *url.URL) { u.User = url.UserPassword("sluice", secret) }), gateway.Invalid, "password authentication failed"},
		"no database":    {changed(func(u *url.URL) { u.Path = "/absent" }), gateway.Invalid, `database "absent" does not exist`},
	} {
		s, err := db.OpenPostgres(t.Context(), gateway.NewSecret(c.dsn))
		if err == nil {
			s.Close()
			t.Errorf("%s: opened", name)
			continue
		}
		e := gateway.AsError(err)
		if e.Kind != c.kind || e.Param != "control.dsn" || !strings.Contains(e.Public, c.says) || !strings.Contains(e.Public, "'control.dsn'") {
			t.Errorf("%s: %v %q %q, want %v and %q", name, e.Kind, e.Param, e.Public, c.kind, c.says)
		}
		u, _ := url.Parse(good)
		password, _ := u.User.Password()
		if text := err.Error() + e.Public; strings.Contains(text, secret) || strings.Contains(text, password) {
			t.Errorf("%s: the error tells the password: %s", name, text)
		}
	}
}

func TestOpenPostgresRefusesNewer(t *testing.T) {
	dsn := postgrestest.Database(t)
	s, err := db.OpenPostgres(t.Context(), gateway.NewSecret(dsn))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.NewRaw("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)").Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	newer, err := db.OpenPostgres(t.Context(), gateway.NewSecret(dsn))
	if err == nil {
		newer.Close()
		t.Fatal("opened")
	}
	if !strings.Contains(err.Error(), "newer Sluice") {
		t.Error(err)
	}
}

// Replicas that start on an empty database at the same time all open it.
func TestOpenPostgresTogether(t *testing.T) {
	dsn := gateway.NewSecret(postgrestest.Database(t))
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wg.Go(func() {
			s, err := db.OpenPostgres(t.Context(), dsn)
			if err == nil {
				err = s.Close()
			}
			errs[i] = err
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
}

func TestMigrationDownOnPostgres(t *testing.T) {
	d := dbtest.OpenPostgres(t)
	if err := d.TakeDown(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	var tables []string
	if err := d.NewRaw("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'goose_db_version'").Scan(t.Context(), &tables); err != nil {
		t.Fatal(err)
	}
	if len(tables) != 0 {
		t.Errorf("left: %v", tables)
	}
	if err := d.MigrateUp(t.Context()); err != nil {
		t.Fatal(err)
	}
}
