package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const docs = "../../../docs/clients.md"

// TestDocsNameTheClients: the documentation names each client that is driven, with its base URL
// and in the printed table, and no other one.
func TestDocsNameTheClients(t *testing.T) {
	text, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	recipes, table, ok := strings.Cut(string(text), "## What works")
	if !ok {
		t.Fatal("the section is missing")
	}
	var named []string
	for line := range strings.SplitSeq(recipes, "\n") {
		if cells := strings.Split(line, "|"); len(cells) > 2 && !strings.HasPrefix(line, "|---") && strings.TrimSpace(cells[1]) != "client" {
			for name := range strings.SplitSeq(cells[1], ",") {
				named = append(named, strings.TrimSpace(name))
			}
		}
	}
	var driven []string
	for _, c := range clients() {
		driven = append(driven, c.Name)
		if !strings.Contains(table, "\n| "+c.Name+" ") {
			t.Errorf("the printed table has no line of %s", c.Name)
		}
	}
	slices.Sort(named)
	slices.Sort(driven)
	if !slices.Equal(named, driven) {
		t.Errorf("named: %q\ndriven: %q", named, driven)
	}
}

// TestScripts: every client has its script, and every script a client.
func TestScripts(t *testing.T) {
	used := map[string]bool{}
	for _, c := range clients() {
		folder := map[string]string{"js": "../sdks/js", "agent": "../agents"}[c.Runtime]
		if folder == "" {
			folder = "../sdks/python"
		}
		path := filepath.Join(folder, c.Script)
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
		used[path] = true
	}
	for _, pattern := range []string{"../sdks/js/*.mjs", "../sdks/python/*.py", "../agents/*.sh"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Errorf("%s: %v", pattern, err)
		}
		for _, path := range found {
			if !used[path] && !strings.HasPrefix(filepath.Base(path), "harness.") {
				t.Errorf("%s drives no client", path)
			}
		}
	}
}

// TestSummary: a cell in print is whole only if it is at each of its targets, and an exception is
// a note.
func TestSummary(t *testing.T) {
	row := Row{Native: openai, Cells: []Cell{
		{openai, "plain", whole, ""}, {anthropic, "plain", whole, ""}, {google, "plain", broken, "why"},
		{anthropic, "tools", excepted, "a reason"}, {google, "tools", whole, ""},
		{anthropic, "embeddings", absent, ""}, {google, "embeddings", whole, ""}, {openai, "images", absent, ""},
	}}
	var n notes
	for _, c := range []struct {
		feature string
		native  bool
		want    string
	}{{"plain", true, "ok"}, {"plain", false, "NO:google"}, {"tools", false, "(1)"}, {"embeddings", false, "ok"}, {"images", true, "–"}, {"images", false, ""}} {
		if got := row.summary(c.feature, c.native, &n); got != c.want {
			t.Errorf("%s %t: %q, want %q", c.feature, c.native, got, c.want)
		}
	}
	if r := (&Report{Rows: []Row{row}}); !r.broken() {
		t.Error("a broken cell is not noticed")
	}
	if r := (&Report{Rows: []Row{{Cells: row.Cells[3:]}}}); r.broken() {
		t.Error("an exception counts as broken")
	}
}
