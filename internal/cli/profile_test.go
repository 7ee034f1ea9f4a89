package cli

import (
	"path/filepath"
	"testing"

	"github.com/sluicegate/sluice/internal/cli/api"
)

func TestProfileInAbsentFolder(t *testing.T) {
	if _, err := startProfile(filepath.Join(t.TempDir(), "absent", "cpu.pprof")); api.ExitCode(err) != api.ExitUsage {
		t.Errorf("got %v, want wrong usage", err)
	}
}
