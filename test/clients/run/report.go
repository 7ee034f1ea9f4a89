package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// State is the state of a feature at one target.
type State string

// The states. excepted is broken with a reason that does not lie with the gateway.
const (
	whole    State = "whole"
	broken   State = "broken"
	absent   State = "absent" // the client or the target has no such feature
	excepted State = "excepted"
)

// features are the columns, in order. SDKs report them under these names.
var features = []string{"plain", "stream", "tools", "images", "structured", "reasoning", "embeddings", "errors", "broken", "redaction"}

// headings are what the columns are called in print.
var headings = map[string]string{"broken": "broken stream"}

// Cell is one feature of a client at one target.
type Cell struct {
	Target  Target `json:"target"`
	Feature string `json:"feature"`
	State   State  `json:"state"`
	Detail  string `json:"detail,omitempty"`
}

// Row is one client.
type Row struct {
	Client  string `json:"client"`
	Version string `json:"version"`
	Format  string `json:"format"`
	Native  Target `json:"native"`
	Cells   []Cell `json:"cells"`
}

// Report is what a run has found.
type Report struct {
	Features []string `json:"features"`
	Rows     []Row    `json:"rows"`
}

func (r *Report) broken() bool {
	for _, row := range r.Rows {
		for _, c := range row.Cells {
			if c.State == broken {
				return true
			}
		}
	}
	return len(r.Rows) == 0
}

// summary is a cell in print, for the native target or for all others: "yes", "–", or what is
// broken where. Notes are numbered.
func (row Row) summary(feature string, native bool, notes *notes) string {
	var bad []string
	found, seen := false, false
	for _, c := range row.Cells {
		if c.Feature != feature || (c.Target == row.Native) != native {
			continue
		}
		switch c.State {
		case whole:
			found = true
		case excepted:
			bad = append(bad, "("+notes.number(c.Detail)+")")
		case broken:
			bad = append(bad, "NO:"+string(c.Target))
		}
		seen = true
	}
	switch {
	case len(bad) > 0:
		slices.Sort(bad)
		return strings.Join(slices.Compact(bad), " ")
	case found:
		return "yes"
	case seen:
		return "–"
	}
	return ""
}

// notes numbers the reasons below the table.
type notes struct{ all []string }

func (n *notes) number(reason string) string {
	i := slices.Index(n.all, reason)
	if i < 0 {
		i = len(n.all)
		n.all = append(n.all, reason)
	}
	return fmt.Sprint(i + 1)
}

// print prints the table: two lines per client, one for the target of its own format and one for
// the others. Below it stand the reasons, and what is broken in detail.
func (r *Report) print(w io.Writer) error {
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	heads := []string{"client", "version", "target"}
	for _, f := range r.Features {
		if h := headings[f]; h != "" {
			f = h
		}
		heads = append(heads, f)
	}
	fmt.Fprintln(tab, strings.Join(heads, "\t"))
	var n notes
	whole, all := 0, 0
	for _, row := range r.Rows {
		for _, native := range []bool{true, false} {
			line, kind := []string{row.Client, row.Version, "native"}, false
			if !native {
				line = []string{"", row.Format, "translated"}
			}
			for _, f := range r.Features {
				s := row.summary(f, native, &n)
				kind = kind || s != ""
				line = append(line, s)
			}
			if kind {
				fmt.Fprintln(tab, strings.Join(line, "\t"))
			}
		}
	}
	if err := tab.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w)
	for i, reason := range n.all {
		fmt.Fprintf(w, "(%d) %s\n", i+1, reason)
	}
	for _, row := range r.Rows {
		for _, c := range row.Cells {
			if c.State == State("whole") {
				whole++
			}
			if c.State != absent {
				all++
			}
			if c.State == broken {
				fmt.Fprintf(w, "%s at %s: %s: %s\n", row.Client, c.Target, c.Feature, c.Detail)
			}
		}
	}
	_, err := fmt.Fprintf(w, "%d of %d cells are whole\n", whole, all)
	return err
}
