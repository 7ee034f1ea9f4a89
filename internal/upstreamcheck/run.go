package upstreamcheck

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
)

// Options of a run.
type Options struct {
	Checked, Trusted string // names of virtual keys
	Samples          int    // of each open question
	ContextWords     int    // length of an additional text, 0 for none
	Parallel         int    // questions that are asked at the same time, each of both keys
	Random           *rand.Rand
	Level            float64            // of significance, of each permutation test; 0 = SignificanceLevel
	Progress         func(done, of int) // is called by one goroutine at a time; nil: nobody is told
}

func (o Options) level() float64 { return cmp.Or(o.Level, SignificanceLevel) }

// Run asks both keys and compares what they answer. An error means that too few questions were
// answered to say anything.
func Run(ctx context.Context, caller Caller, o Options) (*Report, error) {
	plan := Plan(o.Random, o.Samples, o.ContextWords)
	pairs, failures := askAll(ctx, caller, o, plan)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(pairs)*2 < len(plan) {
		return nil, fmt.Errorf("%d of %d questions have no answer of both keys: %w", len(plan)-len(pairs), len(plan), failures[0])
	}
	recalls, samples := split(pairs)
	report := &Report{Pairs: len(pairs), Failed: len(plan) - len(pairs), Findings: []Finding{
		compareModels(pairs), compareIDs(pairs), compareRecall(recalls), compareInput(recalls, countsAlike(ctx, caller, o.Trusted, recalls)),
		compareTexts(o, samples), compareOutput(o, samples), compareReasoning(o, samples),
	}}
	if strings.Contains(modelName(pairs[0].trusted.Model), "claude") {
		report.Findings = append(report.Findings, compareSignatures(ctx, caller, o))
	}
	return report, ctx.Err()
}

// askAll asks the questions of both keys.
func askAll(ctx context.Context, caller Caller, o Options, plan []Question) (pairs []pair, failures []error) {
	type result struct {
		pair
		err error
	}
	results := make([]result, len(plan))
	var (
		all  sync.WaitGroup
		mu   sync.Mutex // of done and o.Progress
		done int
	)
	slots := make(chan struct{}, max(o.Parallel, 1))
	for i, q := range plan {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			r := result{pair: pair{question: q}}
			r.checked, r.trusted, r.err = askBoth(ctx, caller, o, q)
			results[i] = r
			mu.Lock()
			defer mu.Unlock()
			if done++; o.Progress != nil {
				o.Progress(done, len(plan))
			}
		})
	}
	all.Wait()
	for _, r := range results {
		if r.err != nil {
			failures = append(failures, r.err)
		} else {
			pairs = append(pairs, r.pair)
		}
	}
	return pairs, failures
}

func askBoth(ctx context.Context, caller Caller, o Options, q Question) (checked, trusted Answer, err error) {
	var both sync.WaitGroup
	var errs [2]error
	both.Go(func() { checked, errs[0] = caller.Ask(ctx, o.Checked, q) })
	both.Go(func() { trusted, errs[1] = caller.Ask(ctx, o.Trusted, q) })
	both.Wait()
	if errs[0] != nil {
		errs[0] = fmt.Errorf("%s: %w", o.Checked, errs[0])
	}
	if errs[1] != nil {
		errs[1] = fmt.Errorf("%s: %w", o.Trusted, errs[1])
	}
	return checked, trusted, errors.Join(errs[:]...)
}

// countsAlike asks the trusted key one of the texts again, and reports whether it counts as many tokens.
func countsAlike(ctx context.Context, caller Caller, trusted string, recalls []pair) bool {
	if len(recalls) == 0 {
		return false
	}
	again, err := caller.Ask(ctx, trusted, recalls[0].question)
	return err == nil && again.InputTokens == recalls[0].trusted.InputTokens
}

func split(pairs []pair) (recalls, samples []pair) {
	for _, p := range pairs {
		if p.question.Kind == Recall {
			recalls = append(recalls, p)
		} else {
			samples = append(samples, p)
		}
	}
	return recalls, samples
}
