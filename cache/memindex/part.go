package memindex

import (
	"math"
	"math/bits"
	"slices"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/cache"
)

// part holds the points of one partition, in parallel arrays.
type part struct {
	*supply
	heads  []half // the first half of each code: what the scan reads
	tails  []half // the other one: what it reads of those few whose heads are near
	points []point
	blocks [][]int8 // dim values of each point, blockSize points in a block
}

// half is 128 bits of a code. With 64, a third of the texts about one subject would pass for
// near, and each costs a look into memory that no cache holds.
type half [2]uint64

// point is what else there is to know of a slot.
type point struct {
	expires int64 // unix nanoseconds
	id      cache.Digest
	scale   float32 // value × scale = component; the vectors have length 1
	used    uint32  // found since it was last considered for eviction; atomic
}

func (q *part) append(p *cache.Point, c code) int {
	q.heads, q.tails = append(q.heads, half{}), append(q.tails, half{})
	q.points = append(q.points, point{id: p.ID})
	slot := len(q.points) - 1
	q.extend(slot)
	q.set(slot, p, c)
	return slot
}

// extend makes room for the values of a slot: the first block grows as it is needed, the
// others are whole.
func (q *part) extend(slot int) {
	block, end := slot/blockSize, (slot%blockSize+1)*q.dim
	switch {
	case block == len(q.blocks) && block == 0:
		q.blocks = append(q.blocks, make([]int8, end))
	case block == len(q.blocks):
		q.blocks = append(q.blocks, q.take())
	case end > len(q.blocks[block]):
		grown := make([]int8, min(2*end, blockSize*q.dim))
		copy(grown, q.blocks[block])
		q.blocks[block] = grown
	}
}

func (q *part) values(slot int) []int8 {
	at := slot % blockSize * q.dim
	return q.blocks[slot/blockSize][at : at+q.dim]
}

// set writes the vector at length 1, its largest component as ±127.
func (q *part) set(slot int, p *cache.Point, c code) {
	at := &q.points[slot]
	q.heads[slot], q.tails[slot] = half{c[0], c[1]}, half{c[2], c[3]}
	at.expires = p.Expires.UnixNano()
	var top uint32 // floats without a sign are in the order of their bits
	for _, x := range p.Vector {
		top = max(top, math.Float32bits(x)&^(1<<31))
	}
	scale := 127 / math.Float32frombits(top)
	const round = 3 << 22 // a float so large that it has no fraction: adding it rounds
	values := q.values(slot)[:len(p.Vector)]
	sum := 0
	for i, x := range p.Vector {
		v := int32(math.Float32bits(x*scale+round)) - int32(math.Float32bits(round))
		values[i] = int8(v)
		sum += int(v * v)
	}
	at.scale = float32(1 / math.Sqrt(float64(sum)))
}

// remove fills the slot with the last point and names the one that moved.
func (q *part) remove(slot int) (moved cache.Digest, ok bool) {
	last := len(q.points) - 1
	if slot != last {
		q.heads[slot], q.tails[slot], q.points[slot] = q.heads[last], q.tails[last], q.points[last]
		copy(q.values(slot), q.values(last))
		moved, ok = q.points[last].id, true
	}
	q.heads, q.tails, q.points = q.heads[:last], q.tails[:last], q.points[:last]
	if last > 0 && last%blockSize == 0 {
		q.give(q.blocks[last/blockSize])
		q.blocks[last/blockSize] = nil
		q.blocks = q.blocks[:last/blockSize]
	}
	return moved, ok
}

// forgive takes the mark of use from the slot and reports whether it was there.
func (q *part) forgive(slot int) bool {
	was := q.points[slot].used != 0
	q.points[slot].used = 0
	return was
}

