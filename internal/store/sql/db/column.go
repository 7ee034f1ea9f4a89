package db

import (
	"encoding/base64"
	"encoding/json"
	"time"
)

// Columns hold what SQLite and PostgreSQL store alike: times as nanoseconds since 1970 UTC,
// bytes as base64, lists and maps as JSON text.

// Nanos is a time as a column holds it.
func Nanos(t time.Time) int64 { return t.UnixNano() }

// Time is the time that a column holds.
func Time(nanos int64) time.Time { return time.Unix(0, nanos).UTC() }

// NanosOrNull stores the zero time, which has no UnixNano, as NULL.
func NanosOrNull(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	n := t.UnixNano()
	return &n
}

// TimeOrZero is the time of a column that may be NULL.
func TimeOrZero(nanos *int64) time.Time {
	if nanos == nil {
		return time.Time{}
	}
	return Time(*nanos)
}

// EncodeBytes is how a column holds bytes.
func EncodeBytes(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// DecodeBytes are the bytes that a column holds.
func DecodeBytes(s string) ([]byte, error) { return base64.StdEncoding.DecodeString(s) }

// JSON is how a column holds a list or a map.
func JSON(v any) string {
	b, _ := json.Marshal(v) // lists of strings and maps of prices always encode
	return string(b)
}
