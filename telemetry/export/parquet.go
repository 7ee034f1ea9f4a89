package export

import (
	"io"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/telemetry"
)

// A row group is held in memory until it is written.
const (
	groupRows  = 5_000
	groupBytes = 16 << 20
)

// parquetFile writes a Parquet file whose columns are optional and sorted by name.
type parquetFile struct {
	out     *parquet.GenericWriter[any]
	columns []*field // by the index of the column
	values  parquet.Row
	rows    int // in the row group
	bytes   int
}

// nodes are the column types.
var nodes = map[kind]func() parquet.Node{
	text:     parquet.String,
	whole:    func() parquet.Node { return parquet.Int(64) },
	number:   func() parquet.Node { return parquet.Leaf(parquet.DoubleType) },
	flag:     func() parquet.Node { return parquet.Leaf(parquet.BooleanType) },
	moment:   func() parquet.Node { return parquet.Timestamp(parquet.Microsecond) },
	document: parquet.JSON,
}

func newParquet(w io.Writer, columns []*field) *parquetFile {
	group := parquet.Group{}
	for _, f := range columns {
		group[f.name] = parquet.Optional(nodes[f.kind]())
	}
	schema := parquet.NewSchema("exchange", group)
	e := &parquetFile{out: parquet.NewGenericWriter[any](w, schema, parquet.Compression(&parquet.Zstd)), columns: make([]*field, len(columns)), values: make(parquet.Row, len(columns))}
	for _, f := range columns {
		leaf, _ := schema.Lookup(f.name) // made of the same names
		e.columns[leaf.ColumnIndex] = f
	}
	return e
}

func (e *parquetFile) Write(r *telemetry.Record) error {
	one := rowOf(r)
	for i, f := range e.columns {
		v := one.value(f)
		e.bytes += len(v.Raw)
		if value, ok := parquetValue(f.kind, v); ok {
			e.values[i] = value.Level(0, 1, i)
		} else {
			e.values[i] = parquet.NullValue().Level(0, 0, i)
		}
	}
	if _, err := e.out.WriteRows([]parquet.Row{e.values}); err != nil {
		return err
	}
	if e.rows++; e.rows < groupRows && e.bytes < groupBytes {
		return nil
	}
	e.rows, e.bytes = 0, 0
	return e.out.Flush()
}

func (e *parquetFile) Close() error { return e.out.Close() }

// parquetValue is false for null.
func parquetValue(k kind, v gjson.Result) (parquet.Value, bool) {
	if v.Type == gjson.Null {
		return parquet.Value{}, false
	}
	switch k {
	case whole:
		return parquet.Int64Value(v.Int()), true
	case number:
		return parquet.DoubleValue(v.Float()), true
	case flag:
		return parquet.BooleanValue(v.Bool()), true
	case moment:
		t, err := time.Parse(time.RFC3339Nano, v.Str)
		return parquet.Int64Value(t.UnixMicro()), err == nil
	case document:
		return parquet.ByteArrayValue([]byte(v.Raw)), true
	default:
		return parquet.ByteArrayValue([]byte(v.Str)), true
	}
}
