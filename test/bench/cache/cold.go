package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/decide/replay"
	"github.com/sluicegate/sluice/cache/decide/suite"
	"github.com/sluicegate/sluice/gateway"
)

// keptEmbedder embeds each text once.
type keptEmbedder struct{ *replay.Vectors }

// Embed implements cache.Embedder.
func (e keptEmbedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	return e.Of(ctx, texts...)
}

// Lexical implements cache.Lexical.
func (e keptEmbedder) Lexical() bool {
	l, ok := e.Embedder.(cache.Lexical)
	return ok && l.Lexical()
}

// promised is the policy whose service of pairs is measured.
var promised = gateway.CachePolicy{Mode: gateway.CacheGuarded, MaxError: limits[0]}

// serveCold asks the stage of the cache for each pair, guarded at 1 %, and returns which are
// served. Each pair has a workspace of its own, which has learnt nothing yet.
func serveCold(ctx context.Context, e *replay.Vectors, pairs []suite.Pair) (served []bool, err error) {
	s, err := openStage(keptEmbedder{e}, "")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.service.Close(context.WithoutCancel(ctx))) }()
	return s.serve(ctx, pairs, func(i int) asked { return asked{workspace: fmt.Sprint(i)} })
}

// serveWarm is serveCold in one workspace that has learnt from a stream first. Each pair is a
// conversation of its own.
func serveWarm(ctx context.Context, e *replay.Vectors, stream []replay.Question, pairs []suite.Pair) (served []bool, err error) {
	s, err := openStage(keptEmbedder{e}, "")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.service.Close(context.WithoutCancel(ctx))) }()
	pages := map[string]int{}
	for _, q := range stream {
		if pages[q.Answer] == 0 {
			pages[q.Answer] = len(pages) + 1
		}
		s.page = pages[q.Answer]
		if _, err := s.ask(ctx, asked{workspace: "w", text: q.Text}, promised); err != nil {
			return nil, err
		}
		if err := s.service.Learnt(ctx); err != nil {
			return nil, err
		}
	}
	return s.serve(ctx, pairs, func(i int) asked { return asked{workspace: "w", system: fmt.Sprint(i)} })
}

// serve stores the one question of each pair and returns whether its answer is served to the other.
func (s *stage) serve(ctx context.Context, pairs []suite.Pair, where func(i int) asked) (served []bool, err error) {
	const first = 1_000_000 // page, beyond those of the stream
	for i, p := range pairs {
		q := where(i)
		q.text, s.page = p.Stored, first+2*i
		if _, err := s.ask(ctx, q, promised); err != nil {
			return nil, err
		}
	}
	if err := s.indexed(ctx); err != nil {
		return nil, err
	}
	for i, p := range pairs {
		q := where(i)
		q.text, s.page = p.Asked, first+2*i
		if !p.Same {
			s.page++
		}
		if _, err := s.ask(ctx, q, promised); err != nil {
			return nil, err
		}
		served = append(served, s.called == nil)
	}
	return served, nil
}

// indexed waits until no point has come for a second.
func (s *stage) indexed(ctx context.Context) error {
	for before := -1; ; {
		points, _ := s.index.Len()
		if points == before {
			return ctx.Err()
		}
		before = points
		time.Sleep(time.Second)
	}
}
