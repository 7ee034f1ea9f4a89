package reconcile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
)

// parquetMark is what a Parquet file begins with (https://parquet.apache.org/docs/file-format).
const parquetMark = "PAR1"

// Open reads an export from a file of a size, which Read would hold in memory. Of a Parquet file, only a
// page of each column that entries need is held at once.
func Open(file io.ReaderAt, size int64) (*Export, error) {
	mark := make([]byte, len(parquetMark))
	if _, err := file.ReadAt(mark, 0); err == nil && string(mark) == parquetMark {
		return readParquet(file, size)
	}
	if size > MaxFile {
		return nil, mistake(1, "the file is larger than %d MB", MaxFile>>20)
	}
	raw, err := io.ReadAll(io.NewSectionReader(file, 0, size))
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	return Read(raw)
}

// readParquet reads the bill of a cloud, one row group after the other. The names of its columns are those
// that it has as CSV; CUR 2.0 has some of them in the map "product"
// (https://docs.aws.amazon.com/cur/latest/userguide/table-dictionary-cur2.html).
func readParquet(from io.ReaderAt, size int64) (x *Export, err error) {
	defer func() { // the library panics on some files that are damaged
		if p := recover(); p != nil {
			x, err = nil, &Error{Text: fmt.Sprintf("the Parquet file is damaged: %v", p)}
		}
	}()
	file, err := parquet.OpenFile(from, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, &Error{Text: fmt.Sprintf("the Parquet file is damaged: %v", err)}
	}
	paths := file.Schema().Columns()
	names := make([]string, len(paths))
	for i, path := range paths {
		if names[i] = strings.ToLower(path[0]); len(path) > 1 && (names[i] != "product" || path[len(path)-1] != "value" && path[len(path)-1] != "key") {
			names[i] = ""
		}
	}
	bill, at := cloudOf(names)
	if bill == nil {
		return nil, &Error{Text: "the columns of the Parquet file are those of no bill that is known: AWS's Cost and Usage Report, or Azure's cost details"}
	}
	x = &Export{Format: bill.format, Vendors: bill.vendors}
	rows := 0
	for _, group := range file.RowGroups() {
		if err := x.readGroup(file.Schema(), group, bill, names, at, rows); err != nil {
			return nil, err
		}
		rows += int(group.NumRows())
	}
	return x, nil
}

// readGroup reads the rows of a group. before is the number of those before it.
func (x *Export) readGroup(schema *parquet.Schema, group parquet.RowGroup, bill *cloud, names []string, at map[string][]int, before int) error {
	paths := schema.Columns()
	columns := make([]*column, len(names))
	defer func() {
		for _, c := range columns {
			c.close()
		}
	}()
	row := make([]string, len(names))
	for i := range names {
		if names[i] != "" && slices.ContainsFunc(purposes(at), func(n int) bool { return n == i }) {
			leaf, _ := schema.Lookup(paths[i]...) // it is one of the schema's own
			columns[i] = &column{pages: group.ColumnChunks()[leaf.ColumnIndex].Pages(), text: textOf(leaf.Node.Type())}
		}
	}
	for n := range int(group.NumRows()) {
		product := map[string]string{}
		var keys []string
		for i, c := range columns {
			if c == nil {
				continue
			}
			values, err := c.next()
			if err != nil {
				return &Error{Row: before + n + 1, Text: fmt.Sprintf("the column '%s' is damaged: %v", names[i], err)}
			}
			last := paths[i][len(paths[i])-1]
			switch {
			case len(paths[i]) == 1:
				row[i] = values[0]
			case last == "key":
				keys = values
			default:
				for k, value := range values[:min(len(values), len(keys))] {
					product[keys[k]] = value
				}
				raw, err := json.Marshal(product)
				if err != nil {
					return fmt.Errorf("encode the product: %w", err)
				}
				row[i] = string(raw)
			}
		}
		e, ok, err := bill.entry(names, row, at, 0)
		var bad *Error
		switch {
		case errors.As(err, &bad):
			return &Error{Row: before + n + 1, Text: bad.Text}
		case err != nil:
			return err
		case !ok:
			x.Excluded++
		default:
			x.Entries = append(x.Entries, e)
		}
	}
	return nil
}

func purposes(at map[string][]int) (all []int) {
	for _, columns := range at {
		all = append(all, columns...)
	}
	return all
}

// column reads the values of one column, a page at a time.
type column struct {
	pages parquet.Pages
	text  func(parquet.Value) string
	page  parquet.Page
	from  parquet.ValueReader
	some  [64]parquet.Value
	ready []parquet.Value // of some
	ended bool
}

func (c *column) close() {
	if c == nil {
		return
	}
	if c.page != nil {
		parquet.Release(c.page)
	}
	_ = c.pages.Close() // nothing is written
}

// next returns the values of the next row: one, or those of a list.
func (c *column) next() (values []string, err error) {
	for {
		if err := c.fill(); err == io.EOF && len(values) > 0 {
			return values, nil
		} else if err == io.EOF {
			return nil, io.ErrUnexpectedEOF
		} else if err != nil {
			return nil, err
		}
		v := c.ready[0]
		if len(values) > 0 && v.RepetitionLevel() == 0 {
			return values, nil
		}
		text := ""
		if !v.IsNull() {
			text = c.text(v)
		}
		values, c.ready = append(values, text), c.ready[1:]
	}
}

// fill makes sure that a value is ready. The error is io.EOF after the last one.
func (c *column) fill() error {
	for len(c.ready) == 0 {
		if c.ended {
			return io.EOF
		}
		if c.from == nil {
			if c.page != nil {
				parquet.Release(c.page)
				c.page = nil
			}
			page, err := c.pages.ReadPage()
			if err != nil {
				c.ended = err == io.EOF
				return err
			}
			c.page, c.from = page, page.Values()
		}
		n, err := c.from.ReadValues(c.some[:])
		c.ready = c.some[:n]
		if err == io.EOF {
			c.from = nil
		} else if err != nil {
			return err
		}
	}
	return nil
}

// julianEpoch is the day of Unix time 0 as Parquet's oldest form of a time counts them.
const julianEpoch = 2_440_588

// textOf is the text of a column's values, as the same bill has it as CSV.
func textOf(t parquet.Type) func(parquet.Value) string {
	logical := t.LogicalType()
	return func(v parquet.Value) string {
		switch v.Kind() {
		case parquet.ByteArray, parquet.FixedLenByteArray:
			return string(v.ByteArray())
		case parquet.Double:
			return strconv.FormatFloat(v.Double(), 'f', -1, 64)
		case parquet.Float:
			return strconv.FormatFloat(float64(v.Float()), 'f', -1, 32)
		case parquet.Int96:
			days := int64(v.Int96()[2]) - julianEpoch
			return time.Unix(days*24*60*60, 0).UTC().Format(time.DateOnly)
		}
		if logical == nil || v.Kind() != parquet.Int64 && v.Kind() != parquet.Int32 {
			return v.String()
		}
		switch {
		case logical.Date != nil:
			return time.Unix(int64(v.Int32())*24*60*60, 0).UTC().Format(time.DateOnly)
		case logical.Timestamp != nil && logical.Timestamp.Unit.Nanos != nil:
			return time.Unix(0, v.Int64()).UTC().Format(time.RFC3339)
		case logical.Timestamp != nil && logical.Timestamp.Unit.Micros != nil:
			return time.UnixMicro(v.Int64()).UTC().Format(time.RFC3339)
		case logical.Timestamp != nil:
			return time.UnixMilli(v.Int64()).UTC().Format(time.RFC3339)
		}
		return v.String()
	}
}
