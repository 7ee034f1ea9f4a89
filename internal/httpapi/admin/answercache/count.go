package answercache

import (
	"context"
	"math"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

type answerCount struct {
	Object  string     `json:"object"`
	Answers int        `json:"answers"`
	Bytes   int64      `json:"bytes"`
	Oldest  *time.Time `json:"oldest,omitempty"` // when it was stored
	Newest  *time.Time `json:"newest,omitempty"`
}

// count takes {workspace} and the conditions of a purge.
func (a resource) count(ctx context.Context, r *action.Request) error {
	p := action.ReadQuery(r)
	ref := p.Text("workspace")
	filter := cache.PurgeFilter{Entry: p.Text("entry"), Answer: p.Text("answer"), Tag: p.Text("tag"), Model: p.Text("model"), Prompt: p.Text("prompt"),
		PromptVersion: p.Whole("prompt_version", 0, 1, math.MaxInt32), Member: p.Text("member"), Namespace: p.Text("namespace"), OlderThan: p.Duration("older_than")}
	if err := p.Done(); err != nil {
		return err
	}
	workspace, err := r.In(ctx, ref)
	if err != nil {
		return err
	}
	r.Target = workspace
	filter.All = filter == cache.PurgeFilter{}
	n, err := a.Count(workspace, filter)
	if err != nil {
		return err
	}
	out := answerCount{Object: "cache_answers", Answers: n.Answers, Bytes: n.Bytes}
	if n.Answers > 0 {
		out.Oldest, out.Newest = &n.Oldest, &n.Newest
	}
	r.Reply = out
	return nil
}
