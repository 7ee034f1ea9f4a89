package memindex

import (
	"cmp"
	"math"
	"slices"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/eviction"
	"github.com/sluicegate/sluice/cache/key"
)

// partition holds the points of one key.Partition. codes and points are parallel; the codes
// stand apart because a search reads all of them and few points.
type partition struct {
	key    key.Partition
	codes  []code
	points []*point
}

// point is one question.
type point struct {
	place
	slot    int         // in its partition
	expires int64       // nanoseconds since 1970
	values  []int8      // components of the vector, in units of scale
	scale   float32     // the vector with this scale has length 1
	found   atomic.Bool // by a search, since eviction last considered the point

	eviction.Place[point]
}

// place identifies a point.
type place struct {
	partition *partition
	id        key.Digest
}

// setVector stores a vector in 8 bits per component, its largest component as ±127.
func (p *point) setVector(vector []float32) {
	var largest float64
	for _, x := range vector {
		largest = max(largest, math.Abs(float64(x)))
	}
	unit := 127 / largest
	square := 0
	p.values = make([]int8, len(vector))
	for i, x := range vector {
		v := int(math.RoundToEven(float64(x) * unit))
		p.values[i] = int8(v)
		square += v * v
	}
	p.scale = float32(1 / math.Sqrt(float64(square)))
}

// vector returns the stored vector at length 1.
func (p *point) vector() []float32 {
	v := make([]float32, len(p.values))
	for i, x := range p.values {
		v[i] = float32(x) * p.scale
	}
	return v
}

// cosine compares the stored vector with another one of length 1.
func (p *point) cosine(unit []float32) float32 {
	var sum float32
	for i, x := range p.values {
		sum += unit[i] * float32(x)
	}
	return sum * p.scale
}

func (q *partition) add(p *point, c code) {
	p.slot = len(q.points)
	q.codes, q.points = append(q.codes, c), append(q.points, p)
}

// remove moves the last point into the slot of p.
func (q *partition) remove(p *point) {
	last := len(q.points) - 1
	q.codes[p.slot], q.points[p.slot] = q.codes[last], q.points[last]
	q.points[p.slot].slot = p.slot
	q.points[last] = nil
	q.codes, q.points = q.codes[:last], q.points[:last]
}

// rescored is how many of the nearest codes are compared by their vectors, at least.
const rescored = 16

// search compares codes first, then the vectors of the points with the nearest codes.
func (q *partition) search(c code, vector []float32, k int, minCosine float32, now time.Time) []cache.Match {
	candidates := q.nearest(&c, max(rescored, k), minCosine, now)
	if len(candidates) == 0 {
		return nil
	}
	unit := normalised(vector)
	var matches []cache.Match
	for _, p := range candidates {
		if score := p.cosine(unit); score >= minCosine {
			p.found.Store(true)
			matches = append(matches, cache.Match{ID: p.id, Score: score})
		}
	}
	slices.SortFunc(matches, func(a, b cache.Match) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), slices.Compare(a.ID[:], b.ID[:]))
	})
	return matches[:min(k, len(matches))]
}

// nearest returns at most n points whose codes may belong to vectors with this cosine, the
// nearest first. Of two at the same distance the one in the lower slot comes first. Most codes
// are told by their first half.
func (q *partition) nearest(c *code, n int, cosine float32, now time.Time) []*point {
	type candidate struct {
		*point
		distance int
	}
	var best []candidate // ordered by distance
	moment := now.UnixNano()
	half, whole := maxDistance(cosine, codeBits/2), maxDistance(cosine, codeBits)
	for slot := range q.codes {
		other := &q.codes[slot]
		d := c.firstHalf(other)
		if d > half {
			continue
		}
		d += c.secondHalf(other)
		if d > whole || moment >= q.points[slot].expires {
			continue
		}
		if len(best) == n {
			best = best[:n-1]
		}
		at := len(best)
		for at > 0 && best[at-1].distance > d {
			at--
		}
		best = slices.Insert(best, at, candidate{q.points[slot], d})
		if len(best) == n {
			whole = best[n-1].distance - 1 // only a nearer point may replace the last one
		}
	}
	points := make([]*point, len(best))
	for i := range points {
		points[i] = best[i].point
	}
	return points
}

// normalised returns a vector at length 1.
func normalised(vector []float32) []float32 {
	var square float64
	for _, x := range vector {
		square += float64(x) * float64(x)
	}
	length := math.Sqrt(square)
	unit := make([]float32, len(vector))
	for i, x := range vector {
		unit[i] = float32(float64(x) / length)
	}
	return unit
}
