package listing

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Position marks the last row of a page. The next page begins with the first older row: rows
// sort by time, then by id.
type Position struct {
	Time time.Time // UTC, whole microseconds
	ID   string
}

// Cursor encodes the position as the opaque text that the API hands out.
func (p Position) Cursor() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(p.Time.UnixMicro(), 36) + "." + p.ID))
}

// ParseCursor decodes a Cursor. It returns nil for "", and a Invalid error for a text that
// is no cursor.
func ParseCursor(s string) (*Position, error) {
	if s == "" {
		return nil, nil
	}
	bad := gateway.InvalidField("listing.ParseCursor", "cursor", "The 'cursor' is none that this server gave.")
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return nil, bad
	}
	at, id, ok := strings.Cut(string(b), ".")
	us, err := strconv.ParseInt(at, 36, 64)
	if !ok || err != nil {
		return nil, bad
	}
	return &Position{time.UnixMicro(us).UTC(), id}, nil
}

// CheckPeriod refuses a period that ends before it begins. Zero times are open ends.
func CheckPeriod(op string, since, until time.Time) error {
	if !since.IsZero() && !until.IsZero() && until.Before(since) {
		return gateway.InvalidField(op, "until", "The time 'until' lies before 'since'.")
	}
	return nil
}

// InPeriod reports whether since ≤ t < until. Zero times are open ends.
func InPeriod(t, since, until time.Time) bool {
	return (since.IsZero() || !t.Before(since)) && (until.IsZero() || t.Before(until))
}
