package cache

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/sluicegate/sluice/cache/exact"
	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/gateway"
)

// removalMessage tells other processes what was removed from the cache: the answers of a workspace
// that meet a condition, or single ones that were asked for anew. It may tell labels instead.
type removalMessage struct {
	Workspace  key.Digest   `json:"workspace,omitzero"`
	Attributes []key.Digest `json:"attributes,omitempty"`
	Before     time.Time    `json:"before,omitzero"`
	Refreshed  []refreshed  `json:"refreshed,omitempty"`
	Labels     []byte       `json:"labels,omitempty"` // sharedLabels, encrypted
}

type refreshed struct {
	Partition key.Partition `json:"partition"`
	IDs       []key.Digest  `json:"ids"`
}

// Bounds of what waits to be told, and of telling it.
const (
	tellEvery   = 500 * time.Millisecond
	tellTimeout = 5 * time.Second
	maxToTell   = 1024 // refreshes
)

// teller tells other processes of refreshes, several at once, and of labels. A purge is told by itself.
type teller struct {
	tell       func(ctx context.Context, message []byte) error
	tellLabels func(ctx context.Context, labels []sharedLabel) error
	log        func(err error)

	mu      sync.Mutex
	waiting []refreshed
	labels  []sharedLabel
	dropped uint64 // refreshes and labels
	failing bool

	stop   chan struct{}
	closed sync.Once
	done   sync.WaitGroup
}

func newTeller(s *Service) *teller {
	t := &teller{tell: s.cfg.Tell, tellLabels: s.tellLabels, log: s.reportTelling, stop: make(chan struct{})}
	t.done.Go(func() {
		tick := time.NewTicker(tellEvery)
		defer tick.Stop()
		for ticks := 1; ; ticks++ {
			select {
			case <-tick.C:
				t.flush()
				if ticks%shareLabelsEvery == 0 {
					t.flushLabels()
				}
			case <-t.stop:
				t.flush()
				t.flushLabels()
				return
			}
		}
	})
	return t
}

// add notes a refresh. What does not fit is dropped and counted: other processes then serve what
// they have until it expires.
func (t *teller) add(r refreshed) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.waiting) >= maxToTell {
		t.dropped++
		return
	}
	t.waiting = append(t.waiting, r)
}

// flush tells what waits. After a failure it waits on.
func (t *teller) flush() {
	t.mu.Lock()
	waiting := t.waiting
	t.mu.Unlock()
	if len(waiting) == 0 {
		return
	}
	message, _ := json.Marshal(removalMessage{Refreshed: waiting}) // plain data always encodes
	ctx, cancel := context.WithTimeout(context.Background(), tellTimeout)
	defer cancel()
	err := t.tell(ctx, message)
	t.report(err)
	if err == nil {
		t.mu.Lock()
		t.waiting = slices.Clone(t.waiting[len(waiting):])
		t.mu.Unlock()
	}
}

// report logs when telling begins to fail, and when it works again.
func (t *teller) report(err error) {
	if failing := err != nil; failing != t.failing {
		t.failing = failing
		t.log(err)
	}
}

// addLabel notes a label. What does not fit is dropped and counted: other processes learn less.
func (t *teller) addLabel(l sharedLabel) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.labels) >= maxSharedLabels {
		t.dropped++
		return
	}
	t.labels = append(t.labels, l)
}

// flushLabels tells the labels that wait. After a failure they wait on.
func (t *teller) flushLabels() {
	t.mu.Lock()
	labels := t.labels
	t.mu.Unlock()
	if len(labels) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), tellTimeout)
	defer cancel()
	err := t.tellLabels(ctx, labels)
	t.report(err)
	if err == nil {
		t.mu.Lock()
		t.labels = slices.Clone(t.labels[len(labels):])
		t.mu.Unlock()
	}
}

func (t *teller) untold() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.dropped
}

func (t *teller) close() {
	t.closed.Do(func() { close(t.stop) })
	t.done.Wait()
}

// reportTelling logs that telling began to fail, or works again.
func (s *Service) reportTelling(err error) {
	if err != nil {
		s.cfg.Log.Warn("other replicas cannot be told which answers were asked for anew, and what was learnt", "error", err)
		return
	}
	s.cfg.Log.Info("other replicas are told again which answers were asked for anew, and what was learnt")
}

// tellPurge tells other processes of a purge.
func (s *Service) tellPurge(ctx context.Context, workspace key.Digest, condition exact.Condition, at time.Time) error {
	if s.cfg.Tell == nil {
		return nil
	}
	if condition.Before.IsZero() { // what they store from now on stays
		condition.Before = at
	}
	message, _ := json.Marshal(removalMessage{Workspace: workspace, Attributes: condition.Attributes, Before: condition.Before}) // plain data always encodes
	return s.cfg.Tell(ctx, message)
}

// ApplyRemoval removes from this process what another one has removed, and learns what it has learnt.
// It may be repeated.
func (s *Service) ApplyRemoval(ctx context.Context, message []byte) error {
	const op = "cache.ApplyRemoval"
	var m removalMessage
	if err := json.Unmarshal(message, &m); err != nil {
		return &gateway.Error{Op: op, Kind: gateway.Internal, Public: "What another process removed from the cache cannot be read.", Err: err}
	}
	for _, r := range m.Refreshed {
		if len(r.IDs) > 0 {
			s.removeAnswers(ctx, r.Partition, r.IDs)
		}
	}
	if len(m.Labels) > 0 {
		return s.applyLabels(m.Labels)
	}
	if m.Workspace.IsZero() {
		return nil
	}
	condition := exact.Condition{Attributes: m.Attributes, Before: m.Before}
	_, err := s.purges.add(m.Workspace, m.Before, condition, func() (int, error) {
		s.journal.remove(removal{Workspace: m.Workspace, Condition: condition})
		return s.store.Delete(ctx, exact.Selection{Workspace: m.Workspace, Condition: condition})
	})
	s.changes.Add(1)
	return err
}
