package reconcile

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Entry is what one side says was used. Tokens and Cost are 0 where Has says that the side does not
// tell them.
type Entry struct {
	Day   string // of UTC, "2026-11-29"
	Model string
	Key   string // of the vendor, or the virtual key; "" = not told
	Amounts
}

// Amounts are what was used of a group.
type Amounts struct {
	Calls, Input, Output int64
	Cost                 int64 // nano-USD
	Has                  Has
}

// Has says which amounts a side tells.
type Has struct{ Calls, Tokens, Cost bool }

func (a *Amounts) add(b Amounts) {
	a.Calls, a.Input, a.Output, a.Cost = a.Calls+b.Calls, a.Input+b.Input, a.Output+b.Output, a.Cost+b.Cost
	a.Has = Has{a.Has.Calls || b.Has.Calls, a.Has.Tokens || b.Has.Tokens, a.Has.Cost || b.Has.Cost}
}

// zero reports whether nothing was used.
func (a *Amounts) zero() bool { return a.Calls == 0 && a.Input == 0 && a.Output == 0 && a.Cost == 0 }

// Export is the content of a vendor's file.
type Export struct {
	Format   string   // for people: "OpenAI usage"
	Vendors  []string // ids of the providers whose rows it is about
	Entries  []Entry
	Excluded int // entries that are about no model: taxes, other services
}

// named reports whether the models of the entries are the words of a bill, and no ids.
func (x *Export) named() bool {
	return slices.ContainsFunc(clouds, func(c cloud) bool { return c.format == x.Format })
}

// Error is a mistake in a file.
type Error struct {
	Line int // of a text; 0 = it has none
	Row  int // of a Parquet file; 0 = the file as a whole
	Text string
}

func (e *Error) Error() string {
	switch {
	case e.Line > 0:
		return "line " + strconv.Itoa(e.Line) + ": " + e.Text
	case e.Row > 0:
		return "row " + strconv.Itoa(e.Row) + ": " + e.Text
	}
	return e.Text
}

func mistake(line int, format string, args ...any) error {
	return &Error{Line: line, Text: fmt.Sprintf(format, args...)}
}

// day is the day of a time: Unix seconds, a date, or a timestamp as vendors write it.
func day(text string) (string, bool) {
	text = strings.TrimSuffix(strings.TrimSpace(text), " UTC")
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 0 && n < 1<<40 {
		return time.Unix(n, 0).UTC().Format(time.DateOnly), true
	}
	for _, form := range []string{time.RFC3339, time.DateOnly, time.DateTime, "2006-01-02T15:04:05", "2006-01-02 15:04:05.999999"} {
		if t, err := time.Parse(form, text); err == nil {
			return t.UTC().Format(time.DateOnly), true
		}
	}
	return "", false
}

// maxCount bounds the counts of a file.
const maxCount = 1 << 50

func count(text string) (int64, bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, true
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n < 0 || n > maxCount || n != math.Trunc(n) {
		return 0, false
	}
	return int64(n), true
}

// nano converts an amount of money, of which as many make a USD, to nano-USD. Amounts may be
// negative: credits.
func nano(text string, perUSD float64) (int64, bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, true
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) || math.Abs(n) > 1e9*perUSD {
		return 0, false
	}
	return int64(math.Round(n / perUSD * 1e9)), true
}
