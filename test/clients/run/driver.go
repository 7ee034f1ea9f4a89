package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// scriptTime bounds one script; it holds a limit of its own for each feature.
const scriptTime = 10 * time.Minute

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
	names, native := models[t], ""
	if t == c.native() {
		native = "1"
	}
	env := append(isolated(home, filepath.Dir(program)),
		"SLUICE_BASE="+p.gateway.URL, "SLUICE_KEY="+t.key(), "SLUICE_REDACT_KEY="+t.redactKey(), "SLUICE_FEATURES="+features,
		"SLUICE_VENDOR="+p.gateway.vendor.URL(), "SLUICE_NATIVE="+native,
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

// driveOn is drive, again and again behind the feature that ended the script's process.
func (p place) driveOn(ctx context.Context, c Client, t Target, wanted string) (results []result, stderr string, err error) {
	left := wantedFeatures(wanted)
	for {
		found, complaints, err := p.drive(ctx, c, t, strings.Join(left, ","))
		results, stderr = append(results, found...), stderr+complaints
		if err == nil || len(results) == 0 || ctx.Err() != nil {
			return results, stderr, err
		}
		left = slices.DeleteFunc(left, func(f string) bool { return reported(found, f) })
		if len(left) == 0 {
			return results, stderr, err
		}
		results = append(results, result{Feature: left[0], State: broken, Detail: "it ended the process: " + err.Error() + ": " + lastLine(complaints)})
		if left = left[1:]; len(left) == 0 {
			return results, stderr, nil
		}
	}
}

// wantedFeatures are the features of a comma-separated list; all of them if it is empty.
func wantedFeatures(list string) []string {
	return slices.DeleteFunc(slices.Clone(features), func(f string) bool {
		return list != "" && !slices.Contains(strings.Split(list, ","), f)
	})
}
