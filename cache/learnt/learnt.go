// Package learnt holds what the cache has learnt: how the promise stands in each group of traffic, which stored
// questions have one answer, and what was counted for each workspace.
//
// # Flow
//
// The cache's service notes what a comparison of answers, a judge or a caller told. Three ways lead out:
// [Store.Records] has all of it, for a snapshot; [Store.Changes] what has changed since it was called last, for
// the journal; and a [Lesson] what one comparison told, for other processes. [Store.Restore] and [Store.Apply]
// lead back in.
//
// # What holds
//
// A lesson counts once, whoever repeats it, and only for the same embedder, whose probabilities it has. One of
// the time before this process began does not count: it is in the snapshot, or is lost. Answers and links are
// hints, and bounded: any of them may be forgotten. Lessons come from other processes, so that nothing in them
// is trusted to be within its bounds. What leaves the process is not encrypted here; it has no texts, but the
// names of workspaces, configs and models.
//
// # Ownership
//
// A Store is safe for concurrent use and has no goroutine. It owns what it is given.
package learnt

import (
	"bytes"
	"encoding/gob"
	"errors"
	"iter"
	"slices"

	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/cache/promise"
)

// Store is what was learnt.
type Store struct {
	Promises *promise.Groups
	Answers  *Answers
	Tallies  *Tallies

	seen lessonsSeen
}

// New returns a Store of a process that has learnt nothing.
func New() *Store {
	return &Store{Promises: promise.NewGroups(), Answers: newAnswers(), Tallies: newTallies()}
}

// Measured is what the similarities of an embedder were found to mean.
type Measured struct {
	Model string
	Scale *decide.Scale // nil: they were not measured
}

// record is a part of what was learnt: one for each group of traffic, and others for the rest.
type record struct {
	Promise *promise.Record // nil: the rest
	Change  *promise.Change // since the last snapshot
	Groups  []sharedAnswer
	Links   []decide.Link
	Tallies map[string]Tally

	Model string // as in Measured
	Scale *decide.Scale
}

// These bound a record.
const (
	maxSharedAnswers = 10_000
	maxLinksOfRecord = 10_000
)

// Records yields all that was learnt, and what was measured.
func (s *Store) Records(m Measured) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for _, r := range s.Promises.Records() {
			if !yield(encode(record{Promise: &r})) {
				return
			}
		}
		if !yield(encode(record{Tallies: s.Tallies.all(), Model: m.Model, Scale: m.Scale})) {
			return
		}
		for groups := range slices.Chunk(s.Answers.all(), maxSharedAnswers) {
			if !yield(encode(record{Groups: groups})) {
				return
			}
		}
		for links := range slices.Chunk(s.Answers.links.All(), maxLinksOfRecord) {
			if !yield(encode(record{Links: links})) {
				return
			}
		}
	}
}

// Changes yields what was learnt since it was called last.
func (s *Store) Changes() iter.Seq[[]byte] {
	promises, tallies, groups, links := s.Promises.Changes(), s.Tallies.changes(), s.Answers.changes(), s.Answers.links.Changes()
	var list []record
	for i := range promises {
		list = append(list, record{Change: &promises[i]})
	}
	if len(tallies) > 0 {
		list = append(list, record{Tallies: tallies})
	}
	if len(groups) > 0 {
		list = append(list, record{Groups: groups})
	}
	if len(links) > 0 {
		list = append(list, record{Links: links})
	}
	return func(yield func([]byte) bool) {
		for _, r := range list {
			if !yield(encode(r)) {
				return
			}
		}
	}
}

func encode(r record) []byte {
	var b bytes.Buffer
	_ = gob.NewEncoder(&b).Encode(r) // plain data always encodes
	return b.Bytes()
}

// ErrDamaged says that a record or a message cannot be read.
var ErrDamaged = errors.New("what the cache has learnt is damaged or of another version")

// Restore learns what a record tells, and returns what was measured.
func (s *Store) Restore(raw []byte) (Measured, error) {
	var r record
	if err := gob.NewDecoder(bytes.NewReader(raw)).Decode(&r); err != nil {
		return Measured{}, ErrDamaged
	}
	if r.Promise != nil {
		s.Promises.Restore(r.Promise)
	}
	if r.Change != nil {
		s.Promises.Apply(r.Change)
	}
	s.Answers.restore(r.Groups)
	s.Answers.links.Restore(r.Links)
	s.Tallies.restore(r.Tallies)
	return Measured{r.Model, r.Scale}, nil
}
