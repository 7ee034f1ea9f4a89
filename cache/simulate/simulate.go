// Package simulate replays logged calls through a cache that exists for that only, with other
// settings, and counts what it would have served, saved and got wrong.
package simulate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/answer"
	"github.com/sluicegate/sluice/cache/memindex"
	"github.com/sluicegate/sluice/gateway"
)

// Call is a logged call. Answers are as they came from the provider.
type Call struct {
	Time      time.Time
	Workspace string
	Config    string            // slug
	Metadata  map[string]string // a part of the cache's key
	Request   *gateway.Request
	Answer    []byte // a body in the request's dialect
	Cost      int64  // nano-USD
	Took      time.Duration
	// Certain reports that the answer is the provider's own. That of a hit is stored but does not
	// show whether another answer is wrong.
	Certain bool
}

// Settings are what is tried.
type Settings struct {
	Policy   gateway.CachePolicy
	Embedder cache.Embedder
}

// Result counts calls.
type Result struct {
	Calls  int
	Exact  int // hits
	Alias  int
	Near   int
	Right  int // of Near: the answer says the same as the logged one
	Wrong  int // and says something else
	Unsure int // the texts do not tell

	Saved     int64 // nano-USD
	SavedTime time.Duration
}

// Simulation replays calls in the order of their time. It is for one goroutine.
type Simulation struct {
	settings Settings
	service  *cache.Service
	chain    gateway.Handler
	clock    time.Time
	call     *Call // under way
	result   Result
}

// New begins with an empty cache.
func New(settings Settings) (*Simulation, error) {
	s := &Simulation{settings: settings}
	now := func() time.Time { return s.clock }
	service, err := cache.New(cache.Config{Key: gateway.NewSecret("a simulation keeps nothing, so any key"), Embedder: settings.Embedder,
		Index: memindex.New(memindex.Config{Dim: settings.Embedder.Dim(), Now: now}), EmbedTimeout: time.Minute, Now: now})
	if err != nil {
		return nil, err
	}
	s.service = service
	s.chain = gateway.Chain("log", s.provider, service.Stage())
	return s, nil
}

// provider answers as the log says.
func (s *Simulation) provider(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
	ex.Facts.Attempts = append(ex.Facts.Attempts, gateway.Attempt{Target: "config", Status: 200})
	ex.Facts.Cost = gateway.Cost{Known: true, Nano: s.call.Cost}
	return gateway.Chunks(s.chunk(s.call.Answer)), nil
}

func (s *Simulation) chunk(body []byte) gateway.Chunk {
	c := gateway.Chunk{Raw: body, Form: gateway.FormBody, Dialect: s.call.Request.Dialect}
	c.Read()
	return c
}

// Replay sends one call. It must not be earlier than the one before.
func (s *Simulation) Replay(ctx context.Context, c Call) error {
	s.call, s.clock = &c, c.Time
	ex := &gateway.Exchange{ID: fmt.Sprint(s.result.Calls), Start: c.Time.Add(-c.Took), Request: c.Request, Facts: &gateway.Facts{},
		Plan: &gateway.Plan{Slug: c.Config, Cache: s.settings.Policy,
			Root: &gateway.Node{Path: "config", Mode: gateway.ModeSingle, Target: &gateway.Target{Path: "config"}}},
		Principal: &gateway.Principal{Workspace: c.Workspace}, Envelope: &gateway.Envelope{KeepBodies: true, Metadata: c.Metadata}}
	stream, err := s.chain(ctx, ex)
	if err != nil {
		return err
	}
	var served gateway.Response
	for {
		chunk, err := stream.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return errors.Join(err, stream.Close())
		}
		served.Fold(chunk)
	}
	s.count(ex, &served)
	return errors.Join(s.service.Learnt(ctx), stream.Close())
}

func (s *Simulation) count(ex *gateway.Exchange, served *gateway.Response) {
	r, c := &s.result, s.call
	r.Calls++
	switch ex.Facts.Cache.Tier {
	case "exact":
		r.Exact++
	case "alias":
		r.Alias++
	case "semantic":
		r.Near++
		s.judge(served)
	default:
		return
	}
	r.Saved += c.Cost
	r.SavedTime += c.Took
}

// judge compares what was served to a near question with the logged answer.
func (s *Simulation) judge(served *gateway.Response) {
	var logged gateway.Response
	logged.Fold(s.chunk(s.call.Answer))
	agreement := answer.Unknown
	if s.call.Certain {
		agreement = answer.Compare(answer.TextOf(served), answer.TextOf(&logged))
	}
	switch agreement {
	case answer.Same:
		s.result.Right++
	case answer.Different:
		s.result.Wrong++
	default:
		s.result.Unsure++
	}
}

// Result returns the counts so far.
func (s *Simulation) Result() Result { return s.result }

// Close ends the cache.
func (s *Simulation) Close(ctx context.Context) error { return s.service.Close(ctx) }
