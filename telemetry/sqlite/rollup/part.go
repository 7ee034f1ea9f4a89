package rollup

import (
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/sluicegate/sluice/telemetry"
)

// Part is the packed form of one column of a bucket. Sums begins with its version; Times and Users
// have their groups in the same order. Names is the bucket's list of users, which Users refers to.
type Part struct {
	Sums, Times, Users []byte
	Names              []byte
}

// version is the first byte of Part.Sums.
const version = 1

var errDamaged = errors.New("rollup: a packed sum is damaged")

// Pack packs one column.
func (b *Bucket) Pack(c Column) Part {
	sums, times, users, names := writer{version}, writer{}, writer{}, writer{}
	last := int64(0)
	for _, n := range slices.Sorted(maps.Keys(b.Columns[c])) {
		part := b.Columns[c][n]
		sums.int(n - last)
		last = n
		for _, field := range fields(&part.AnalyticsRow) {
			sums.int(*field)
		}
		sums.int(part.Latency.Sum.Microseconds())
		sums.int(part.FirstChunk.Sum.Microseconds())
		sums.int(part.Last.Sub(b.Start).Microseconds())
		times.times(part.Latencies)
		times.times(part.FirstChunks)
		places := make([]int64, 0, len(part.UserSet))
		for user := range part.UserSet {
			places = append(places, b.places[user])
		}
		users.ascending(places)
	}
	if c == User {
		for _, user := range b.Users {
			names.text(user)
		}
	}
	return Part{sums, times, users, names}
}

// fields are the numbers of a row that are packed as they are.
func fields(r *telemetry.AnalyticsRow) [12]*int64 {
	return [...]*int64{&r.Calls, &r.Errors, &r.Hits, &r.Rescued, &r.Input, &r.Output, &r.Cost, &r.Charged, &r.Saved, &r.Unpriced, &r.Latency.Count, &r.FirstChunk.Count}
}

// Wanted says what is read of a part.
type Wanted struct {
	Latencies, Users bool
	// Number tells under which number the exchanges of n are added up, if at all. nil: their own.
	Number func(n int64) (as int64, ok bool)
}

// AddTo adds a part of a bucket that begins at start to sums. What is not wanted may be absent.
func (p *Part) AddTo(sums Sums, start time.Time, want Wanted) error {
	in, times, users := reader{rest: p.Sums}, reader{rest: p.Times}, reader{rest: p.Users}
	if in.byte() != version {
		return errDamaged
	}
	names := (&reader{rest: p.Names}).texts()
	var n int64
	for len(in.rest) > 0 && in.err == nil {
		n += in.int()
		var row telemetry.AnalyticsRow
		for _, field := range fields(&row) {
			*field = in.int()
		}
		row.Latency.Sum = time.Duration(in.int()) * time.Microsecond
		row.FirstChunk.Sum = time.Duration(in.int()) * time.Microsecond
		row.Last = start.Add(time.Duration(in.int()) * time.Microsecond)
		var into *telemetry.AnalyticsPart
		as, ok := n, true
		if want.Number != nil {
			as, ok = want.Number(n)
		}
		if ok {
			into = sums.of(as, want.Latencies, want.Users)
			into.AnalyticsRow.Merge(&row)
		}
		if want.Latencies {
			times.times(into, false)
			times.times(into, true)
		}
		if want.Users {
			users.users(into, names)
		}
	}
	return errors.Join(in.err, times.err, users.err)
}

// Names returns the users of a bucket: the numbers of the column User are places in this list.
func Names(packed []byte) []string { return (&reader{rest: packed}).texts() }
