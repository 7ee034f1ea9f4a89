package export

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"

	"github.com/sluicegate/sluice/internal/jsonx"
	"github.com/sluicegate/sluice/telemetry"
)

// jsonLines writes one JSON object per line: the row as GET /v1/logs lists it, or the chosen fields.
type jsonLines struct {
	out     *bufio.Writer
	columns []*field // nil = the whole row
	bodies  bool
	line    bytes.Buffer
}

func newJSONL(w io.Writer, j *Job) *jsonLines {
	e := &jsonLines{out: bufio.NewWriter(w), bodies: j.Bodies}
	if len(j.Fields) > 0 {
		e.columns = j.columns()
	}
	return e
}

func (e *jsonLines) Write(r *telemetry.Record) error {
	one := rowOf(r)
	e.line.Reset()
	if e.columns == nil {
		raw := one.json
		if e.bodies {
			raw = withBodies(&one)
		}
		if err := json.Compact(&e.line, raw); err != nil { // what was asked may have line breaks
			return err
		}
	} else if err := e.chosen(&one); err != nil {
		return err
	}
	e.line.WriteByte('\n')
	_, err := e.out.Write(e.line.Bytes())
	return err
}

// withBodies is the row with what was asked and answered, where that is recorded.
func withBodies(r *row) []byte {
	raw := r.json
	for _, name := range []string{"request", "response"} {
		f, _ := fieldNamed(name)
		if v := r.value(f); v.Raw != "" {
			raw = jsonx.Update(raw, jsonx.Change{Name: name, Value: []byte(v.Raw)})
		}
	}
	return raw
}

func (e *jsonLines) chosen(r *row) error {
	e.line.WriteByte('{')
	for i, f := range e.columns {
		if i > 0 {
			e.line.WriteByte(',')
		}
		name, _ := json.Marshal(f.name) // a text always encodes
		e.line.Write(name)
		e.line.WriteByte(':')
		v := r.value(f)
		if v.Raw == "" {
			e.line.WriteString("null")
		} else if err := json.Compact(&e.line, []byte(v.Raw)); err != nil {
			return err
		}
	}
	e.line.WriteByte('}')
	return nil
}

func (e *jsonLines) Close() error { return e.out.Flush() }
