package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// family is a line of the short table: all rows of clients that belong together.
type family struct {
	name     string
	packages []string // with their versions
	good     int
	all      int
	missing  []string // features that are not whole everywhere
}

// families sums up the rows, in their order.
func (r *Report) families() (all []*family) {
	for _, row := range r.Rows {
		i := slices.IndexFunc(all, func(f *family) bool { return f.name == row.Family })
		if i < 0 {
			i = len(all)
			all = append(all, &family{name: row.Family})
		}
		all[i].add(row)
	}
	return all
}

func (f *family) add(row Row) {
	if p := row.Package + " " + row.Version; !slices.Contains(f.packages, p) {
		f.packages = append(f.packages, p)
	}
	f.good += row.count(whole)
	f.all += len(row.Cells) - row.count(absent)
	for _, c := range row.Cells {
		if h := heading(c.Feature); (c.State == broken || c.State == excepted) && !slices.Contains(f.missing, h) {
			f.missing = append(f.missing, h)
		}
	}
}

// summaryTable writes one line per family.
func (r *Report) summaryTable(w *bytes.Buffer) error {
	rows := [][]string{{"clients", "versions", "whole", "not whole at every target"}}
	for _, f := range r.families() {
		rows = append(rows, []string{f.name, strings.Join(f.packages, ", "), fmt.Sprintf("%d of %d", f.good, f.all), strings.Join(f.missing, ", ")})
	}
	return grid(w, rows)
}
