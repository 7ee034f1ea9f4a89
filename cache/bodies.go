package cache

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"sync"
	"time"

	"github.com/sluicegate/sluice/cache/seal"
)

// Bodies keep large answers outside of the Archive, for all replicas. They may drop a body at any
// time: what they have lost is a miss. They are safe for concurrent use.
type Bodies interface {
	// Put keeps a body until it expires, or longer. Nobody writes to the body afterwards.
	Put(ctx context.Context, name string, body []byte, expires time.Time) error
	// Get returns a body, nil if there is none. It was put with the same time of expiry.
	Get(ctx context.Context, name string, expires time.Time) ([]byte, error)
}

// Deleting is an optional interface of Bodies that delete what expired, and count it.
type Deleting interface {
	Deleted() (deleted, refused uint64)
}

// Removing is an optional interface of Bodies that remove a body before it expires, because no archived
// entry has its key any more. An Archive names the bodies of the points that it removed or replaced.
type Removing interface {
	// Remove removes a body soon, and returns at once. What is dropped goes when it expires.
	Remove(name string, expires time.Time)
	Removed() (removed, refused, dropped uint64)
}

// bodyPlace says where the body of an archived entry is, and how it is read. Each body has a key of
// its own, which only the archived entry has: once that is deleted nobody can read the body, wherever
// there are copies of it.
type bodyPlace struct {
	name [16]byte // random
	key  [32]byte
}

const bodyPlaceSize = 16 + 32

func newBodyPlace() *bodyPlace {
	p := new(bodyPlace)
	_, _ = rand.Read(p.name[:]) // crypto/rand.Read does not fail
	_, _ = rand.Read(p.key[:])
	return p
}

func (p *bodyPlace) file() string { return hex.EncodeToString(p.name[:]) }

func (p *bodyPlace) append(b []byte) []byte { return append(append(b, p.name[:]...), p.key[:]...) }

// readBodyPlace reads what append appends; nil if it is damaged.
func readBodyPlace(b []byte) *bodyPlace {
	if len(b) != bodyPlaceSize {
		return nil
	}
	p := new(bodyPlace)
	copy(p.key[:], b[copy(p.name[:], b):])
	return p
}

// bodyWriters is how many bodies of a batch are written at once.
const bodyWriters = 8

// putBodies writes the large bodies of a batch, and returns the points that may be archived: those
// whose bodies were written, or are small.
func (s *Service) putBodies(ctx context.Context, batch []pendingPoint) []pendingPoint {
	if s.archive == nil || s.cfg.Bodies == nil {
		return batch
	}
	var writers sync.WaitGroup
	free := make(chan struct{}, bodyWriters)
	lost := make([]bool, len(batch))
	for i := range batch {
		e := batch[i].entry
		if len(e.body) <= s.cfg.BodiesOver {
			continue
		}
		free <- struct{}{}
		writers.Go(func() {
			defer func() { <-free }()
			place := newBodyPlace()
			sealed := seal.New(place.key[:]).Close(nil, e.body, place.name[:])
			if err := s.cfg.Bodies.Put(ctx, place.file(), sealed, e.expires); err != nil {
				lost[i] = true
				return
			}
			archived := *e
			archived.body, archived.elsewhere = nil, place
			batch[i].entry = &archived
		})
	}
	writers.Wait()
	kept := batch[:0]
	for i := range batch {
		if lost[i] {
			s.failed.Add(1)
			continue
		}
		kept = append(kept, batch[i])
	}
	return kept
}

// removeBody removes the body of an entry that is not archived after all.
func (s *Service) removeBody(e *entry) {
	if bodies, ok := s.cfg.Bodies.(Removing); ok && e.elsewhere != nil {
		bodies.Remove(e.elsewhere.file(), e.expires)
	}
}

// whole returns an entry with its body, nil if the body is not to be had.
func (s *Service) whole(ctx context.Context, e *entry) *entry {
	if e.elsewhere == nil {
		return e
	}
	if s.cfg.Bodies == nil || !s.reading.Allow(s.cfg.Now) {
		return nil
	}
	call, cancel := within(ctx, s.cfg.BodyTimeout)
	defer cancel()
	sealed, err := s.cfg.Bodies.Get(call, e.elsewhere.file(), e.expires)
	if ctx.Err() == nil { // a caller who left says nothing about the store
		s.reading.Note(s.cfg.Now, err)
	}
	if err != nil || sealed == nil {
		return nil
	}
	body, err := seal.New(e.elsewhere.key[:]).Open(nil, sealed, e.elsewhere.name[:])
	if err != nil {
		return nil
	}
	found := *e
	found.body, found.elsewhere = body, nil
	return &found
}

// wholeNeighbours returns neighbours with their bodies, nil if that of the first is not to be had.
func (s *Service) wholeNeighbours(ctx context.Context, near []neighbour) (found []neighbour) {
	for i, n := range near {
		if n.entry = s.whole(ctx, n.entry); n.entry != nil {
			found = append(found, n)
		} else if i == 0 {
			return nil
		}
	}
	return found
}
