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

// sharedLabel is what one process learnt from a comparison of two answers, for the others.
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

// sharedLabels are those of a short time. Each message is counted once.
type sharedLabels struct {
	ID     [16]byte
	At     time.Time
	Model  string // embedder: probabilities of different ones are not comparable
	Labels []sharedLabel
}

// Bounds of labels on their way to other processes.
const (
	maxSharedLabels  = 256
	shareLabelsEvery = 20        // times tellEvery
	labelsStaleAfter = time.Hour // a process that was away for longer goes on from what it knows
)

// labelsSeen tells which messages were counted, the process's own included.
type labelsSeen struct {
	mu   sync.Mutex
	seen map[[16]byte]time.Time
}

// first reports whether a message comes for the first time.
func (l *labelsSeen) first(id [16]byte, at, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.seen[id]; known || now.Sub(at) > labelsStaleAfter {
		return false
	}
	for other, then := range l.seen {
		if now.Sub(then) > labelsStaleAfter {
			delete(l.seen, other)
		}
	}
	if l.seen == nil {
		l.seen = map[[16]byte]time.Time{}
	}
	l.seen[id] = at
	return true
}

// shareLabel notes a label for other processes.
func (s *Service) shareLabel(l *lookup, n *neighbour, best, same bool, noise float64) {
	if s.teller == nil {
		return
	}
	s.teller.addLabel(sharedLabel{Group: l.asked.group, MaxError: l.policy.MaxError, Probability: n.verdict.Probability, Noise: noise, Best: best, Same: same,
		Stored: n.entry.id, Question: l.Exact, Similarity: n.similarity})
}

// shareLabels notes what a fresh answer showed about those to near questions, the most probable first.
func (s *Service) shareLabels(l *lookup, near []neighbour, agreements []answer.Agreement) {
	for i, agreement := range agreements {
		if agreement != answer.Unknown {
			s.shareLabel(l, &near[i], i == 0, agreement == answer.Same, 0)
		}
	}
}

// tellLabels tells other processes of labels. The names of groups are encrypted.
func (s *Service) tellLabels(ctx context.Context, labels []sharedLabel) error {
	m := sharedLabels{At: s.cfg.Now(), Model: s.model, Labels: labels}
	_, _ = rand.Read(m.ID[:]) // crypto/rand.Read does not fail
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(m); err != nil {
		return err
	}
	s.labelsSeen.first(m.ID, m.At, m.At)
	message, err := json.Marshal(removalMessage{Labels: s.seal.Close(nil, b.Bytes(), seal.PlaceOfLabels)})
	if err != nil {
		return err
	}
	return s.cfg.Tell(ctx, message)
}

// applyLabels learns what another process did, if that happened since this one started.
func (s *Service) applyLabels(sealed []byte) error {
	raw, err := s.seal.Open(nil, sealed, seal.PlaceOfLabels)
	if err != nil {
		return err
	}
	var m sharedLabels
	if err := gob.NewDecoder(bytes.NewReader(raw)).Decode(&m); err != nil {
		return errRecord
	}
	if m.Model != s.model || !m.At.After(s.began) || !s.labelsSeen.first(m.ID, m.At, s.cfg.Now()) {
		return nil
	}
	for i := range m.Labels {
		l := &m.Labels[i]
		if l.Best && l.Probability >= leastInformative && l.MaxError > 0 && l.MaxError < 1 {
			s.promises.Controller(l.Group, l.MaxError).Label(l.Probability, l.Same, l.Noise)
		}
		s.groups.label(l.Stored, l.Question, l.Similarity, decide.Belief(l.Probability, l.Same, l.Noise))
	}
	s.changes.Add(1)
	return nil
}
