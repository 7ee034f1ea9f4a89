package cache

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/gateway"
)

// ExactStore keeps encoded answers for the exact and alias tiers. Implementations do not
// return expired answers and are safe for concurrent use. They may drop an answer at any
// time. The conformance suite is cachetest.ExactStore.
type ExactStore interface {
	// Get returns the record of the answer with this ID or this alias, nil if there is none.
	// Nobody may write to the record.
	Get(ctx context.Context, id key.Digest) ([]byte, error)
	// Put stores an answer. It replaces the one with the same ID and takes over the alias.
	// The record belongs to the store afterwards.
	Put(ctx context.Context, answer StoredAnswer) error
	// Delete removes answers and returns how many there were.
	Delete(ctx context.Context, sel AnswerSelection) (int, error)
}

// StoredAnswer is an answer as an ExactStore keeps it.
type StoredAnswer struct {
	ID        key.Digest
	Alias     key.Digest // zero: none
	Workspace key.Digest
	Record    []byte // opaque; encrypted if the store was given in Config.Store
	Expires   time.Time
}

// AnswerSelection names the answers to delete. Exactly one field is set.
type AnswerSelection struct {
	Workspace key.Digest // every answer of a workspace
	IDs       []key.Digest
}

// Check refuses a selection that is empty or ambiguous. op names the operation in the error.
func (s AnswerSelection) Check(op string) error {
	if s.Workspace.IsZero() == (len(s.IDs) == 0) {
		return &gateway.Error{Op: op, Kind: gateway.Internal, Param: "selection",
			Public: "A deletion from the cache must name a workspace or answers."}
	}
	return nil
}

// getEntry returns the entry with this ID or alias in a workspace, nil if there is none.
func (s *Service) getEntry(ctx context.Context, id, workspace key.Digest) (*entry, error) {
	record, err := s.store.Get(ctx, id)
	if err != nil || record == nil {
		return nil, err
	}
	if s.memory == nil {
		if record, err = s.seal.open(nil, record, placeOfAnswer(workspace)); err != nil {
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

// putEntry stores an entry unless its workspace was purged since the exchange began.
func (s *Service) putEntry(ctx context.Context, e *entry, begun time.Time) error {
	a := StoredAnswer{ID: e.id, Alias: e.alias, Workspace: e.partition.Workspace, Record: e.appendRecord(nil), Expires: e.expires}
	if s.memory == nil {
		a.Record = s.seal.close(nil, a.Record, placeOfAnswer(a.Workspace))
	}
	err := s.purges.write(a.Workspace, begun, func() error { return s.store.Put(ctx, a) })
	if err == nil {
		s.changes.Add(1)
	}
	return err
}
