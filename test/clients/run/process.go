package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// stderrKept bounds what is kept of a program's complaints.
const stderrKept = 4000

// isolated is an environment without anything of the caller's. Every address but loopback goes
// to a proxy that does not exist.
func isolated(home, bin string) []string {
	return []string{"HOME=" + home, "TMPDIR=" + home, "XDG_CONFIG_HOME=" + home + "/.config", "XDG_DATA_HOME=" + home + "/.local/share",
		"XDG_CACHE_HOME=" + home + "/.cache", "XDG_STATE_HOME=" + home + "/.local/state",
		"PATH=" + bin + ":/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "TERM=dumb", "CI=1", "NO_COLOR=1", "PYTHONUTF8=1", "PYTHONDONTWRITEBYTECODE=1",
		"HTTP_PROXY=http://127.0.0.1:9", "HTTPS_PROXY=http://127.0.0.1:9", "http_proxy=http://127.0.0.1:9", "https_proxy=http://127.0.0.1:9",
		"NO_PROXY=127.0.0.1,localhost", "no_proxy=127.0.0.1,localhost",
		"DO_NOT_TRACK=1", "OPENAI_AGENTS_DISABLE_TRACING=1", "OTEL_SDK_DISABLED=true", "LITELLM_LOCAL_MODEL_COST_MAP=True", "LANGSMITH_TRACING=false"}
}

// execute runs a program in a process group of its own and ends the whole group with it. The first
// entry of env is a home directory of its own.
func execute(ctx context.Context, limit time.Duration, dir string, env []string, program string, args ...string) (stdout, stderr string, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var out, complaints bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, env, &out, &complaints
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 2 * time.Second
	err = cmd.Run()
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what it has left behind; an error means nothing
		endAll(env[0])
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = fmt.Errorf("it did not end within %v", limit)
	}
	text := complaints.String()
	if len(text) > stderrKept {
		text = text[:stderrKept/2] + "\n…\n" + text[len(text)-stderrKept/2:]
	}
	return out.String(), text, err
}

// endAll ends the processes whose environment holds an entry: those that have left their group.
// Only Linux tells it.
func endAll(entry string) {
	for _, pid := range holding(entry) {
		_ = syscall.Kill(pid, syscall.SIGKILL) // an error means that it has ended
	}
}

// holding are the processes of this user whose environment holds an entry.
func holding(entry string) (pids []int) {
	all, _ := filepath.Glob("/proc/[0-9]*/environ") // the pattern is valid
	for _, file := range all {
		env, err := os.ReadFile(file)
		pid, notNumber := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err == nil && notNumber == nil && slices.Contains(strings.Split(string(env), "\x00"), entry) {
			pids = append(pids, pid)
		}
	}
	return pids
}
