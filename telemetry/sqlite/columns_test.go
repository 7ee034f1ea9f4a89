package sqlite

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestColumnsAreDocumented: people write queries of their own for this table.
func TestColumnsAreDocumented(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "docs", "telemetry.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(raw), "SQLite's table `exchanges`")
	table, _, _ = strings.Cut(table, "ClickHouse's `llm_requests`")
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "t.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	rows, err := s.read.Query("SELECT name FROM pragma_table_info('exchanges')")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns := 0
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		if columns++; !strings.Contains(table, "`"+name+"`") {
			t.Errorf("docs/telemetry.md does not tell what the column %s holds", name)
		}
	}
	if err := rows.Err(); err != nil || columns < 20 {
		t.Errorf("%d columns: %v", columns, err)
	}
}
