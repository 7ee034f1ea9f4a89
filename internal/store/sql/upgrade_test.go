package sqlstore

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"reflect"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/internal/goldentest"
)

// A database of each released schema is brought up to date, and nothing in it is lost. The
// number in a file's name is the schema's.
func TestUpgrade(t *testing.T) {
	goldentest.Run(t, "testdata/upgrade/*.txtar", func(t *testing.T, in *txtar.Archive) *txtar.Archive {
		schema, err := strconv.ParseInt(path.Base(t.Name()), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		rows := string(goldentest.Section(in, "rows.sql"))
		lite := upgraded(t, open(t), schema, rows)
		if d := cmp.Diff(lite, upgraded(t, openPostgres(t), schema, rows)); d != "" {
			t.Errorf("PostgreSQL holds something else (-SQLite +PostgreSQL):\n%s", d)
		}
		return goldentest.With(in, txtar.File{Name: "read", Data: []byte(lite)})
	})
}

// upgraded takes an empty database down to a schema, puts rows into it, migrates it and reads it.
func upgraded(t *testing.T, s *Store, schema int64, rows string) string {
	t.Helper()
	ctx := t.Context()
	check(t, "TakeDown", s.db.TakeDown(ctx, schema))
	_, err := s.db.NewRaw(rows).Exec(ctx)
	check(t, "Exec", err)
	check(t, "MigrateUp", s.db.MigrateUp(ctx))
	return readAll(t, s)
}

// readAll reads every record of a database, one a line.
func readAll(t *testing.T, s *Store) string {
	t.Helper()
	ctx := t.Context()
	var out bytes.Buffer
	add := func(name string) func(v any, err error) {
		return func(v any, err error) {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			list := reflect.ValueOf(v)
			for i := range list.Len() {
				text, err := json.Marshal(list.Index(i).Interface())
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&out, "%s: %s\n", name, text)
			}
		}
	}
	one := func(v any, err error) (any, error) { return []any{v}, err }
	add("organisation")(one(s.Organisation(ctx)))
	add("workspace")(s.Workspaces(ctx))
	add("member")(s.Members(ctx))
	add("team")(s.Teams(ctx))
	add("API key")(s.APIKeys(ctx))
	add("virtual key")(s.VirtualKeys(ctx))
	add("config")(s.Configs(ctx, "w"))
	add("prompt")(s.Templates(ctx, "w"))
	add("prompt version")(s.Versions(ctx, "p"))
	add("prompt label")(s.Labels(ctx, "p"))
	if err := s.Recover(ctx); err != nil {
		t.Fatal(err)
	}
	add("spending")(one(s.Balances(ctx, "k")))
	add("ledger")(one(s.Verify(ctx)))
	if r, err := s.Response(ctx, "w", "resp_1", time.Unix(0, 0)); err == nil {
		add("response")([]any{r}, nil)
	}
	return out.String()
}
