package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/memindex"
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// stage is a cache in memory, with an upstream that answers at once.
type stage struct {
	service *cache.Service
	index   *memindex.Index
	handler gateway.Handler
	calls   int  // of the upstream
	called  *now // the last one; nil: none since ask
	page    int  // that the next answer names; 0: a new one each time
}

// asked is a question of a conversation. Answers of one conversation serve no other.
type asked struct{ workspace, system, text string }

// now is a moment in the life of this process.
type now struct {
	wall time.Time
	cpu  time.Duration // of the process, its collector and its other goroutines included
}

func read() *now {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // fails for another argument only
	return &now{wall: time.Now(), cpu: time.Duration(u.Utime.Nano() + u.Stime.Nano())}
}

// cost is what a lookup took: on a busy machine its processor time tells more than its duration.
type cost struct{ took, cpu time.Duration }

func (c cost) wall() time.Duration      { return c.took }
func (c cost) processor() time.Duration { return c.cpu }

func (n *now) since(began *now) cost { return cost{n.wall.Sub(began.wall), n.cpu - began.cpu} }

// answer is the next answer; all have the same length.
func (s *stage) answer() string {
	page := s.page
	if page == 0 {
		page = s.calls
	}
	return fmt.Sprintf(`{"id":"c1","object":"chat.completion","created":7,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"See page %08d."},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}`, page)
}

func openStage(e cache.Embedder, file string) (*stage, error) {
	const large = 2 << 30 // nothing is evicted
	s := &stage{index: memindex.New(memindex.Config{Dim: e.Dim(), MaxBytes: large})}
	service, err := cache.New(cache.Config{Key: gateway.NewSecret(strings.Repeat("k", 32)), Embedder: e, Index: s.index,
		File: file, Every: time.Hour, MaxBytes: large, CallerShare: 1, Queue: 10_000, EmbedTimeout: time.Minute})
	if err != nil {
		return nil, err
	}
	s.service = service
	s.handler = gateway.Chain("end", s.upstream, service.Stage())
	return s, nil
}

func (s *stage) upstream(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
	s.called = read()
	s.calls++
	ex.Facts.Attempts = []gateway.Attempt{{Target: ex.Plan.Root.Primary()[0].Path}}
	ex.Facts.Usage = &gateway.Usage{Input: 9, Output: 3}
	c := gateway.Chunk{Dialect: openai.Dialect{}, Form: gateway.FormBody, Raw: []byte(s.answer())}
	c.Read()
	return gateway.Chunks(c), nil
}

// ask returns the cost of the lookup: until the upstream was called, or the stored answer was there.
func (s *stage) ask(ctx context.Context, q asked, policy gateway.CachePolicy) (cost, error) {
	body := fmt.Sprintf(`{"model":"m","messages":[{"role":"system","content":%s},{"role":"user","content":%s}]}`, jsonx.Quote(q.system), jsonx.Quote(q.text))
	req, err := openai.NewRequest(gateway.OpChat, []byte(body), "model")
	if err != nil {
		return cost{}, err
	}
	s.called = nil
	ex := &gateway.Exchange{ID: "01JAAAAAAAAAAAAAAAAAAAAAAA", Start: time.Now(), Request: req, Facts: &gateway.Facts{}, Envelope: &gateway.Envelope{KeepBodies: true},
		Principal: &gateway.Principal{Workspace: q.workspace}, Plan: &gateway.Plan{Cache: policy,
			Root: &gateway.Node{Path: "config", Mode: gateway.ModeSingle, Target: &gateway.Target{Path: "config", Provider: "openai"}}}}
	began := read()
	stream, err := s.handler(ctx, ex)
	if err != nil {
		return cost{}, err
	}
	ended := s.called
	if ended == nil {
		ended = read()
	}
	for err == nil {
		_, err = stream.Next()
	}
	if err == io.EOF {
		err = nil
	}
	return ended.since(began), errors.Join(err, stream.Close())
}
