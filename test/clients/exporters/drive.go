package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/test/sluice"
)

// scriptTime bounds one application.
const scriptTime = 2 * time.Minute

// drive runs the application and returns the id of the trace that it exported.
func (a application) drive(ctx context.Context, server *sluice.Process, folder string) (trace string, err error) {
	folder, err = filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	home, err := os.MkdirTemp("", "sluice-exporter-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(home)
	ctx, cancel := context.WithTimeout(ctx, scriptTime)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, a.program(folder), filepath.Join(folder, "exporters/scripts", a.script), a.arg)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = home, environment(server.URL, home), &stdout, &stderr, 2*time.Second
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%w: %s", err, lastLine(stderr.String()))
	}
	var said struct{ Trace string }
	if err := json.Unmarshal([]byte(lastLine(stdout.String())), &said); err != nil || said.Trace == "" {
		return "", errors.New("it named no trace: " + lastLine(stderr.String()))
	}
	return said.Trace, nil
}

// program runs the scripts of a runtime.
func (a application) program(folder string) string {
	if a.runtime == "js" {
		return "node"
	}
	return filepath.Join(folder, "exporters", a.runtime, ".venv/bin/python")
}

// environment is what the documentation tells users to set. Every address but loopback goes to a
// proxy that does not exist.
func environment(url, home string) []string {
	key := sluice.OwnerKey
	return []string{"SLUICE_BASE=" + url, "SLUICE_KEY=" + key, "SLUICE_MODEL=" + model,
		"OTEL_EXPORTER_OTLP_ENDPOINT=" + url, "OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20" + key,
		"LANGFUSE_BASE_URL=" + url, "LANGFUSE_PUBLIC_KEY=pk-lf-any", "LANGFUSE_SECRET_KEY=" + key,
		"TRACELOOP_BASE_URL=" + url, "TRACELOOP_API_KEY=" + key, "TRACELOOP_TELEMETRY=false",
		"HOME=" + home, "TMPDIR=" + home, "PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "NO_COLOR=1", "PYTHONUTF8=1", "PYTHONDONTWRITEBYTECODE=1", "DO_NOT_TRACK=1",
		"HTTP_PROXY=http://127.0.0.1:9", "HTTPS_PROXY=http://127.0.0.1:9", "http_proxy=http://127.0.0.1:9", "https_proxy=http://127.0.0.1:9",
		"NO_PROXY=127.0.0.1,localhost", "no_proxy=127.0.0.1,localhost"}
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// version is the installed version of the package, "?" if it is not installed.
func (a application) version(folder string) string {
	if a.runtime == "js" {
		text, err := os.ReadFile(filepath.Join(folder, "exporters/node_modules", a.pkg, "package.json"))
		if err != nil {
			return "?"
		}
		return gjson.GetBytes(text, "version").String()
	}
	name := strings.ReplaceAll(a.pkg, "-", "_")
	found, err := filepath.Glob(filepath.Join(folder, "exporters", a.runtime, ".venv/lib/python3*/site-packages", name+"-*.dist-info"))
	if err != nil || len(found) == 0 {
		return "?"
	}
	return strings.TrimSuffix(strings.TrimPrefix(filepath.Base(found[0]), name+"-"), ".dist-info")
}
