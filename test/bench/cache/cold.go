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

// servedCold asks the stage of the cache for each pair, guarded at 1 %, and returns which are
// served. Each pair has a workspace of its own, which has learnt nothing yet.
func servedCold(ctx context.Context, e *replay.Vectors, pairs []suite.Pair) (served []bool, err error) {
	s, err := openStage(keptEmbedder{e}, "")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.service.Close(context.WithoutCancel(ctx))) }()
	policy := gateway.CachePolicy{Mode: gateway.CacheGuarded, MaxError: limits[0]}
	for i, p := range pairs {
		if _, err := s.ask(ctx, fmt.Sprint(i), p.Stored, policy); err != nil {
			return nil, err
		}
	}
	if err := s.indexed(ctx); err != nil {
		return nil, err
	}
	for i, p := range pairs {
		if _, err := s.ask(ctx, fmt.Sprint(i), p.Asked, policy); err != nil {
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
