package cache

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/cache/exact"
	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/cache/pace"
	"github.com/sluicegate/sluice/cache/seal"
	"github.com/sluicegate/sluice/gateway"
)

// entry is a stored answer with the question that it answers. Entries are immutable.
type entry struct {
	id        key.Digest
	alias     key.Digest    // zero: exact tier only
	partition key.Partition // its Context is zero in the exact tier
	text      string        // of the question, redacted like everything in the cache

	body       []byte     // a whole answer in the wire format of the caller
	elsewhere  *bodyPlace // of the body, if that is not here; in an Archive only
	output     []gateway.Verdict
	usage      gateway.Usage
	usageKnown bool
	cost       int64        // nano-USD; 0 if unknown
	origin     string       // ID of the exchange that stored it
	attributes []key.Digest // the last one is the group of traffic, if there is an alias
	caller     key.Digest   // whose quota it counts against; zero: nobody's
	pieces     pace.Pieces  // in which the answer came
	stored     time.Time
	expires    time.Time
	took       time.Duration // of the call that stored it
}

// answer returns the entry as an exact.Store keeps it, with its record.
func (e *entry) answer(record []byte) exact.Answer {
	return exact.Answer{ID: e.id, Alias: e.alias, Workspace: e.partition.Workspace, Record: record, Expires: e.expires,
		Attributes: e.attributes, Grouped: !e.alias.IsZero(), Stored: e.stored, Caller: e.caller}
}

// response returns the answer, whose body is in a dialect.
func (e *entry) response(d gateway.Dialect) *gateway.Response {
	var r gateway.Response
	r.Fold(bodyChunk(d, e.body))
	return &r
}

// usable reports whether the entry may serve a question that accepts answers of maxAge.
func (e *entry) usable(now time.Time, maxAge time.Duration) bool {
	return now.Before(e.expires) && now.Sub(e.stored) <= maxAge
}

// getEntry returns the entry with this ID or alias in a workspace, nil if there is none.
func (s *Service) getEntry(ctx context.Context, id, workspace key.Digest) (*entry, error) {
	record, err := s.store.Get(ctx, id)
	if err != nil || record == nil {
		return nil, err
	}
	if s.memory == nil {
		if record, err = s.seal.Open(nil, record, seal.PlaceOfAnswer(workspace)); err != nil {
			return nil, err
		}
	}
	e, err := readEntry(record)
	if err != nil {
		return nil, err
	}
	if e.partition.Workspace != workspace || e.id != id && e.alias != id {
		return nil, nil
	}
	return e, nil
}

// putEntry stores an entry unless a purge since the exchange began selects it.
func (s *Service) putEntry(ctx context.Context, e *entry, begun time.Time) error {
	a := e.answer(e.appendRecord(nil))
	if s.memory == nil {
		a.Record = s.seal.Close(nil, a.Record, seal.PlaceOfAnswer(a.Workspace))
	}
	record := a.Record // the store's afterwards, which only reads it
	err := s.purges.write(e, begun, func() error {
		err := s.store.Put(ctx, a)
		if err == nil && s.memory != nil {
			s.file.Add(frameEntry, record)
		}
		return err
	})
	if err == nil {
		s.changes.Add(1)
	}
	return err
}
