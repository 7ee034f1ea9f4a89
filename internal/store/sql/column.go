package sqlstore

import (
	"encoding/json"
	"time"
)

func nanos(t time.Time) int64 { return t.UnixNano() }

func moment(n int64) time.Time { return time.Unix(0, n).UTC() }

// maybe stores the zero time, which has no UnixNano, as NULL.
func maybe(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	n := t.UnixNano()
	return &n
}

func maybeMoment(n *int64) time.Time {
	if n == nil {
		return time.Time{}
	}
	return moment(*n)
}

func text(v any) string {
	b, _ := json.Marshal(v) // lists of strings and maps of prices always encode
	return string(b)
}
