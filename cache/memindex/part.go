package memindex

import (
	"math"
	"math/bits"
	"slices"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/cache"
)

// part holds the points of one partition, as parallel arrays.
type part struct {
	dim     int
	first   []uint64    // the first word of each code: what the scan reads
	rest    [][3]uint64 // the other words
	values  []int8      // dim of each
	scales  []float32   // value × scale = component; the vectors have length 1
	expires []int64     // unix nanoseconds
	used    []uint32    // found since it was last considered for eviction; atomic
	ids     []cache.Digest
}

func (q *part) append(p *cache.Point, c code) int {
	q.first = append(q.first, c[0])
	q.rest = append(q.rest, [3]uint64{c[1], c[2], c[3]})
	q.values = append(q.values, make([]int8, q.dim)...)
	q.scales = append(q.scales, 0)
	q.expires = append(q.expires, 0)
	q.used = append(q.used, 0)
	q.ids = append(q.ids, p.ID)
	slot := len(q.ids) - 1
	q.set(slot, p, c)
	return slot
}

// set writes the vector at length 1, its largest component as ±127.
func (q *part) set(slot int, p *cache.Point, c code) {
	q.first[slot], q.rest[slot] = c[0], [3]uint64{c[1], c[2], c[3]}
	q.expires[slot] = p.Expires.UnixNano()
	var top float32
	for _, x := range p.Vector {
		top = max(top, x, -x)
	}
	values := q.values[slot*q.dim : (slot+1)*q.dim]
	var sum float64
	for i, x := range p.Vector {
		v := math.Round(float64(x) * 127 / float64(top))
		values[i] = int8(v)
		sum += v * v
	}
	q.scales[slot] = float32(1 / math.Sqrt(sum))
}

// remove fills the slot with the last point and names the one that moved.
func (q *part) remove(slot int) (moved cache.Digest, ok bool) {
	last := len(q.ids) - 1
	if slot != last {
		q.first[slot], q.rest[slot] = q.first[last], q.rest[last]
		copy(q.values[slot*q.dim:], q.values[last*q.dim:])
		q.scales[slot], q.expires[slot] = q.scales[last], q.expires[last]
		q.used[slot], q.ids[slot] = q.used[last], q.ids[last]
		moved, ok = q.ids[last], true
	}
	q.first, q.rest, q.values = q.first[:last], q.rest[:last], q.values[:last*q.dim]
	q.scales, q.expires, q.used, q.ids = q.scales[:last], q.expires[:last], q.used[:last], q.ids[:last]
	return moved, ok
}

// forgive takes the mark of use from the slot and reports whether it was there.
func (q *part) forgive(slot int) bool {
	was := q.used[slot] != 0
	q.used[slot] = 0
	return was
}

func (q *part) point(at place, slot int) cache.Point {
	p := cache.Point{Partition: at.part, ID: at.id, Vector: make([]float32, q.dim), Expires: time.Unix(0, q.expires[slot])}
	for i, v := range q.values[slot*q.dim : (slot+1)*q.dim] {
		p.Vector[i] = float32(v) * q.scales[slot]
	}
	return p
}

// rescored is how many of the nearest codes are compared by their vectors.
const rescored = 16

// near is a slot with its distance, in bits.
type near struct {
	slot     int32
	distance int32
}

