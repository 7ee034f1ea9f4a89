package settle

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/vendorobject"
)

// due is a store with work that is due, as after the migration that made all unsettled batches work.
type due struct {
	vendorobject.Store
	mu    sync.Mutex
	askAt map[string]time.Time
}

func (s *due) ClaimWork(context.Context, time.Duration) (o vendorobject.Object, ok bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, at := range s.askAt {
		if !at.After(time.Now()) {
			s.askAt[id] = time.Now().Add(time.Hour)
			return vendorobject.Object{ID: id, Workspace: "w", VirtualKey: "vk", Created: time.Now().Add(-time.Minute), Work: &vendorobject.Work{Kind: Batch, Path: "/batches/" + id}}, true, nil
		}
	}
	return o, false, nil
}

func (s *due) PostponeWork(_ context.Context, _, id string, after time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.askAt[id] = time.Now().Add(after)
	return nil
}

// TestPace: although all work is due at once, few questions are asked at once and in a second, and those
// of the next round do not come together either.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &due{askAt: map[string]time.Time{}}
		for i := range 400 {
			store.askAt[strconv.Itoa(i)] = time.Unix(0, 1)
		}
		var mu sync.Mutex
		began := time.Now()
		now, most, seconds := 0, 0, map[int]int{}
		p := Start(Config{Store: store, Log: slog.New(slog.DiscardHandler), Every: time.Minute, NewID: func(time.Time) string { return "id" },
			Principal: func(*vendorobject.Object) *gateway.Principal { return &gateway.Principal{Workspace: "w"} },
			Record:    func(*gateway.Exchange, error) {},
			Handler: func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
				mu.Lock()
				now++
				most = max(most, now)
				seconds[int(time.Since(began)/time.Second)]++
				mu.Unlock()
				time.Sleep(time.Second)
				mu.Lock()
				now--
				mu.Unlock()
				return gateway.Chunks(gateway.Chunk{Raw: []byte(`{"status":"in_progress"}`), Form: gateway.FormBody}), nil
			}})
		time.Sleep(3 * time.Minute)
		if err := p.Close(context.Background()); err != nil {
			t.Error(err)
		}
		vendorQuery := 0
		for second, n := range seconds {
			if vendorQuery += n; n > int(time.Second/pace) {
				t.Errorf("%d questions in second %d", n, second)
			}
		}
		if most > atOnce || vendorQuery < 400 {
			t.Errorf("%d questions at once, %d in all", most, vendorQuery)
		}
	})
	low, high := time.Hour, time.Duration(0)
	for range 1000 {
		d := spread(time.Minute)
		low, high = min(low, d), max(high, d)
	}
	if low < 52*time.Second || high > 68*time.Second || high-low < 10*time.Second {
		t.Errorf("questions are spread from %v to %v", low, high)
	}
	if spread(0) != 0 {
		t.Error("nothing is spread")
	}
}

// TestFailuresAreTold: a vendor that does not answer is told of at the first question, and then once a
// minute, not only when its work is given up.
func TestFailuresAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &due{askAt: map[string]time.Time{"job": time.Unix(0, 1)}}
		var out lines
		p := Start(Config{Store: store, Log: slog.New(slog.NewTextHandler(&out, nil)), Every: 10 * time.Second, NewID: func(time.Time) string { return "id" },
			Principal: func(*vendorobject.Object) *gateway.Principal { return &gateway.Principal{Workspace: "w"} },
			Record:    func(*gateway.Exchange, error) {},
			Handler: func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
				return nil, &gateway.Error{Op: "test", Kind: gateway.Upstream, Public: "It is down."}
			}})
		time.Sleep(5 * time.Second)
		if got := out.all(); len(got) != 1 || !strings.Contains(got[0], "a vendor does not tell how its work stands") || !strings.Contains(got[0], "object=job") || !strings.Contains(got[0], "It is down.") {
			t.Errorf("at once: %q", got)
		}
		time.Sleep(5 * time.Minute)
		if n := len(out.all()); n < 4 || n > 6 {
			t.Errorf("%d lines in five minutes: %q", n, out.all())
		}
		if p.SinceSuccess() > 5*time.Second || p.Failures() < 10 {
			t.Errorf("the store answers, the vendor does not: %v, %d", p.SinceSuccess(), p.Failures())
		}
		if err := p.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// lines is what was logged.
type lines struct {
	mu   sync.Mutex
	list []string
}

func (l *lines) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, string(line))
	return len(line), nil
}

func (l *lines) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.list)
}
