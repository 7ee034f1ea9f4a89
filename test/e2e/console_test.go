package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/sluicegate/sluice/telemetry/clickhouse/clickhousetest"
)

// browserTests are the files of console/test, each about one thing that people do in the console.
// Those that go over every screen run with SLUICE_TEST_CONSOLE=all only.
var browserTests = map[string]bool{"first-run": false, "requests": false, "roles": false, "editing": true, "admin": true, "sessions": true, "onerequest": true, "badinput": true, "experiments": true, "reading": true, "cache": true}

// TestConsole drives the console of a running server in a real browser.
func TestConsole(t *testing.T) {
	all := os.Getenv("SLUICE_TEST_CONSOLE") == "all"
	t.Run("sqlite", func(t *testing.T) { runBrowser(t, start(t, "", nil), all) })
	if all {
		t.Run("clickhouse", func(t *testing.T) {
			runBrowser(t, start(t, fmt.Sprintf("telemetry: {store: clickhouse, dsn: %q}", clickhousetest.Start(t).DSN()), nil), all)
		})
	}
}

func runBrowser(t *testing.T, s *server, all bool) {
	for name, onlyAll := range browserTests {
		if onlyAll && !all {
			continue
		}
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command("node", "--test", "--test-reporter=spec", filepath.Join("test", name+".test.mjs"))
			cmd.Dir = "../../console"
			cmd.Env = append(os.Environ(), "SLUICE_URL="+s.url, "SLUICE_API_KEY="+ownerKey)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s\n%s", err, out, s.output)
			}
		})
	}
}

// TestScreenshots takes the pictures of the docs, of the traffic of sluice demo, into the folder
// SLUICE_SCREENSHOTS.
func TestScreenshots(t *testing.T) {
	folder := os.Getenv("SLUICE_SCREENSHOTS")
	if folder == "" {
		t.Skip("SLUICE_SCREENSHOTS names no folder: make screenshots does")
	}
	s := &server{t: t, dir: t.TempDir()}
	write(t, filepath.Join(s.dir, "sluice.yaml"), "")
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	demo := exec.Command(binary, "demo", "--data", "data")
	demo.Dir = s.dir
	demo.Env = append(os.Environ(), "SLUICE_API_KEY="+ownerKey)
	told, err := demo.CombinedOutput()
	_, key, found := strings.Cut(string(told), "Sign in with:")
	key, _, _ = strings.Cut(strings.TrimSpace(key), "\n")
	if err != nil || !found {
		t.Fatalf("%v\n%s", err, told)
	}
	s.launch()
	t.Cleanup(func() { s.stop(syscall.SIGTERM) })
	cmd := exec.Command("node", filepath.Join("test", "screenshots.mjs"), folder)
	cmd.Dir = "../../console"
	cmd.Env = append(os.Environ(), "SLUICE_URL="+s.url, "SLUICE_API_KEY="+key)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, s.output)
	}
}
