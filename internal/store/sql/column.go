package sqlstore

import (
	"encoding/base64"
	"encoding/json"
	"time"
)

// Columns hold what SQLite and PostgreSQL store alike: times as nanoseconds since 1970 UTC,
// bytes as base64, lists and maps as JSON text.

func nanos(t time.Time) int64 { return t.UnixNano() }

func timeOf(nanos int64) time.Time { return time.Unix(0, nanos).UTC() }

// nanosOrNull stores the zero time, which has no UnixNano, as NULL.
func nanosOrNull(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	n := t.UnixNano()
	return &n
}

func timeOrZero(nanos *int64) time.Time {
	if nanos == nil {
		return time.Time{}
	}
	return timeOf(*nanos)
}

func encodeBytes(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

func decodeBytes(s string) ([]byte, error) { return base64.StdEncoding.DecodeString(s) }

func jsonText(v any) string {
	b, _ := json.Marshal(v) // lists of strings and maps of prices always encode
	return string(b)
}
