package export

import (
	"encoding/csv"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/telemetry"
)

// csvFile writes a line of names, and one per exchange.
type csvFile struct {
	out     *csv.Writer
	columns []*field
	cells   []string
}

func newCSV(w io.Writer, columns []*field) *csvFile {
	e := &csvFile{out: csv.NewWriter(w), columns: columns, cells: make([]string, len(columns))}
	for i, f := range columns {
		e.cells[i] = f.name
	}
	_ = e.out.Write(e.cells) // buffered: Close reports an error
	return e
}

func (e *csvFile) Write(r *telemetry.Record) error {
	one := rowOf(r)
	for i, f := range e.columns {
		e.cells[i] = cell(one.value(f))
	}
	return e.out.Write(e.cells)
}

func (e *csvFile) Close() error {
	e.out.Flush()
	return e.out.Error()
}

func cell(v gjson.Result) string {
	switch v.Type {
	case gjson.Null:
		return ""
	case gjson.String:
		return inert(v.Str)
	default:
		return v.Raw
	}
}

// formulaStarts are the characters with which spreadsheets begin a formula, also in full width, and
// those that they pass over before one
// (https://owasp.org/www-community/attacks/CSV_Injection).
const formulaStarts = "=+-@\t\r\n＝＋－＠"

// inert puts an apostrophe before a text that a spreadsheet would take for a formula.
func inert(s string) string {
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, " "))
	if first != utf8.RuneError && strings.ContainsRune(formulaStarts, first) {
		return "'" + s
	}
	return s
}
