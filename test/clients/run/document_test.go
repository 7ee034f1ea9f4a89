package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestWriteTo: a run replaces what stands between the marks, and nothing else.
func TestWriteTo(t *testing.T) {
	r := &Report{Features: []string{"plain", "broken"}, Rows: []Row{
		{Client: "a chat", Family: "A", Package: "a", Version: "1.2", Native: openai, Cells: []Cell{
			{openai, "plain", whole, ""}, {google, "plain", whole, ""}, {openai, "broken", excepted, "The client is deaf."}, {google, "broken", absent, ""}}},
		{Client: "a responses", Family: "A", Package: "a", Version: "1.2", Native: openai, Cells: []Cell{{openai, "plain", broken, "why"}}},
	}}
	begin, end := marks("table")
	other, otherEnd := marks("summary")
	file := filepath.Join(t.TempDir(), "doc.md")
	text := "before\n" + begin + "old\n" + end + "between\n" + other + otherEnd + "after\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	for range 2 { // the second time changes nothing
		if err := r.writeTo([]string{file}, day); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	want := "before\n" + begin + `
Run on 29 November 2026.

| client      | version | target     | plain     | broken stream |
|---          |---      |---         |---        |---            |
| a chat      | 1.2     | native     | ok        | (1)           |
| a chat      | 1.2     | translated | ok        | –             |
| a responses | 1.2     | native     | NO:openai |               |

2 of 4 cells are whole.

1. The client is deaf.

` + end + "between\n" + other + `
Run on 29 November 2026.

| clients | versions | whole  | not whole at every target |
|---      |---       |---     |---                        |
| A       | a 1.2    | 2 of 4 | broken stream, plain      |

` + otherEnd + "after\n"
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
	if err := os.WriteFile(file, []byte(begin+"old\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := r.writeTo([]string{file}, day); err == nil || !strings.Contains(err.Error(), "has no") {
		t.Errorf("a mark without its end: %v", err)
	}
}
