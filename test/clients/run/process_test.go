package main

import (
	"context"
	"os/exec"
	"runtime"
	"testing"
	"time"
)

// TestExecuteEndsAll: a process that has left the group of its program ends with it.
func TestExecuteEndsAll(t *testing.T) {
	if _, err := exec.LookPath("setsid"); err != nil || runtime.GOOS != "linux" {
		t.Skip("needs setsid and /proc")
	}
	home := t.TempDir()
	env := isolated(home, "/bin")
	begin := time.Now()
	out, _, err := execute(context.Background(), time.Minute, home, env, "/bin/sh", "-c", "setsid sleep 600 >/dev/null 2>&1 & sleep 600 >/dev/null 2>&1 & echo started")
	if err != nil || out != "started\n" {
		t.Fatalf("%q %v", out, err)
	}
	for len(holding(env[0])) > 0 {
		if time.Since(begin) > time.Minute {
			t.Fatalf("%v still run", holding(env[0]))
		}
		time.Sleep(10 * time.Millisecond)
	}
}
