package e2e

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

const mockCall = `{"model":"mock/echo","messages":[{"role":"user","content":"Hello"}]}`

var (
	ownersKey = regexp.MustCompile(`(?m)^  (sk-sl-\S+)$`)
	traceLine = regexp.MustCompile(`(?m)^  (.* trace latest)$`)
)

// TestWelcome runs the last command that a first start prints: with a key from the
// environment, which is never printed, and with a generated key, wherever the binary lies.
func TestWelcome(t *testing.T) {
	built, err := build()
	if err != nil {
		t.Fatal(err)
	}
	odd := filepath.Join(t.TempDir(), "it's here")
	if out, err := exec.Command("cp", "-R", filepath.Dir(built), odd).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	for name, s := range map[string]*server{"set": {}, "generated": {binary: filepath.Join(odd, "sluice"), noKey: true}} {
		t.Run(name, func(t *testing.T) {
			s.t, s.dir = t, t.TempDir()
			write(t, filepath.Join(s.dir, "sluice.yaml"), "")
			s.launch()
			t.Cleanup(func() { s.stop(syscall.SIGTERM) })
			for end := time.Now().Add(5 * time.Second); !traceLine.MatchString(s.output.String()) && time.Now().Before(end); {
				time.Sleep(10 * time.Millisecond) // the process may be ready before its output arrives
			}
			out := s.output.String()
			if !traceLine.MatchString(out) {
				t.Fatalf("no command to copy in\n%s", out)
			}
			key := ownerKey
			if s.noKey {
				key = ownersKey.FindStringSubmatch(out)[1]
			} else if strings.Contains(out, ownerKey) || !strings.Contains(out, "$SLUICE_API_KEY") {
				t.Errorf("a key from the environment was printed, or the calls were not:\n%s", out)
			}
			if r := s.post("/v1/chat/completions", mockCall, "Authorization", "Bearer "+key); r.StatusCode != 200 {
				t.Fatalf("%d %s", r.StatusCode, r.body)
			}
			cmd := exec.Command("sh", "-c", traceLine.FindStringSubmatch(out)[1])
			cmd.Env = append(cmd.Environ(), "SLUICE_API_KEY="+ownerKey) // a printed key replaces it
			if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "mock") {
				t.Errorf("%s: %v\n%s", cmd, err, out)
			}
		})
	}
}
