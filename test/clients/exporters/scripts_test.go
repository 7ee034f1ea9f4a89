package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestScripts: every application has its script, and every script an application.
func TestScripts(t *testing.T) {
	used := map[string]bool{}
	for _, a := range applications {
		if _, err := os.Stat(filepath.Join("scripts", a.script)); err != nil {
			t.Errorf("%s: %v", a.name, err)
		}
		used[a.script] = true
	}
	found, err := os.ReadDir("scripts")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if !used[f.Name()] && !strings.HasPrefix(f.Name(), "harness.") {
			t.Errorf("%s belongs to no application", f.Name())
		}
	}
}

// TestVersionsArePinned: each package stands in the list that make clients installs.
func TestVersionsArePinned(t *testing.T) {
	for _, a := range applications {
		list := "package-lock.json"
		if a.runtime != "js" {
			list = filepath.Join(a.runtime, "requirements.txt")
		}
		text, err := os.ReadFile(list)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), a.pkg+"==") && !strings.Contains(string(text), `"node_modules/`+a.pkg+`": {`) {
			t.Errorf("%s does not name %s", list, a.pkg)
		}
	}
}
