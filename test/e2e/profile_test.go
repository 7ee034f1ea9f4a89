package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestProfile: the profile is complete when the process has ended.
func TestProfile(t *testing.T) {
	s := &server{t: t, dir: t.TempDir(), args: []string{"--cpuprofile", "cpu.pprof"}}
	write(t, filepath.Join(s.dir, "sluice.yaml"), "")
	s.launch()
	s.post("/v1/chat/completions", `{"model":"mock/echo","messages":[{"role":"user","content":"Hello"}]}`)
	if code := s.stop(syscall.SIGTERM); code != 0 {
		t.Fatalf("exit code %d\n%s", code, s.output)
	}
	raw, err := os.ReadFile(filepath.Join(s.dir, "cpu.pprof"))
	if err != nil || !bytes.HasPrefix(raw, []byte{0x1f, 0x8b}) {
		t.Errorf("%d bytes, %v; want a gzipped profile", len(raw), err)
	}
}
