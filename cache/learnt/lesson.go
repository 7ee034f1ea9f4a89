package learnt

import (
	"bytes"
	"crypto/rand"
	"encoding/gob"
	"sync"
	"time"

	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/cache/promise"
)

// Lesson is what one process learnt from the comparison of a fresh answer with stored ones, for the
// others.
type Lesson struct {
	Labels []Label
	Links  []Link
}

// Label tells how one stored answer compared.
type Label struct {
	Group       promise.Group
	MaxError    float64
	Probability float64 // that the stored answer was right
	Noise       float64 // probability that the label is wrong
	Best        bool    // the stored answer was the most probable one: the label counts for the promise
	Same        bool

	Stored, Question key.Digest
	Similarity       float64
}

// Link tells which of the stored answers to a few questions were the same as one fresh answer.
type Link struct {
	Entries []key.Digest // at most MaxCompared
	Same    []bool       // of each entry
	Noise   float64      // probability that one comparison is wrong
}

// MaxCompared is with how many stored answers at most a fresh one is compared.
const MaxCompared = 4

// LeastInformative is the probability below which a comparison tells nothing about those that may
// be served.
const LeastInformative = .02

// message has the lessons of a short time. Each message is counted once.
type message struct {
	ID     [16]byte
	At     time.Time
	Model  string // embedder: probabilities of different ones are not comparable
	Labels []Label
	Links  []Link
}

// Message writes lessons for other processes. This one does not count it if it comes back.
func (s *Store) Message(lessons []Lesson, embedder string, now time.Time) ([]byte, error) {
	m := message{At: now, Model: embedder}
	for _, l := range lessons {
		m.Labels = append(m.Labels, l.Labels...)
		m.Links = append(m.Links, l.Links...)
	}
	_, _ = rand.Read(m.ID[:]) // crypto/rand.Read does not fail
	s.seen.first(m.ID, m.At, m.At)
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(m)
	return b.Bytes(), err
}

// Apply learns what another process did, if that happened since this one began. It reports whether anything
// counted.
func (s *Store) Apply(raw []byte, embedder string, began, now time.Time) (bool, error) {
	var m message
	if err := gob.NewDecoder(bytes.NewReader(raw)).Decode(&m); err != nil {
		return false, ErrDamaged
	}
	if m.Model != embedder || !m.At.After(began) || !s.seen.first(m.ID, m.At, now) {
		return false, nil
	}
	for i := range m.Labels {
		l := &m.Labels[i]
		if l.Best && l.Probability >= LeastInformative && l.MaxError > 0 && l.MaxError < 1 {
			s.Promises.Controller(l.Group, l.MaxError).Label(l.Probability, l.Same, l.Noise)
		}
		s.Answers.label(l.Stored, l.Question, l.Similarity, decide.Belief(l.Probability, l.Same, l.Noise))
	}
	for i := range m.Links {
		s.Answers.link(m.Links[i])
	}
	return true, nil
}

// staleAfter is for how long a message counts: a process that was away for longer goes on from what it knows.
const staleAfter = time.Hour

// lessonsSeen tells which messages were counted, the process's own included.
type lessonsSeen struct {
	mu   sync.Mutex
	seen map[[16]byte]time.Time
}

// first reports whether a message comes for the first time.
func (l *lessonsSeen) first(id [16]byte, at, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.seen[id]; known || now.Sub(at) > staleAfter {
		return false
	}
	for other, then := range l.seen {
		if now.Sub(then) > staleAfter {
			delete(l.seen, other)
		}
	}
	if l.seen == nil {
		l.seen = map[[16]byte]time.Time{}
	}
	l.seen[id] = at
	return true
}
