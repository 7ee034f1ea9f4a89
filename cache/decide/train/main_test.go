package main

import (
	"io"
	"path/filepath"
	"testing"
)

// TestShippedWeights trains the model of the built-in embedder anew: the file that is shipped is what
// comes out. For the other embedders, which need a download, there is -check.
func TestShippedWeights(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some ten seconds")
	}
	if err := run(options{weights: "../weights", check: true}, io.Discard); err != nil {
		t.Error(err)
	}
}

// TestCheck: a file with another content, and one that is missing, are not what was trained.
func TestCheck(t *testing.T) {
	path := filepath.Join(t.TempDir(), "builtin.json")
	if settle(path, []byte("1"), true) == nil {
		t.Error("a file that is missing")
	}
	if err := settle(path, []byte("1"), false); err != nil {
		t.Fatal(err)
	}
	if err := settle(path, []byte("1"), true); err != nil {
		t.Error(err)
	}
	if settle(path, []byte("2"), true) == nil {
		t.Error("another content")
	}
}
