// Package search finds exchanges by words in their texts. There is no index: a search reads the
// exchanges that the other filters select, newest first, with their bodies, and compares. So it
// costs nothing while rows are written, gives the same answers on every store, and finds in what is
// stored: where personal data was replaced, the placeholders.
//
// # Invariants
//
//   - One question reads at most maxRows rows and about maxTime; then it tells how far it came, and
//     its cursor goes on from there.
//   - A server runs atOnce questions at a time; others wait, and are refused after maxWait.
//   - Memory is that of one page of rows.
package search

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// Reader lists exchanges.
type Reader interface {
	Logs(ctx context.Context, q telemetry.Query) (telemetry.Page, error)
}

// Result is one page of what was found, without bodies.
type Result struct {
	telemetry.Page           // Next: where the search goes on; "" = all was read
	Read           int       // rows that were compared
	Until          time.Time // start of the oldest row that was compared; zero if there is none
}

const (
	maxRows  = 100_000
	maxTime  = 3 * time.Second
	maxWait  = 5 * time.Second
	atOnce   = 2
	minPage  = 25  // rows: a body may have a MiB
	maxPage  = 800 // where bodies are short
	pageSize = 4 << 20
)

// Searcher searches a store. Safe for concurrent use.
type Searcher struct {
	reader Reader
	places chan struct{}
	rows   int
	time   time.Duration
}

// New returns a searcher.
func New(reader Reader) *Searcher {
	return &Searcher{reader: reader, places: make(chan struct{}, atOnce), rows: maxRows, time: maxTime}
}

// Logs returns the newest exchanges that the query selects and that have the words, from its cursor
// on. It may find fewer than fit the page although there are more: then Next is set.
func (s *Searcher) Logs(ctx context.Context, q telemetry.Query, words telemetry.Words) (Result, error) {
	if err := s.enter(ctx); err != nil {
		return Result{}, err
	}
	defer func() { <-s.places }()
	want, deadline := listing.PageSize(q.Limit), time.Now().Add(s.time)
	q.Bodies, q.Limit = true, minPage
	var out Result
	for {
		page, err := s.reader.Logs(ctx, q)
		if err != nil {
			return Result{}, err
		}
		bytes := 0
		for i, r := range page.Records {
			bytes += len(r.Request) + len(r.Response)
			out.Read++
			out.Until = r.Time
			if !words.In(r) {
				continue
			}
			found := *r
			found.DropBodies()
			if out.Records = append(out.Records, &found); len(out.Records) == want {
				if more := i+1 < len(page.Records) || page.Next != ""; more {
					out.Next = r.Position().Cursor()
				}
				return out, nil
			}
		}
		if out.Next = page.Next; out.Next == "" || out.Read >= s.rows || time.Now().After(deadline) {
			return out, nil
		}
		q.Cursor = page.Next
		q.Limit = nextPage(q.Limit, bytes)
	}
}

// nextPage grows pages while they stay small.
func nextPage(rows, bytes int) int {
	switch {
	case bytes > pageSize:
		return max(rows/2, minPage)
	case bytes < pageSize/2:
		return min(2*rows, maxPage)
	}
	return rows
}

func (s *Searcher) enter(ctx context.Context) error {
	wait := time.NewTimer(maxWait)
	defer wait.Stop()
	select {
	case s.places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-wait.C:
		return &gateway.Error{Op: "search.Logs", Kind: gateway.RateLimited, Param: "text", Public: "Other searches of texts are running. Try again.", RetryAfter: maxWait}
	}
}
