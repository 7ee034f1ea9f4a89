package demo

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/feedback"
)

// Mark is the metadata key that every row of the demonstration has; its value is "true".
const Mark = "demo"

// MaxDays is how many days of traffic can be made.
const MaxDays = 28

// Settings of the traffic. All are required.
type Settings struct {
	Seed  uint64
	Days  int       // 1 to MaxDays
	Until time.Time // when the traffic ends
	Cast  Cast      // at least one caller who codes, and one who does not
	// Price returns the price of a provider's model at a time; ok is false if it has none.
	Price func(provider, model string, at time.Time) (price gateway.Price, ok bool)
}

// Traffic makes rows. Any goroutine may use it.
type Traffic struct{ Settings }

// Hours returns how many hours the traffic has.
func (t Traffic) Hours() int { return 24 * t.Days }

// callsByHour is how many events the hours of a working day have, by the time of day in UTC.
var callsByHour = [24]int{2, 1, 1, 1, 2, 4, 9, 16, 26, 32, 34, 30, 24, 30, 34, 32, 26, 18, 12, 9, 8, 6, 4, 3}

// Hour makes the rows of one hour, oldest first, and the feedback on them. The turns of a session
// that began in it may be later.
func (t Traffic) Hour(i int) ([]*telemetry.Record, []feedback.Feedback) {
	begin := t.Until.UTC().Truncate(time.Microsecond).Add(time.Duration(i-t.Hours()) * time.Hour)
	h := &hour{Settings: t.Settings, random: rand.New(rand.NewPCG(t.Seed, uint64(i))), begin: begin}
	n := callsByHour[begin.Hour()]
	if day := begin.Weekday(); day == time.Saturday || day == time.Sunday {
		n = n/4 + 1
	}
	for range n + h.random.IntN(n/3+1) {
		at := begin.Add(time.Duration(h.random.Int64N(int64(time.Hour))))
		if h.chance(12) {
			h.session(at)
		} else {
			h.question(at)
		}
	}
	slices.SortFunc(h.rows, func(a, b *telemetry.Record) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.ID, b.ID))
	})
	return h.rows, h.feedback
}

// hour is an hour that is being made.
type hour struct {
	Settings
	random   *rand.Rand
	begin    time.Time
	rows     []*telemetry.Record
	feedback []feedback.Feedback
}

// chance is true in so many of a hundred cases.
func (h *hour) chance(percent int) bool { return h.random.IntN(100) < percent }

// between returns a number from low to high.
func (h *hour) between(low, high int) int { return low + h.random.IntN(high-low+1) }

func pick[T any](h *hour, of []T) T { return of[h.random.IntN(len(of))] }

// caller returns one who codes, or one who does not.
func (h *hour) caller(coder bool) Caller {
	return pick(h, slices.DeleteFunc(slices.Clone(h.Cast.Callers), func(c Caller) bool { return c.Coder != coder }))
}

// keep adds a row, if it is not in the future.
func (h *hour) keep(r *telemetry.Record) bool {
	if r.Time.Add(r.Latency).After(h.Until) {
		return false
	}
	slices.SortFunc(r.Metadata, func(a, b telemetry.Pair) int { return cmp.Compare(a.Key, b.Key) })
	h.rows = append(h.rows, r)
	return true
}
