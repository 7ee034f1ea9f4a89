package main

import (
	"bytes"
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
var features = []string{"plain", "stream", "tools", "parallel", "images", "files", "structured", "reasoning", "cached", "embeddings", "models", "count",
	"errors", "broken", "abort", "redaction"}

// headings are what the columns are called in print.
var headings = map[string]string{"parallel": "parallel tools", "cached": "cached tokens", "count": "count tokens", "broken": "broken stream"}

func heading(feature string) string {
	if h := headings[feature]; h != "" {
		return h
	}
	return feature
}

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
	Family  string `json:"family"`
	Package string `json:"package"`
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
		if row.count(broken) > 0 {
			return true
		}
	}
	return len(r.Rows) == 0
}

func (row Row) count(state State) (n int) {
	for _, c := range row.Cells {
		if c.State == state {
			n++
		}
	}
	return n
}

// summary is a cell in print, for the native target or for all others: "ok", "–", or what is
// broken where. Reasons are numbered.
func (row Row) summary(feature string, native bool, n *notes) string {
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
			bad = append(bad, "("+n.number(c.Detail)+")")
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
		return "ok"
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

func (n *notes) print(w io.Writer) {
	for i, reason := range n.all {
		fmt.Fprintf(w, "%d. %s\n", i+1, reason)
	}
}

// grid writes rows as a table in Markdown whose columns are aligned. The first row is the head.
func grid(w io.Writer, rows [][]string) error {
	tab := tabwriter.NewWriter(w, 0, 0, 1, ' ', 0)
	for i, row := range rows {
		fmt.Fprintln(tab, "| "+strings.Join(row, "\t| ")+"\t|")
		if i == 0 {
			fmt.Fprintln(tab, strings.Repeat("|---\t", len(row))+"|")
		}
	}
	return tab.Flush()
}

// table writes two lines per client, one for the target of its own format and one for the others,
// and the reasons below them.
func (r *Report) table(w *bytes.Buffer) error {
	head := []string{"client", "version", "target"}
	for _, f := range r.Features {
		head = append(head, heading(f))
	}
	rows := [][]string{head}
	var n notes
	for _, row := range r.Rows {
		for _, native := range []bool{true, false} {
			line, ran := []string{row.Client, row.Version, "native"}, false
			if !native {
				line[2] = "translated"
			}
			for _, f := range r.Features {
				s := row.summary(f, native, &n)
				ran = ran || s != ""
				line = append(line, s)
			}
			if ran {
				rows = append(rows, line)
			}
		}
	}
	if err := grid(w, rows); err != nil {
		return err
	}
	good, all := r.score()
	fmt.Fprintf(w, "\n%d of %d cells are whole.\n\n", good, all)
	n.print(w)
	return nil
}

// score counts the cells: those that are whole, and those that the clients and vendors have.
func (r *Report) score() (good, all int) {
	for _, row := range r.Rows {
		good += row.count(whole)
		all += len(row.Cells) - row.count(absent)
	}
	return good, all
}

// print prints the table, and below it what is broken in detail.
func (r *Report) print(w io.Writer) error {
	var b bytes.Buffer
	if err := r.table(&b); err != nil {
		return err
	}
	for _, row := range r.Rows {
		for _, c := range row.Cells {
			if c.State == broken {
				fmt.Fprintf(&b, "%s at %s: %s: %s\n", row.Client, c.Target, c.Feature, c.Detail)
			}
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}
