package cli

import (
	"path/filepath"
	"testing"
)

func TestProfileInAbsentFolder(t *testing.T) {
	if _, err := startProfile(filepath.Join(t.TempDir(), "absent", "cpu.pprof")); exitCode(err) != exitUsage {
		t.Errorf("got %v, want wrong usage", err)
	}
}
