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

// Bounds of what waits to be sent, and of sending it.
const (
	broadcastEvery   = 500 * time.Millisecond
	broadcastTimeout = 5 * time.Second
	maxRefreshes     = 1024 // refreshes
	maxLessons       = 256
	shareEvery       = 20 // times tellEvery
)

// broadcaster sends refreshes and lessons to other processes, several in one message. A purge is sent at
// once, by itself.
type broadcaster struct {
	service   *Service
	refreshes *outbox.Outbox[refreshed]     // what does not fit is served by other processes until it expires
	lessons   *outbox.Outbox[learnt.Lesson] // what does not fit they do not learn
	failing   bool

	stop   chan struct{}
	closed sync.Once
	done   sync.WaitGroup
}

func newBroadcaster(s *Service) *broadcaster {
	b := &broadcaster{service: s, refreshes: outbox.New[refreshed](maxRefreshes), lessons: outbox.New[learnt.Lesson](maxLessons), stop: make(chan struct{})}
	b.done.Go(func() {
		tick := time.NewTicker(broadcastEvery)
		defer tick.Stop()
		for ticks := 1; ; ticks++ {
			select {
			case <-tick.C:
				flush(b, b.refreshes, s.broadcastRefreshes)
				if ticks%shareEvery == 0 {
					flush(b, b.lessons, s.broadcastLessons)
				}
			case <-b.stop:
				flush(b, b.refreshes, s.broadcastRefreshes)
				flush(b, b.lessons, s.broadcastLessons)
				return
			}
		}
	})
	return b
}

// flush sends what waits. After a failure it waits on.
func flush[T any](b *broadcaster, o *outbox.Outbox[T], send func(context.Context, []T) error) {
	ctx, cancel := context.WithTimeout(context.Background(), broadcastTimeout)
	defer cancel()
	if any, err := o.Send(func(list []T) error { return send(ctx, list) }); any {
		b.report(err)
	}
}

// report logs when sending begins to fail, and when it works again.
func (b *broadcaster) report(err error) {
	if failing := err != nil; failing != b.failing {
		b.failing = failing
		b.service.reportBroadcasts(err)
	}
}

func (b *broadcaster) dropped() uint64 { return b.refreshes.Dropped() + b.lessons.Dropped() }

func (b *broadcaster) close() {
	b.closed.Do(func() { close(b.stop) })
	b.done.Wait()
}

// reportBroadcasts logs that sending began to fail, or works again.
func (s *Service) reportBroadcasts(err error) {
	if err != nil {
		s.cfg.Log.Warn("other replicas cannot be told which answers were asked for anew, and what was learnt", "error", err)
		return
	}
	s.cfg.Log.Info("other replicas are told again which answers were asked for anew, and what was learnt")
}

// broadcastRefreshes tells other processes which answers were asked for anew.
func (s *Service) broadcastRefreshes(ctx context.Context, list []refreshed) error {
	message, _ := json.Marshal(removalMessage{Refreshed: list}) // plain data always encodes
	return s.cfg.Broadcast(ctx, message)
}

// broadcastLessons tells other processes what was learnt. The names of groups are encrypted.
func (s *Service) broadcastLessons(ctx context.Context, lessons []learnt.Lesson) error {
	raw, err := s.known.Message(lessons, s.model, s.cfg.Now())
	if err != nil {
		return err
	}
	message, _ := json.Marshal(removalMessage{Labels: s.seal.Close(nil, raw, seal.PlaceOfLabels)}) // plain data always encodes
	return s.cfg.Broadcast(ctx, message)
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

// broadcastPurge tells other processes of a purge.
func (s *Service) broadcastPurge(ctx context.Context, workspace key.Digest, condition exact.Condition, at time.Time) error {
	if s.cfg.Broadcast == nil {
		return nil
	}
	if condition.Before.IsZero() { // what they store from now on stays
		condition.Before = at
	}
	message, _ := json.Marshal(removalMessage{Workspace: workspace, Attributes: condition.Attributes, Before: condition.Before}) // plain data always encodes
	return s.cfg.Broadcast(ctx, message)
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
