package cache

import (
	"context"
	"slices"
	"time"

	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/cache/seal"
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

	Attributes []key.Digest // what a selection may name
	Stored     time.Time
	Caller     key.Digest // who stored it; zero: unknown
}

// AnswerSelection names the answers to delete. Exactly one of Workspace and IDs is set.
type AnswerSelection struct {
	Workspace key.Digest // answers of a workspace: all, or those that the condition selects
	Condition Condition
	IDs       []key.Digest
}

// Condition narrows the answers of a workspace. The zero value selects all.
type Condition struct {
	Attributes []key.Digest // an answer must have all of them
	Before     time.Time    // and must have been stored at or before; zero: at any time
}

// Selects reports whether an answer with these attributes meets the condition.
func (c *Condition) Selects(attributes []key.Digest, stored time.Time) bool {
	if !c.Before.IsZero() && stored.After(c.Before) {
		return false
	}
	for _, a := range c.Attributes {
		if !slices.Contains(attributes, a) {
			return false
		}
	}
	return true
}

// all reports whether the condition selects everything.
func (c *Condition) all() bool { return len(c.Attributes) == 0 && c.Before.IsZero() }

// Check refuses a selection that is empty or ambiguous. op names the operation in the error.
func (s AnswerSelection) Check(op string) error {
	if s.Workspace.IsZero() == (len(s.IDs) == 0) || s.Workspace.IsZero() && !s.Condition.all() {
		return &gateway.Error{Op: op, Kind: gateway.Internal, Param: "selection",
			Public: "A deletion from the cache must name a workspace or answers; only a workspace's can be narrowed."}
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
			s.journal.add(frameEntry, record)
		}
		return err
	})
	if err == nil {
		s.changes.Add(1)
	}
	return err
}
