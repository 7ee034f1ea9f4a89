package cache

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/sluicegate/sluice/cache/exact"
	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/cache/learnt"
	"github.com/sluicegate/sluice/cache/outbox"
	"github.com/sluicegate/sluice/cache/seal"
	"github.com/sluicegate/sluice/gateway"
)

// removalMessage tells other processes what was removed from the cache: the answers of a workspace
// that meet a condition, or single ones that were asked for anew. It may tell lessons instead.
type removalMessage struct {
	Workspace  key.Digest   `json:"workspace,omitzero"`
	Attributes []key.Digest `json:"attributes,omitempty"`
	Before     time.Time    `json:"before,omitzero"`
	Refreshed  []refreshed  `json:"refreshed,omitempty"`
	Labels     []byte       `json:"labels,omitempty"` // lessons, encrypted
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
	maxLessons  = 256
	shareEvery  = 20 // times tellEvery
)

// teller tells other processes of refreshes, several at once, and of what was learnt. A purge is told by
// itself.
type teller struct {
	service   *Service
	refreshes *outbox.Outbox[refreshed]     // what does not fit is served by other processes until it expires
	lessons   *outbox.Outbox[learnt.Lesson] // what does not fit they do not learn
	failing   bool

	stop   chan struct{}
	closed sync.Once
	done   sync.WaitGroup
}

func newTeller(s *Service) *teller {
	t := &teller{service: s, refreshes: outbox.New[refreshed](maxToTell), lessons: outbox.New[learnt.Lesson](maxLessons), stop: make(chan struct{})}
	t.done.Go(func() {
		tick := time.NewTicker(tellEvery)
		defer tick.Stop()
		for ticks := 1; ; ticks++ {
			select {
			case <-tick.C:
				flush(t, t.refreshes, s.tellRefreshes)
				if ticks%shareEvery == 0 {
					flush(t, t.lessons, s.tellLessons)
				}
			case <-t.stop:
				flush(t, t.refreshes, s.tellRefreshes)
				flush(t, t.lessons, s.tellLessons)
				return
			}
		}
	})
	return t
}

// flush tells what waits. After a failure it waits on.
func flush[T any](t *teller, o *outbox.Outbox[T], tell func(context.Context, []T) error) {
	ctx, cancel := context.WithTimeout(context.Background(), tellTimeout)
	defer cancel()
	if any, err := o.Send(func(list []T) error { return tell(ctx, list) }); any {
		t.report(err)
	}
}

// report logs when telling begins to fail, and when it works again.
func (t *teller) report(err error) {
	if failing := err != nil; failing != t.failing {
		t.failing = failing
		t.service.reportTelling(err)
	}
}

func (t *teller) untold() uint64 { return t.refreshes.Dropped() + t.lessons.Dropped() }

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

// tellRefreshes tells other processes which answers were asked for anew.
func (s *Service) tellRefreshes(ctx context.Context, list []refreshed) error {
	message, _ := json.Marshal(removalMessage{Refreshed: list}) // plain data always encodes
	return s.cfg.Tell(ctx, message)
}

// tellLessons tells other processes what was learnt. The names of groups are encrypted.
func (s *Service) tellLessons(ctx context.Context, lessons []learnt.Lesson) error {
	raw, err := s.known.Message(lessons, s.model, s.cfg.Now())
	if err != nil {
		return err
	}
	message, _ := json.Marshal(removalMessage{Labels: s.seal.Close(nil, raw, seal.PlaceOfLabels)}) // plain data always encodes
	return s.cfg.Tell(ctx, message)
}

// applyLessons learns what another process did.
func (s *Service) applyLessons(sealed []byte) error {
	raw, err := s.seal.Open(nil, sealed, seal.PlaceOfLabels)
	if err != nil {
		return err
	}
	counted, err := s.known.Apply(raw, s.model, s.began, s.cfg.Now())
	if counted {
		s.changes.Add(1)
	}
	return err
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
		return s.applyLessons(m.Labels)
	}
	if m.Workspace.IsZero() {
		return nil
	}
	condition := exact.Condition{Attributes: m.Attributes, Before: m.Before}
	_, err := s.purges.add(m.Workspace, m.Before, condition, func() (int, error) {
		s.noteRemoval(removal{Workspace: m.Workspace, Condition: condition})
		return s.store.Delete(ctx, exact.Selection{Workspace: m.Workspace, Condition: condition})
	})
	s.changes.Add(1)
	return err
}