// search collects the nearest codes in order of distance, then rescores them. It reads
// the first words four at a time: nearly always none of them is near.
func (q *part) search(c code, vector []float32, k int, min float32, now int64) []cache.Match {
	var room [rescored]near
	s := scan{q: q, code: c, now: now, best: room[:0], wide: max(rescored, k), all: bound(min, 256)}
	one := int(bound(min, 64))
	first, i := q.first, 0
	for ; i+4 <= len(first); i += 4 {
		f := first[i : i+4 : i+4]
		d0, d1 := bits.OnesCount64(f[0]^c[0]), bits.OnesCount64(f[1]^c[0])
		d2, d3 := bits.OnesCount64(f[2]^c[0]), bits.OnesCount64(f[3]^c[0])
		if least(least(d0, d1), least(d2, d3)) > one {
			continue
		}
		if d0 <= one {
			s.consider(i, d0)
		}
		if d1 <= one {
			s.consider(i+1, d1)
		}
		if d2 <= one {
			s.consider(i+2, d2)
		}
		if d3 <= one {
			s.consider(i+3, d3)
		}
	}
	for ; i < len(first); i++ {
		if d := bits.OnesCount64(first[i] ^ c[0]); d <= one {
			s.consider(i, d)
		}
	}
	return q.rescore(s.best, vector, k, min)
}

// scan is one search under way.
type scan struct {
	q    *part
	code code
	now  int64
	best []near // the nearest so far, in order
	wide int    // how many at most
	all  int32  // what is farther is of no interest
}

// consider compares the whole code of a slot whose first word differs in d bits.
func (s *scan) consider(slot, d int) {
	r, c := &s.q.rest[slot], &s.code
	distance := int32(d + bits.OnesCount64(r[0]^c[1]) + bits.OnesCount64(r[1]^c[2]) + bits.OnesCount64(r[2]^c[3]))
	if distance > s.all || s.q.expires[slot] <= s.now {
		return
	}
	if len(s.best) == s.wide {
		if distance >= s.best[s.wide-1].distance {
			return
		}
		s.best = s.best[:s.wide-1]
	}
	s.best = insert(s.best, near{int32(slot), distance})
	if len(s.best) == s.wide { // from now on only what is nearer than the last one counts
		s.all = s.best[s.wide-1].distance
	}
}

func insert(best []near, n near) []near {
	best = append(best, n)
	for i := len(best) - 1; i > 0 && best[i].distance < best[i-1].distance; i-- {
		best[i], best[i-1] = best[i-1], best[i]
	}
	return best
}

// bound is the number of bits, of n, by which two vectors with cosine min differ at
// most: the mean and five standard deviations.
func bound(min float32, n float64) int32 {
	if min <= -1 {
		return int32(n)
	}
	p := math.Acos(math.Min(float64(min), 1)) / math.Pi
	return int32(math.Min(n, math.Ceil(n*p+5*math.Sqrt(n*p*(1-p))+1)))
}

func (q *part) rescore(best []near, vector []float32, k int, min float32) []cache.Match {
	if len(best) == 0 {
		return nil
	}
	var length float64
	for _, x := range vector {
		length += float64(x) * float64(x)
	}
	unit := float32(1 / math.Sqrt(length))
	found := make([]cache.Match, 0, k)
	for _, n := range best {
		slot := int(n.slot)
		score := dot(vector, q.values[slot*q.dim:(slot+1)*q.dim]) * q.scales[slot] * unit
		if score < min {
			continue
		}
		atomic.StoreUint32(&q.used[slot], 1)
		found = append(found, cache.Match{ID: q.ids[slot], Score: score})
	}
	slices.SortFunc(found, func(a, b cache.Match) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return slices.Compare(a.ID[:], b.ID[:])
	})
	return found[:least(k, len(found))]
}

func least(a, b int) int { // "min" is the wanted cosine here
	if a < b {
		return a
	}
	return b
}

// dot is a sum of products, four at a time so that the processor can overlap them.
func dot(a []float32, b []int8) float32 {
	var s0, s1, s2, s3 float32
	n := len(a)
	b = b[:n]
	i := 0
	for ; i+4 <= n; i += 4 {
		s0 += a[i] * float32(b[i])
		s1 += a[i+1] * float32(b[i+1])
		s2 += a[i+2] * float32(b[i+2])
		s3 += a[i+3] * float32(b[i+3])
	}
	for ; i < n; i++ {
		s0 += a[i] * float32(b[i])
	}
	return s0 + s1 + s2 + s3
}
