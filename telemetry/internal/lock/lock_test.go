package lock

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

func TestTake(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "lock")
	first, err := Take(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Take(path)
	if e := gateway.AsError(err); e == nil || e.Kind != gateway.Conflict || !strings.Contains(e.Public, "the folder "+dir+".") || e.Err != nil {
		t.Errorf("the second lock: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Take(path)
	if err != nil {
		t.Fatalf("after Close: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}
