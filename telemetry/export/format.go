package export

import (
	"io"
	"slices"

	"github.com/sluicegate/sluice/telemetry"
)

// Format is the format of a file, and its ending.
type Format string

// The formats.
const (
	JSONL   Format = "jsonl"
	CSV     Format = "csv"
	Parquet Format = "parquet"
)

// Formats are the names of all formats.
func Formats() []string { return []string{string(JSONL), string(CSV), string(Parquet)} }

func (f Format) known() bool { return slices.Contains(Formats(), string(f)) }

// ContentType is the media type of a file.
func (f Format) ContentType() string {
	switch f {
	case CSV:
		return "text/csv; charset=utf-8"
	case Parquet:
		return "application/vnd.apache.parquet"
	default:
		return "application/x-ndjson"
	}
}

// encoder writes exchanges in one format. Close writes what is left, and does not close the file.
type encoder interface {
	Write(r *telemetry.Record) error
	Close() error
}

func (j *Job) encoder(w io.Writer) encoder {
	switch j.Format {
	case CSV:
		return newCSV(w, j.columns())
	case Parquet:
		return newParquet(w, j.columns())
	default:
		return newJSONL(w, j)
	}
}
