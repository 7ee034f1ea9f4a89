package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// scriptTime bounds one script; it holds a limit of its own for each feature.
const scriptTime = 4 * time.Minute

// stderrKept bounds what is kept of a program's complaints.
const stderrKept = 4000

// place says where things are.
type place struct {
	folder  string // test/clients, absolute
	gateway *gateway
	verbose bool
}

// say tells how far the run is.
func (p place) say(format string, args ...any) {
	if p.verbose {
		fmt.Fprintf(os.Stderr, format+"\n", args...)
	}
}

// result is one line that a script prints.
type result struct {
	Feature string `json:"feature"`
	State   State  `json:"state"`
	Detail  string `json:"detail"`
}

// drive runs the script of an SDK against one target.
func (p place) drive(ctx context.Context, c Client, t Target, features string) (results []result, stderr string, err error) {
	home, err := os.MkdirTemp("", "sluice-client-")
	if err != nil {
		return nil, "", err
	}
	defer os.RemoveAll(home)
	sdks := filepath.Join(p.folder, "sdks")
	program, script := filepath.Join(sdks, "node_modules/.bin/node"), filepath.Join(sdks, "js", c.Script)
	if c.Runtime != "js" {
		program, script = filepath.Join(sdks, c.Runtime, ".venv/bin/python"), filepath.Join(sdks, "python", c.Script)
	}
	names := models[t]
	env := append(isolated(home, filepath.Dir(program)),
		"SLUICE_BASE="+p.gateway.URL, "SLUICE_KEY="+t.key(), "SLUICE_REDACT_KEY="+t.redactKey(), "SLUICE_FEATURES="+features,
		"SLUICE_MODEL="+names[0], "SLUICE_REASONING_MODEL="+names[1], "SLUICE_EMBEDDING_MODEL="+names[2], "SLUICE_VERBOSE=1")
	stdout, stderr, err := execute(ctx, scriptTime, home, env, program, script, c.Arg)
	for lines := bufio.NewScanner(strings.NewReader(stdout)); lines.Scan(); {
		var r result
		if json.Unmarshal(lines.Bytes(), &r) == nil && r.Feature != "" {
			results = append(results, r)
		}
	}
	return results, stderr, err
}

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

// execute runs a program in a process group of its own and ends the whole group with it.
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
