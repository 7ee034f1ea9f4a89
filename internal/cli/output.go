package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/tidwall/gjson"
	"golang.org/x/term"
)

// column is one column of a table: its heading and where a row has it.
type column struct{ head, path string }

// list prints the items of a list: aligned on a terminal, else tab-separated for cut and
// awk. --json prints what the server said.
func (c *client) list(answer gjson.Result, columns ...column) error {
	if c.json {
		return c.raw(answer)
	}
	rows := make([][]string, 0, 16)
	for _, item := range answer.Get("data").Array() {
		row := make([]string, len(columns))
		for i, col := range columns {
			row[i] = cell(firstOf(item, col.path))
		}
		rows = append(rows, row)
	}
	heads := make([]string, len(columns))
	for i, col := range columns {
		heads[i] = col.head
	}
	return table(c.out, isTerminal(c.out), heads, rows)
}

// firstOf is the first of a|b that is there.
func firstOf(item gjson.Result, paths string) gjson.Result {
	for _, p := range strings.Split(paths, "|") {
		if v := item.Get(p); v.Exists() && v.String() != "" {
			return v
		}
	}
	return gjson.Result{}
}

func table(out io.Writer, aligned bool, heads []string, rows [][]string) error {
	var w io.Writer = out
	var t *tabwriter.Writer
	if aligned {
		t = tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		w = t
	}
	for _, row := range append([][]string{heads}, rows...) {
		if _, err := fmt.Fprintln(w, strings.Join(row, "\t")); err != nil {
			return err
		}
	}
	if t != nil {
		return t.Flush()
	}
	return nil
}

// one prints the fields of one object, a line each.
func (c *client) one(answer gjson.Result, fields ...column) error {
	if c.json {
		return c.raw(answer)
	}
	var rows [][]string
	for _, f := range fields {
		if v := firstOf(answer, f.path); v.Type != gjson.Null {
			rows = append(rows, []string{f.head, cell(v)})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return table(c.out, isTerminal(c.out), rows[0], rows[1:])
}

// say prints a line, or with --json the answer.
func (c *client) say(answer gjson.Result, format string, args ...any) error {
	if c.json {
		return c.raw(answer)
	}
	_, err := fmt.Fprintf(c.out, format+"\n", args...)
	return err
}

func (c *client) raw(answer gjson.Result) error {
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(answer.Raw), "", "  "); err != nil {
		return fmt.Errorf("print the answer: %w", err)
	}
	_, err := fmt.Fprintln(c.out, b.String())
	return err
}

// cell is a value in a table: lists joined, nothing as "-".
func cell(v gjson.Result) string {
	switch {
	case v.Type == gjson.Null:
		return "-"
	case v.IsArray():
		var parts []string
		for _, item := range v.Array() {
			parts = append(parts, cell(item))
		}
		if len(parts) == 0 {
			return "-"
		}
		return strings.Join(parts, ",")
	case v.IsObject():
		var parts []string
		v.ForEach(func(k, item gjson.Result) bool {
			parts = append(parts, clean(k.String())+"="+cell(item))
			return true
		})
		if len(parts) == 0 {
			return "-"
		}
		return strings.Join(parts, ",")
	case v.Type == gjson.Number:
		return v.Raw // as the server spelled it: money has more digits than a float shows
	case v.String() == "":
		return "-"
	}
	return clean(v.String())
}

// clean keeps text that others wrote from steering the terminal or breaking a row.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
