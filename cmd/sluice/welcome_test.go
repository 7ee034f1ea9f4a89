package main

import (
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

var wildcard = &net.TCPAddr{IP: net.IPv6unspecified, Port: 8787}

func greet(key ownKey, self string) string {
	var b strings.Builder
	welcome(&b, wildcard, key, self)
	return b.String()
}

// TestWelcome: a key that was made is shown with calls that hold it, one that is set is not
// shown at all, and a later start says where it listens.
func TestWelcome(t *testing.T) {
	made := gateway.NewSecret("sk-sl-made")
	for name, c := range map[string]struct {
		key    ownKey
		holds  []string
		misses string
	}{
		"made": {ownKey{made: made}, []string{"shown this once", "\n  sk-sl-made\n", "Bearer sk-sl-made\"", "apiKey: 'sk-sl-made' })",
			"SLUICE_URL=http://127.0.0.1:8787 SLUICE_API_KEY=sk-sl-made ./bin/sluice trace latest"}, "$SLUICE_API_KEY"},
		"set": {ownKey{set: true}, []string{"curl http://127.0.0.1:8787/v1", "Bearer $SLUICE_API_KEY\"", "apiKey: process.env.SLUICE_API_KEY })",
			"\n  SLUICE_URL=http://127.0.0.1:8787 ./bin/sluice trace latest\n"}, "sk-sl"},
		"later": {ownKey{}, []string{"Sluice answers on http://127.0.0.1:8787\n"}, "curl"},
	} {
		got := greet(c.key, "./bin/sluice")
		for _, part := range c.holds {
			if !strings.Contains(got, part) {
				t.Errorf("%s: no %q in\n%s", name, part, got)
			}
		}
		if strings.Contains(got, c.misses) || strings.Contains(got, "%!") {
			t.Errorf("%s: %q or a formatting error in\n%s", name, c.misses, got)
		}
	}
}

// TestWelcomeTraceRuns: the last line that is printed runs as it stands, wherever the binary
// lies.
func TestWelcomeTraceRuns(t *testing.T) {
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, "", nil)
	for end := time.Now().Add(5 * time.Second); !strings.Contains(s.output.String(), "trace latest") && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond) // the pipe from the process is read when it suits
	}
	if out := s.output.String(); strings.Contains(out, ownerKey) || !strings.Contains(out, "$SLUICE_API_KEY") {
		t.Errorf("a key that is set was printed, or the calls were not:\n%s", out)
	}
	s.post("/v1/chat/completions", `{"model":"mock/echo","messages":[{"role":"user","content":"Hello"}]}`)
	odd := filepath.Join(t.TempDir(), "it's here")
	if out, err := exec.Command("cp", "-R", filepath.Dir(binary), odd).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	for _, self := range []string{binary, filepath.Join(odd, "sluice")} {
		var b strings.Builder
		addr, err := net.ResolveTCPAddr("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		welcome(&b, addr, ownKey{made: gateway.NewSecret(ownerKey)}, self)
		lines := strings.Split(strings.TrimSpace(b.String()), "\n")
		out, err := exec.Command("sh", "-c", lines[len(lines)-1]).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "mock") {
			t.Errorf("%s: %v\n%s", lines[len(lines)-1], err, out)
		}
	}
}
