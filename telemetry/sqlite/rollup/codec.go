package rollup

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/sluicegate/sluice/telemetry"
)

// writer packs numbers as varints, and texts with their length.
type writer []byte

func (w *writer) int(n int64) { *w = binary.AppendVarint(*w, n) }

func (w *writer) text(s string) {
	*w = binary.AppendUvarint(*w, uint64(len(s)))
	*w = append(*w, s...)
}

// ascending packs a set of numbers as their distances.
func (w *writer) ascending(numbers []int64) {
	slices.Sort(numbers)
	w.int(int64(len(numbers)))
	last := int64(0)
	for _, n := range numbers {
		w.int(n - last)
		last = n
	}
}

func (w *writer) times(t *telemetry.Times) {
	t.Compact()
	w.int(int64(len(*t)))
	last := int64(0)
	for _, c := range *t {
		us := c.Time.Microseconds()
		w.int(us - last)
		w.int(c.Count)
		last = us
	}
}

// reader reads what writer packed. After an error it reads zeros.
type reader struct {
	rest []byte
	err  error
}

func (r *reader) fail() { r.rest, r.err = nil, errDamaged }

func (r *reader) byte() byte {
	if len(r.rest) == 0 {
		r.fail()
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

func (r *reader) int() int64 {
	n, size := binary.Varint(r.rest)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

// count reads how many elements follow, each of which has a byte at least.
func (r *reader) count() int64 {
	n := r.int()
	if n < 0 || n > int64(len(r.rest)) {
		r.fail()
		return 0
	}
	return n
}

func (r *reader) texts() (out []string) {
	for len(r.rest) > 0 {
		n, size := binary.Uvarint(r.rest)
		if size <= 0 || n > uint64(len(r.rest)-size) {
			r.fail()
			return nil
		}
		out = append(out, string(r.rest[size:size+int(n)]))
		r.rest = r.rest[size+int(n):]
	}
	return out
}

// times adds the times of a group, of which first tells those of the first chunk. A nil group is
// passed over.
func (r *reader) times(into *telemetry.AnalyticsPart, first bool) {
	last := int64(0)
	for range r.count() {
		last += r.int()
		n := r.int()
		switch {
		case into == nil:
		case first:
			into.FirstChunks.AddRounded(time.Duration(last)*time.Microsecond, n)
		default:
			into.Latencies.AddRounded(time.Duration(last)*time.Microsecond, n)
		}
	}
}

// users adds the users of a group, which are places in names. A nil group is passed over.
func (r *reader) users(into *telemetry.AnalyticsPart, names []string) {
	last := int64(0)
	for range r.count() {
		last += r.int()
		if last < 0 || last >= int64(len(names)) {
			r.fail()
			return
		}
		if into != nil {
			into.UserSet[names[last]] = true
		}
	}
}
