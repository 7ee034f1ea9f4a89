//go:build linux && amd64

package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// The code of a running server lies in huge pages, and answers; on demand it stays where the
// file has it.
func TestHugeCode(t *testing.T) {
	setting, err := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled")
	if err != nil || strings.Contains(string(setting), "[never]") {
		t.Skip("this system has no huge pages to give")
	}
	for _, huge := range []bool{true, false} {
		s := &server{t: t, dir: t.TempDir(), args: []string{fmt.Sprintf("--hugepages=%v", huge)}}
		write(t, filepath.Join(s.dir, "sluice.yaml"), "")
		s.launch()
		file, whole := codeOf(t, s.cmd.Process.Pid)
		if file == huge {
			t.Errorf("huge %v: the code begins in the file's mapping: %v", huge, file)
		}
		if huge && whole == 0 {
			t.Error("no huge pages in it")
		}
		for range 20 {
			if r := s.post("/v1/chat/completions", `{"model":"mock/echo","messages":[{"role":"user","content":"Hello"}]}`); r.StatusCode != 200 {
				t.Fatalf("huge %v: status %d", huge, r.StatusCode)
			}
		}
		if code := s.stop(syscall.SIGTERM); code != exitDone {
			t.Errorf("huge %v: exit code %d\n%s", huge, code, s.output)
		}
	}
}

// codeOf tells of the first executable mapping whether it is the file's, and how many KB of
// it are in huge pages.
func codeOf(t *testing.T, pid int) (file bool, kb int) {
	t.Helper()
	f, err := os.Open(fmt.Sprintf("/proc/%d/smaps", pid))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	found := false
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		if strings.Contains(line, " r-xp ") {
			if found {
				return file, kb
			}
			found, file = true, strings.Contains(line, "/")
		}
		if n, ok := strings.CutPrefix(line, "AnonHugePages:"); found && ok {
			if _, err := fmt.Sscanf(n, "%d", &kb); err != nil {
				t.Fatal(err)
			}
			return file, kb
		}
	}
	t.Fatal("no executable mapping")
	return false, 0
}