func (q *part) point(at place, slot int, room []float32) cache.Point {
	p := cache.Point{Partition: at.part, ID: at.id, Vector: room, Expires: time.Unix(0, q.points[slot].expires)}
	for i, v := range q.values(slot) {
		p.Vector[i] = float32(v) * q.points[slot].scale
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

// search collects the nearest codes in order of distance, then rescores them.
func (q *part) search(c code, vector []float32, k int, min float32, now int64) []cache.Match {
	p := differing(min)
	s := scan{q: q, code: c, now: now, wide: max(rescored, k), all: bound(p, 256, 5)}
	var room [rescored]near
	best := room[:0]
	near := int(bound(p, 128, 4))
	for i := 0; ; i++ {
		i += far(q.heads[i:], c[0], c[1], near)
		if i == len(q.heads) {
			return q.rescore(best, vector, k, min)
		}
		best = s.consider(best, i)
	}
}

// far counts the heads in front of the first one that differs from a head, given as two
// words, in no more than near bits. It reads four at a time: nearly always none is near.
func far(heads []half, h0, h1 uint64, near int) (n int) {
	for ; len(heads) >= 4; heads = heads[4:] {
		d0 := bits.OnesCount64(heads[0][0]^h0) + bits.OnesCount64(heads[0][1]^h1)
		d1 := bits.OnesCount64(heads[1][0]^h0) + bits.OnesCount64(heads[1][1]^h1)
		d2 := bits.OnesCount64(heads[2][0]^h0) + bits.OnesCount64(heads[2][1]^h1)
		d3 := bits.OnesCount64(heads[3][0]^h0) + bits.OnesCount64(heads[3][1]^h1)
		if min(d0, d1, d2, d3) <= near {
			break
		}
		n += 4
	}
	for i := range heads {
		if bits.OnesCount64(heads[i][0]^h0)+bits.OnesCount64(heads[i][1]^h1) <= near {
			break
		}
		n++
	}
	return n
}

// scan is one search under way.
type scan struct {
	q    *part
	code code
	now  int64
	wide int   // how many are wanted at most
	all  int32 // what is farther is of no interest
}

// consider compares the whole code of a slot whose head is near. best are the nearest so
// far, in order; it is no field because then it would not stay on the stack.
func (s *scan) consider(best []near, slot int) []near {
	head, tail, c := &s.q.heads[slot], &s.q.tails[slot], &s.code
	distance := int32(bits.OnesCount64(head[0]^c[0]) + bits.OnesCount64(head[1]^c[1]) + bits.OnesCount64(tail[0]^c[2]) + bits.OnesCount64(tail[1]^c[3]))
	if distance > s.all || s.q.points[slot].expires <= s.now {
		return best
	}
	if len(best) == s.wide {
		if distance >= best[s.wide-1].distance {
			return best
		}
		best = best[:s.wide-1]
	}
	best = insert(best, near{int32(slot), distance})
	if len(best) == s.wide { // from now on only what is nearer than the last one counts
		s.all = best[s.wide-1].distance
	}
	return best
}

func insert(best []near, n near) []near {
	best = append(best, n)
	for i := len(best) - 1; i > 0 && best[i].distance < best[i-1].distance; i-- {
		best[i], best[i-1] = best[i-1], best[i]
	}
	return best
}

// differing is the share of bits in which the codes of two vectors with this cosine differ.
func differing(cosine float32) float64 {
	return math.Acos(max(-1, math.Min(float64(cosine), 1))) / math.Pi
}

// bound is the number of bits, of n, that differ at most where each does with probability p:
// the mean and some standard deviations.
func bound(p, n, deviations float64) int32 {
	return int32(math.Min(n, math.Ceil(n*p+deviations*math.Sqrt(n*p*(1-p))+1)))
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
	var room [rescored]cache.Match
	found := room[:0]
	for _, n := range best {
		slot := int(n.slot)
		p := &q.points[slot]
		score := dot(vector, q.values(slot)) * p.scale * unit
		if score < min {
			continue
		}
		atomic.StoreUint32(&p.used, 1)
		found = append(found, cache.Match{ID: p.id, Score: score})
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
	return append([]cache.Match(nil), found[:least(k, len(found))]...)
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
