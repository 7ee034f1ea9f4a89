// Package memindex finds near questions inside this process, without a graph: it scans
// 256-bit codes of all vectors of a partition and rescores the best.
//
// A code holds the signs of a vector after a random rotation; two vectors at an angle a
// differ in about 256·a/π bits. The scan looks at the first 128 bits only, in an array of
// their own that fits the processor's cache, and goes on with those few that may still
// reach the wanted cosine (four standard deviations of room for the half, five for the
// whole, so that hardly any is lost). The 16 nearest codes are rescored with the vectors,
// kept as 8-bit integers.
//
// Memory is bounded: when it is used up, the oldest points go first, except that a
// point found since it was last considered gets another round.
package memindex

import (
	"context"
	"sync"
	"time"

	"github.com/sluicegate/sluice/cache"
)

// Config bounds an index.
type Config struct {
	Dim      int
	MaxBytes int64            // 0 = 128 MiB
	Now      func() time.Time // nil = time.Now
}

// Index implements cache.VectorIndex and cache.Local.
type Index struct {
	supply
	limit  int64
	now    func() time.Time
	spin   *rotation
	mu     sync.RWMutex
	bytes  int64
	parts  map[cache.Partition]*part
	places map[place]int // slot in its partition
	queue  []place       // in the order of eviction; may hold what is gone
	head   int
}

type place struct {
	part cache.Partition
	id   cache.Digest
}

// New makes an empty index for vectors of one length.
func New(cfg Config) *Index {
	if cfg.MaxBytes == 0 {
		cfg.MaxBytes = 128 << 20
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	x := &Index{supply: supply{dim: cfg.Dim}, limit: cfg.MaxBytes, now: cfg.Now, spin: newRotation(cfg.Dim),
		parts: map[cache.Partition]*part{}, places: map[place]int{}}
	x.bytes = x.weight()
	return x
}

// Search implements cache.VectorIndex.
func (x *Index) Search(_ context.Context, p cache.Partition, vector []float32, k int, min float32) ([]cache.Match, error) {
	matches, _, err := x.Look(p, vector, k, min)
	return matches, err
}

// Look implements cache.Local.
func (x *Index) Look(p cache.Partition, vector []float32, k int, min float32) (matches []cache.Match, made cache.Sketch, err error) {
	const op = "memindex.Search"
	if err := p.Check(op); err != nil {
		return nil, made, err
	}
	if err := cache.CheckVector(op, vector, x.dim); err != nil {
		return nil, made, err
	}
	if k <= 0 {
		return nil, made, nil
	}
	now := x.now().UnixNano()
	c := x.spin.code(vector)
	x.mu.RLock()
	defer x.mu.RUnlock()
	if part := x.parts[p]; part != nil {
		matches = part.search(c, vector, k, min, now)
	}
	return matches, cache.Sketch(c), nil
}

// Add implements cache.VectorIndex: all of the points, or none and an error.
func (x *Index) Add(_ context.Context, points ...cache.Point) error {
	const op = "memindex.Add"
	for i := range points {
		if err := points[i].Partition.Check(op); err != nil {
			return err
		}
		if err := cache.CheckVector(op, points[i].Vector, x.dim); err != nil {
			return err
		}
	}
	now := x.now()
	x.mu.Lock()
	defer x.mu.Unlock()
	for i := range points {
		if now.Before(points[i].Expires) {
			x.add(&points[i])
		}
	}
	return nil
}

func (x *Index) add(p *cache.Point) {
	at := place{p.Partition, p.ID}
	q := x.parts[p.Partition]
	c := code(p.Sketch)
	if p.Sketch == (cache.Sketch{}) {
		c = x.spin.code(p.Vector)
	}
	if slot, ok := x.places[at]; ok {
		q.set(slot, p, c)
		return
	}
	if q == nil {
		q = &part{supply: &x.supply}
		x.parts[p.Partition] = q
		x.bytes += partBytes
	}
	x.places[at] = q.append(p, c)
	x.queue = append(x.queue, at)
	x.bytes += x.pointBytes()
	for x.bytes > x.limit && len(x.places) > 1 {
		x.evict()
	}
}

// What a partition and a point weigh: slices, map slots and the queue.
const partBytes = 400

func (x *Index) pointBytes() int64 { return int64(x.dim) + 32 + 4 + 4 + 8 + 16 + 120 + 48 }

// evict removes the point at the head of the queue, unless it has been found lately.
func (x *Index) evict() {
	at := x.queue[x.head]
	x.head++
	if x.head > len(x.queue)/2 {
		x.queue = append(x.queue[:0], x.queue[x.head:]...)
		x.head = 0
	}
	slot, ok := x.places[at]
	if !ok {
		return
	}
	if x.parts[at.part].forgive(slot) {
		x.queue = append(x.queue, at)
		return
	}
	x.remove(at, slot)
}

// remove moves the partition's last point into the slot.
func (x *Index) remove(at place, slot int) {
	q := x.parts[at.part]
	delete(x.places, at)
	if moved, ok := q.remove(slot); ok {
		x.places[place{at.part, moved}] = slot
	}
	x.bytes -= x.pointBytes()
	if len(q.points) == 0 {
		delete(x.parts, at.part)
		x.bytes -= partBytes
	}
}

// Delete implements cache.VectorIndex.
func (x *Index) Delete(_ context.Context, sel cache.Selection) error {
	if err := sel.Check("memindex.Delete"); err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, id := range sel.IDs {
		at := place{sel.Partition, id}
		if slot, ok := x.places[at]; ok {
			x.remove(at, slot)
		}
	}
	if len(sel.IDs) == 0 {
		x.deleteMany(sel)
	}
	x.tidy()
	return nil
}

func (x *Index) deleteMany(sel cache.Selection) {
	before := sel.Expired.UnixNano()
	for p, q := range x.parts {
		all := !sel.Workspace.IsZero()
		if all && p.Workspace() != sel.Workspace {
			continue
		}
		for slot := len(q.points) - 1; slot >= 0; slot-- {
			if all || q.points[slot].expires < before {
				x.remove(place{p, q.points[slot].id}, slot)
			}
		}
	}
}

// tidy rebuilds the queue when most of it is gone.
func (x *Index) tidy() {
	if len(x.queue)-x.head <= 2*len(x.places)+64 {
		return
	}
	keep := x.queue[:0]
	for _, at := range x.queue[x.head:] {
		if _, ok := x.places[at]; ok {
			keep = append(keep, at)
		}
	}
	x.queue, x.head = keep, 0
}

// Has implements cache.Local.
func (x *Index) Has(p cache.Partition) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.parts[p] != nil
}

// Points implements cache.Local. The vectors are those that were added, to the
// precision of their 8-bit form, and live until yield returns. The index is locked for
// writers meanwhile.
func (x *Index) Points(yield func(cache.Point) bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	room := make([]float32, x.dim)
	for _, at := range x.queue[x.head:] {
		slot, ok := x.places[at]
		if ok && !yield(x.parts[at.part].point(at, slot, room)) {
			return
		}
	}
}

// Len is the number of points, Bytes what they are taken to weigh.
func (x *Index) Len() (points int, bytes int64) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.places), x.bytes
}

var (
	_ cache.VectorIndex = (*Index)(nil)
	_ cache.Local       = (*Index)(nil)
)
