package cli

import (
	"errors"
	"fmt"
	"os"
	"runtime/pprof"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// startProfile writes a CPU profile to path until stop is called. Without a path it does
// nothing.
func startProfile(path string) (stop func() error, err error) {
	if path == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, api.Usage("--cpuprofile: %v", err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(fmt.Errorf("--cpuprofile: %w", err), f.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		return f.Close()
	}, nil
}
