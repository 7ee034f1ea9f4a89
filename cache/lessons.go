package cache

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/gob"
	"encoding/json"
	"sync"
	"time"

	"github.com/sluicegate/sluice/cache/answer"
	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/cache/promise"
	"github.com/sluicegate/sluice/cache/seal"
)

// lesson is what one process learnt from the comparison of a fresh answer with stored ones, for the
// others.
type lesson struct {
	labels []sharedLabel
	links  []sharedLink
}

// sharedLabel tells how one stored answer compared.
type sharedLabel struct {
	Group       promise.Group
	MaxError    float64
	Probability float64 // that the stored answer was right
	Noise       float64 // probability that the label is wrong
	Best        bool    // the stored answer was the most probable one: the label counts for the promise
	Same        bool

	Stored, Question key.Digest
	Similarity       float64
}

// sharedLink tells which of the stored answers to a few questions were the same as one fresh answer.
type sharedLink struct {
	Entries []key.Digest // at most maxCompared
	Same    []bool       // of each entry
	Noise   float64      // probability that one comparison is wrong
}

// sharedLessons are those of a short time. Each message is counted once.
type sharedLessons struct {
	ID     [16]byte
	At     time.Time
	Model  string // embedder: probabilities of different ones are not comparable
	Labels []sharedLabel
	Links  []sharedLink
}

// Bounds of lessons on their way to other processes.
const (
	maxLessons        = 256
	shareEvery        = 20        // times tellEvery
	lessonsStaleAfter = time.Hour // a process that was away for longer goes on from what it knows
)

// lessonsSeen tells which messages were counted, the process's own included.
type lessonsSeen struct {
	mu   sync.Mutex
	seen map[[16]byte]time.Time
}

// first reports whether a message comes for the first time.
func (l *lessonsSeen) first(id [16]byte, at, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.seen[id]; known || now.Sub(at) > lessonsStaleAfter {
		return false
	}
	for other, then := range l.seen {
		if now.Sub(then) > lessonsStaleAfter {
			delete(l.seen, other)
		}
	}
	if l.seen == nil {
		l.seen = map[[16]byte]time.Time{}
	}
	l.seen[id] = at
	return true
}

// share notes for other processes what a fresh answer showed about those to near questions, the most
// probable first, and about these among themselves.
func (s *Service) share(l *lookup, near []neighbour, agreements []answer.Agreement, noise float64, links []sharedLink) {
	if s.teller == nil {
		return
	}
	shared := lesson{links: links}
	for i, agreement := range agreements {
		if agreement != answer.Unknown {
			n := &near[i]
			shared.labels = append(shared.labels, sharedLabel{Group: l.asked.group, MaxError: l.policy.MaxError, Probability: n.verdict.Probability, Noise: noise,
				Best: i == 0, Same: agreement == answer.Same, Stored: n.entry.id, Question: l.Exact, Similarity: n.similarity})
		}
	}
	if len(shared.labels)+len(links) > 0 {
		s.teller.lessons.Add(shared)
	}
}

// tellLessons tells other processes what was learnt. The names of groups are encrypted.
func (s *Service) tellLessons(ctx context.Context, lessons []lesson) error {
	m := sharedLessons{At: s.cfg.Now(), Model: s.model}
	for _, l := range lessons {
		m.Labels = append(m.Labels, l.labels...)
		m.Links = append(m.Links, l.links...)
	}
	_, _ = rand.Read(m.ID[:]) // crypto/rand.Read does not fail
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(m); err != nil {
		return err
	}
	s.lessonsSeen.first(m.ID, m.At, m.At)
	message, err := json.Marshal(removalMessage{Labels: s.seal.Close(nil, b.Bytes(), seal.PlaceOfLabels)})
	if err != nil {
		return err
	}
	return s.cfg.Tell(ctx, message)
}

// applyLessons learns what another process did, if that happened since this one started.
func (s *Service) applyLessons(sealed []byte) error {
	raw, err := s.seal.Open(nil, sealed, seal.PlaceOfLabels)
	if err != nil {
		return err
	}
	var m sharedLessons
	if err := gob.NewDecoder(bytes.NewReader(raw)).Decode(&m); err != nil {
		return errRecord
	}
	if m.Model != s.model || !m.At.After(s.began) || !s.lessonsSeen.first(m.ID, m.At, s.cfg.Now()) {
		return nil
	}
	for i := range m.Labels {
		l := &m.Labels[i]
		if l.Best && l.Probability >= leastInformative && l.MaxError > 0 && l.MaxError < 1 {
			s.promises.Controller(l.Group, l.MaxError).Label(l.Probability, l.Same, l.Noise)
		}
		s.groups.label(l.Stored, l.Question, l.Similarity, decide.Belief(l.Probability, l.Same, l.Noise))
	}
	for i := range m.Links {
		s.groups.link(m.Links[i])
	}
	s.changes.Add(1)
	return nil
}
