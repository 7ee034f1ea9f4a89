package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/tidwall/gjson"
	"golang.org/x/term"
)

// Column is one column of a table: its heading and the gjson path of its value. "a|b" is the
// first of the two that is not empty.
type Column [2]string

// PrintTable prints the items of a list: aligned on a terminal, else separated by tabs for cut
// and awk. With --json it prints the server's JSON.
func (c *Client) PrintTable(answer gjson.Result, columns ...Column) error {
	if c.JSON {
		return c.PrintJSON(answer)
	}
	rows := make([][]string, 0, 16)
	for _, item := range answer.Get("data").Array() {
		row := make([]string, len(columns))
		for i, col := range columns {
			row[i] = CellText(FirstOf(item, col[1]))
		}
		rows = append(rows, row)
	}
	heads := make([]string, len(columns))
	for i, col := range columns {
		heads[i] = col[0]
	}
	return WriteTable(c.Out, IsTerminal(c.Out), heads, rows)
}

// FirstOf returns the first value of the paths "a|b" that is not empty.
func FirstOf(item gjson.Result, paths string) gjson.Result {
	for _, p := range strings.Split(paths, "|") {
		if v := item.Get(p); v.Exists() && v.String() != "" {
			return v
		}
	}
	return gjson.Result{}
}

// WriteTable writes rows below their heads: aligned, or separated by tabs.
func WriteTable(out io.Writer, aligned bool, heads []string, rows [][]string) error {
	w := out
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

// PrintObject prints the fields of one object, one per line.
func (c *Client) PrintObject(answer gjson.Result, fields ...Column) error {
	if c.JSON {
		return c.PrintJSON(answer)
	}
	var rows [][]string
	for _, f := range fields {
		if v := FirstOf(answer, f[1]); v.Type != gjson.Null {
			rows = append(rows, []string{f[0], CellText(v)})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return WriteTable(c.Out, IsTerminal(c.Out), rows[0], rows[1:])
}

// PrintLine prints a line, or with --json the answer.
func (c *Client) PrintLine(answer gjson.Result, format string, args ...any) error {
	if c.JSON {
		return c.PrintJSON(answer)
	}
	_, err := fmt.Fprintf(c.Out, format+"\n", args...)
	return err
}

func (c *Client) PrintJSON(answer gjson.Result) error {
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(answer.Raw), "", "  "); err != nil {
		return fmt.Errorf("print the answer: %w", err)
	}
	_, err := fmt.Fprintln(c.Out, EscapeControls(b.String()))
	return err
}

// EscapeControls writes the control characters in the strings of a JSON text as \u escapes.
// JSON itself escapes those below U+0020 only; terminals also obey those from U+0080 on and the
// characters that change the direction of text.
func EscapeControls(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r >= 0x7F && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r) // an invalid byte becomes U+FFFD
		}
	}
	return b.String()
}

// CellText formats a value for a table: a list is joined by commas, no value is "-".
func CellText(v gjson.Result) string {
	switch {
	case v.Type == gjson.Null:
		return "-"
	case v.IsArray():
		var parts []string
		for _, item := range v.Array() {
			parts = append(parts, CellText(item))
		}
		if len(parts) == 0 {
			return "-"
		}
		return strings.Join(parts, ",")
	case v.IsObject():
		var parts []string
		v.ForEach(func(k, item gjson.Result) bool {
			parts = append(parts, Printable(k.String())+"="+CellText(item))
			return true
		})
		if len(parts) == 0 {
			return "-"
		}
		return strings.Join(parts, ",")
	case v.Type == gjson.Number:
		return v.Raw // as the server spelled it: a float would lose digits of an amount
	case v.String() == "":
		return "-"
	}
	return Printable(v.String())
}

// Printable shows control and other unprintable characters as escapes, so that text from
// elsewhere cannot control the terminal or break a row.
func Printable(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case unicode.Is(unicode.Zs, r): // no-break space and the like
			b.WriteByte(' ')
		default:
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
	}
	return b.String()
}

// IsTerminal reports whether a person reads what is written to w.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
