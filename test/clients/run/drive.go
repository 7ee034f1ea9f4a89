package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/sluicegate/sluice/test/clients/double"
)

type options struct {
	binary, folder, only, targets, features, requests string
	verbose                                           bool
	parallel                                          int
}

// allTargets are the targets of a whole run.
const allTargets = string(openai + "," + anthropic + "," + google)

// everything reports whether nothing is left out.
func (o options) everything() bool {
	return o.only == "" && o.features == "" && o.targets == allTargets
}

// drive runs the clients and collects what they found.
func drive(ctx context.Context, o options) (*Report, error) {
	only, err := regexp.Compile(o.only)
	if err != nil {
		return nil, err
	}
	p := place{verbose: o.verbose}
	if p.folder, err = filepath.Abs(o.folder); err != nil {
		return nil, err
	}
	if p.gateway, err = startGateway(ctx, o.binary); err != nil {
		return nil, err
	}
	defer p.gateway.Stop()

	r := &Report{Features: features}
	for _, c := range clients() {
		if only.MatchString(c.Name + " " + c.Runtime) {
			r.Rows = append(r.Rows, Row{Client: c.Name, Family: c.Family, Package: c.label(), Version: p.version(c), Format: c.Format, Native: c.native()})
		}
	}
	targets := strings.Split(o.targets, ",")
	var work sync.WaitGroup // every goroutine below is waited for
	places := make(chan struct{}, max(o.parallel, 1))
	var mu sync.Mutex
	done := 0
	for i := range r.Rows {
		c := clientNamed(r.Rows[i].Client)
		for _, t := range targets {
			places <- struct{}{}
			work.Go(func() {
				defer func() { <-places }()
				begin := time.Now()
				cells, stderr := p.cells(ctx, c, Target(t), o.features)
				mu.Lock()
				defer mu.Unlock()
				r.Rows[i].Cells = append(r.Rows[i].Cells, cells...)
				done++
				fmt.Fprintf(os.Stderr, "[%d/%d] %s at %s: %s, %v\n", done, len(r.Rows)*len(targets), c.Name, t, brief(cells), time.Since(begin).Round(time.Second))
				if o.verbose && stderr != "" {
					fmt.Fprintf(os.Stderr, "--- %s at %s\n%s\n", c.Name, t, stderr)
				}
			})
		}
	}
	work.Wait()
	if err := context.Cause(ctx); err != nil {
		return r, fmt.Errorf("the run was stopped: %w", err)
	}
	return r, p.record(o.requests)
}

// brief names what is not whole.
func brief(cells []Cell) string {
	var names []string
	for _, c := range cells {
		if c.State == broken {
			names = append(names, heading(c.Feature))
		}
	}
	if len(names) == 0 {
		return "whole"
	}
	return "NOT WHOLE: " + strings.Join(names, ", ")
}

// record tells which requests the vendor refused, and writes all of them to a file, if one is named.
func (p place) record(file string) error {
	var all strings.Builder
	for _, got := range p.gateway.vendor.Requests() {
		if got.Status == http.StatusBadRequest && got.Refuse != double.Refused {
			p.say("--- the vendor refused %s: %s\n%.1500s", got.Path, got.Refuse, got.Body)
		}
		fmt.Fprintf(&all, "%s %d %s\n%s\n\n", got.Path, got.Status, got.Refuse, got.Body)
	}
	if file == "" {
		return nil
	}
	return os.WriteFile(file, []byte(all.String()), 0o600)
}

// cells checks one client at one target.
func (p place) cells(ctx context.Context, c Client, t Target, wanted string) (cells []Cell, stderr string) {
	drive := p.driveOn
	if c.Runtime == "agent" {
		drive = p.ask
	}
	results, stderr, err := drive(ctx, c, t, wanted)
	for _, f := range wantedFeatures(wanted) {
		cell := Cell{Target: t, Feature: f, State: broken, Detail: "the script reported nothing"}
		if err != nil {
			cell.Detail += ": " + err.Error()
		}
		if err != nil && stderr != "" {
			cell.Detail += ": " + lastLine(stderr)
		}
		for _, r := range results {
			if r.Feature == f {
				cell.State, cell.Detail = r.State, r.Detail
			}
		}
		if f == "embeddings" && t == anthropic {
			cell.State, cell.Detail = absent, "" // the vendor has none
		}
		if reason := exception(c, t, f); cell.State == broken && reason != "" {
			cell.State, cell.Detail = excepted, reason
		}
		cells = append(cells, cell)
	}
	return cells, stderr
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

func clientNamed(name string) Client {
	for _, c := range clients() {
		if c.Name == name {
			return c
		}
	}
	return Client{}
}
