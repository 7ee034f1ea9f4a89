// Package memindex is a vector index in this process.
//
// It has no graph: a search compares the 256-bit codes of all points of a partition, and
// then the vectors of the 16 points with the nearest codes. Vectors are kept as 8-bit
// integers.
//
// Memory is bounded. The oldest point is evicted first, but a point that was found since it
// was last considered is moved to the end of the order (second chance).
package memindex

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/eviction"
	"github.com/sluicegate/sluice/cache/key"
)

// Config bounds an index.
type Config struct {
	Dim      int              // length of the vectors
	MaxBytes int64            // 0 = 128 MiB
	Now      func() time.Time // nil = time.Now
}

// Index implements cache.VectorIndex and cache.Local. A point belongs to the Index. Its slot
// and its place in the order are read under mu only, its mark of use is atomic, and the rest never changes.
type Index struct {
	cfg      Config
	rotation *rotation

	mu         sync.RWMutex
	partitions map[key.Partition]*partition
	points     map[place]*point
	order      eviction.Order[point, *point]
}

// New makes an empty index.
func New(cfg Config) *Index {
	if cfg.MaxBytes == 0 {
		cfg.MaxBytes = 128 << 20
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Index{cfg: cfg, rotation: newRotation(cfg.Dim), partitions: map[key.Partition]*partition{},
		points: map[place]*point{}}
}

// Has implements cache.Screen.
func (x *Index) Has(part key.Partition) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.partitions[part] != nil
}

// Search implements cache.VectorIndex.
func (x *Index) Search(_ context.Context, part key.Partition, vector []float32, k int, min float32) ([]cache.Match, error) {
	const op = "memindex.Search"
	if err := part.Check(op); err != nil {
		return nil, err
	}
	if err := cache.CheckVector(op, vector, x.cfg.Dim); err != nil {
		return nil, err
	}
	if k <= 0 {
		return nil, nil
	}
	c := x.rotation.code(vector)
	x.mu.RLock()
	defer x.mu.RUnlock()
	q := x.partitions[part]
	if q == nil {
		return nil, nil
	}
	return q.search(c, vector, k, min, x.cfg.Now()), nil
}

// Add implements cache.VectorIndex. It adds all of the points, or none and returns an error.
func (x *Index) Add(_ context.Context, points ...cache.Point) error {
	const op = "memindex.Add"
	for _, p := range points {
		if err := p.Partition.Check(op); err != nil {
			return err
		}
		if err := cache.CheckVector(op, p.Vector, x.cfg.Dim); err != nil {
			return err
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, p := range points {
		if x.cfg.Now().Before(p.Expires) {
			x.add(p)
		}
	}
	return nil
}

func (x *Index) add(added cache.Point) {
	if old := x.find(added.Partition, added.ID); old != nil {
		x.remove(old)
	}
	q := x.partitions[added.Partition]
	if q == nil {
		q = &partition{key: added.Partition}
		x.partitions[q.key] = q
	}
	p := &point{place: place{q, added.ID}, expires: added.Expires.UnixNano()}
	p.setVector(added.Vector)
	q.add(p, x.rotation.code(added.Vector))
	x.points[p.place] = p
	x.order.Push(p)
	for x.bytes() > x.cfg.MaxBytes && len(x.points) > 1 {
		x.evict()
	}
}

// find returns a point, nil if there is none.
func (x *Index) find(part key.Partition, id key.Digest) *point {
	return x.points[place{x.partitions[part], id}]
}

// The overhead of a partition and of a point in bytes: structs and map slots.
const (
	partitionOverhead = 400
	pointOverhead     = 240
)

// bytes estimates the memory in use.
func (x *Index) bytes() int64 {
	return int64(len(x.partitions))*partitionOverhead + int64(len(x.points))*int64(pointOverhead+x.cfg.Dim)
}

// evict removes the first point of the order, or gives it a second chance.
func (x *Index) evict() {
	p := x.order.First()
	if p.found.Swap(false) {
		x.order.Remove(p)
		x.order.Push(p)
		return
	}
	x.remove(p)
}

func (x *Index) remove(p *point) {
	q := p.partition
	q.remove(p)
	if len(q.points) == 0 {
		delete(x.partitions, q.key)
	}
	delete(x.points, p.place)
	x.order.Remove(p)
}

// Delete implements cache.VectorIndex.
func (x *Index) Delete(_ context.Context, sel cache.Selection) error {
	if err := sel.Check("memindex.Delete"); err != nil {
		return err
	}
	if len(sel.IDs) > 0 {
		x.deleteIDs(sel.Partition, sel.IDs)
	} else {
		x.deletePoints(func(part key.Partition, expires time.Time) bool {
			return part.Workspace == sel.Workspace || expires.Before(sel.Expired)
		})
	}
	return nil
}

func (x *Index) deleteIDs(part key.Partition, ids []key.Digest) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, id := range ids {
		if p := x.find(part, id); p != nil {
			x.remove(p)
		}
	}
}

// passPart is at how many points a pass looks without a pause.
const passPart = 1000

// deletePoints removes all points that are selected. Others get the lock every passPart points, so that no
// search waits for a whole pass; what they add meanwhile may stay.
func (x *Index) deletePoints(selected func(part key.Partition, expires time.Time) bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	visited := 0
	for at, p := range x.points {
		if selected(at.partition.key, time.Unix(0, p.expires)) {
			x.remove(p)
		}
		if visited++; visited%passPart == 0 {
			x.mu.Unlock()
			x.mu.Lock()
		}
	}
}

// Points implements cache.Local, in the order of eviction. Vectors have length 1 and the
// precision of 8 bits per component. The index is not locked meanwhile: a snapshot takes long,
// and every question would wait for it.
func (x *Index) Points(yield func(cache.Point) bool) {
	for _, p := range x.all() {
		if !yield(cache.Point{Partition: p.partition.key, ID: p.id, Vector: p.vector(), Expires: time.Unix(0, p.expires)}) {
			return
		}
	}
}

// all lists the points in the order of eviction.
func (x *Index) all() []*point {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return slices.AppendSeq(make([]*point, 0, len(x.points)), x.order.All())
}

// Len returns the number of points and an estimate of their size in bytes.
func (x *Index) Len() (points int, bytes int64) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.points), x.bytes()
}

var (
	_ cache.VectorIndex = (*Index)(nil)
	_ cache.Local       = (*Index)(nil)
	_ cache.Screen      = (*Index)(nil)
)
