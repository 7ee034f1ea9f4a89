// Package answercache shows what the cache of answers holds and did, and removes answers of a
// workspace.
package answercache

import (
	"context"
	"net/http"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/exact"
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

// Answers is the cache.
type Answers interface {
	Stats() cache.Stats
	Purge(ctx context.Context, workspace string, filter cache.PurgeFilter) (int, error)
	Count(workspace string, filter cache.PurgeFilter) (exact.Count, error)
	Report(workspace string) cache.Report
	Explain(ctx context.Context, ex *gateway.Exchange) (cache.Explanation, error)
}

// Settings are the parts.
type Settings struct {
	Answers Answers
	Logs    Logs
	Before  []gateway.Stage // what stands before the cache and changes what it is asked
}

type resource struct {
	Answers
	logs   Logs
	before []gateway.Stage
}

// Actions are the operations.
func Actions(s Settings) []action.Action {
	a := resource{s.Answers, s.Logs, s.Before}
	return []action.Action{
		{Method: http.MethodGet, Path: "/v1/cache", Name: "cache.get", Need: gateway.CacheRead,
			About: httpapi.Description{Summary: "Shows what the cache of this process holds, and what it did since the start, for all workspaces", Answer: cacheState{}}, Do: a.get},
		{Method: http.MethodGet, Path: "/v1/cache/answers", Name: "cache.count", Need: gateway.CacheReport,
			About: httpapi.Description{Summary: "Counts the answers of the workspace in the cache of this process that meet every condition given; without a condition, all: what a purge would remove", Answer: answerCount{}}, Do: a.count},
		{Method: http.MethodPost, Path: "/v1/cache/purge", Name: "cache.purge", Need: gateway.CachePurge,
			About: httpapi.Description{Summary: "Removes answers of the workspace from the cache of this process, and from a shared index: those that meet every condition given, or all", Answer: cachePurge{}}, Do: a.purge},
		{Method: http.MethodGet, Path: "/v1/cache/report", Name: "cache.report", Need: gateway.CacheReport,
			About: httpapi.Description{Summary: "Shows what the cache of this process did for a workspace: hits by tier, what they saved, and the realised error against the promise", Answer: cacheReport{Groups: []groupReport{{}}}}, Do: a.report},
		{Method: http.MethodPost, Path: "/v1/cache/explain", Name: "cache.explain", Need: gateway.CacheExplain,
			About: httpapi.Description{Summary: "Tells what the cache would do with a question, or with the question of a request, and why: neighbours, probabilities, and what would have to differ. Nothing is called, served or stored", Answer: explanation{Promise: &groupReport{}, Recorded: &recorded{}, Neighbours: []explainedNeighbour{{Features: []weighedFeature{{}}}}}}, Do: a.explain},
	}
}

type cacheState struct {
	Object       string `json:"object"`
	ExactHits    uint64 `json:"exact_hits"`
	AliasHits    uint64 `json:"alias_hits"` // another wording that was proven the same before
	SemanticHits uint64 `json:"semantic_hits"`
	Misses       uint64 `json:"misses"`
	Refreshes    uint64 `json:"refreshes"`
	Bypassed     uint64 `json:"bypassed"` // calls that the cache does not concern
	Vetoed       uint64 `json:"vetoed"`   // close questions that ask something else
	Stored       uint64 `json:"stored"`
	Refused      uint64 `json:"refused"` // answers that were forwarded and not stored
	Evicted      uint64 `json:"evicted"`
	Judged       uint64 `json:"judged"`         // verdicts of the judge about two answers
	Shadowed     uint64 `json:"shadowed"`       // calls that hits had saved, made to compare
	ChecksFailed uint64 `json:"checks_failed"`  // of both
	Dropped      uint64 `json:"checks_dropped"` // that were not made: too many at once, the budget spent, or calls failed
	Entries      int    `json:"entries"`        // answers in memory
	Bytes        int64  `json:"bytes"`
	Broken       bool   `json:"broken"` // embedder or index are left alone after failures
}

type cachePurge struct {
	Object  string `json:"object"`
	Removed int    `json:"removed"`
}

func (a resource) get(_ context.Context, r *action.Request) error {
	s := a.Stats()
	r.Target = "cache"
	r.Reply = cacheState{"cache", s.ExactHits, s.AliasHits, s.SemanticHits, s.Misses, s.Refreshes, s.Bypassed, s.Vetoed, s.Stored, s.Refused, s.Evicted,
		s.Judge.Same + s.Judge.Different + s.Judge.Unclear, s.Shadowed, s.Judge.Failed + s.ShadowFailed, s.ChecksDropped, s.Entries, s.Bytes, s.Broken}
	return nil
}

// purge takes {workspace} and the conditions of a cache.PurgeFilter.
func (a resource) purge(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	ref := f.Text("workspace", false)
	filter := cache.PurgeFilter{All: f.Flag("all", false), Entry: f.Text("entry", false), Answer: f.Text("answer", false), Tag: f.Text("tag", false),
		Model: f.Text("model", false), Prompt: f.Text("prompt", false), PromptVersion: f.Count("prompt_version", false, 1), Member: f.Text("member", false),
		Namespace: f.Text("namespace", false), OlderThan: f.Duration("older_than")}
	if err := f.Done(); err != nil {
		return err
	}
	workspace, err := r.In(ctx, ref)
	if err != nil {
		return err
	}
	r.Target = workspace
	n, err := a.Purge(ctx, workspace, filter)
	if err != nil {
		return err
	}
	r.Reply = cachePurge{"cache_purge", n}
	return nil
}
