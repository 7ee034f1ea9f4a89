// Package exact keeps the answers of the exact and alias tiers, which are found by a digest.
package exact

import (
	"context"
	"slices"
	"time"

	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/gateway"
)

// Store keeps encoded answers for the exact and alias tiers. Implementations do not
// return expired answers and are safe for concurrent use. They may drop an answer at any
// time. The conformance suite is cachetest.ExactStore.
type Store interface {
	// Get returns the record of the answer with this ID or this alias, nil if there is none.
	// Nobody may write to the record.
	Get(ctx context.Context, id key.Digest) ([]byte, error)
	// Put stores an answer. It replaces the one with the same ID and takes over the alias.
	// The record belongs to the store afterwards.
	Put(ctx context.Context, answer Answer) error
	// Delete removes answers and returns how many there were.
	Delete(ctx context.Context, sel Selection) (int, error)
}

// Answer is an answer as a Store keeps it.
type Answer struct {
	ID        key.Digest
	Alias     key.Digest // zero: none
	Workspace key.Digest
	Record    []byte // opaque; encrypted if the store is not in this process
	Expires   time.Time

	Attributes []key.Digest // what a selection may name
	Grouped    bool         // the last attribute is the group of traffic, whose answers are counted together
	Stored     time.Time
	Caller     key.Digest // who stored it; zero: unknown
}

// Group returns the group of traffic, zero if there is none.
func (a *Answer) Group() (group key.Digest) {
	if n := len(a.Attributes); a.Grouped && n > 0 {
		group = a.Attributes[n-1]
	}
	return group
}

// Selection names the answers to delete. Exactly one of Workspace and IDs is set.
type Selection struct {
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

// All reports whether the condition selects everything.
func (c *Condition) All() bool { return len(c.Attributes) == 0 && c.Before.IsZero() }

// Check refuses a selection that is empty or ambiguous. op names the operation in the error.
func (s Selection) Check(op string) error {
	if s.Workspace.IsZero() == (len(s.IDs) == 0) || s.Workspace.IsZero() && !s.Condition.All() {
		return &gateway.Error{Op: op, Kind: gateway.Internal, Param: "selection",
			Public: "A deletion from the cache must name a workspace or answers; only a workspace's can be narrowed."}
	}
	return nil
}

// Check refuses a condition that selects everything. op names the operation in the error.
func (c *Condition) Check(op string) error {
	if c.All() {
		return &gateway.Error{Op: op, Kind: gateway.Internal, Param: "condition", Public: "A deletion from the cache must name what it selects."}
	}
	return nil
}
