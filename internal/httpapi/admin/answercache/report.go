package answercache

import (
	"context"

	"github.com/sluicegate/sluice/cache/promise"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

type cacheReport struct {
	Object     string        `json:"object"`
	Embedder   string        `json:"embedder"` // "" = near questions are not looked for
	Meaning    bool          `json:"compares_meaning"`
	Calibrated bool          `json:"calibrated"`        // it is known what the similarities of the embedder mean
	Missing    []string      `json:"missing,omitempty"` // what would improve the hits
	Requests   uint64        `json:"requests"`
	Exact      uint64        `json:"exact_hits"`
	Alias      uint64        `json:"alias_hits"`
	Semantic   uint64        `json:"semantic_hits"`
	Misses     uint64        `json:"misses"`
	Refreshes  uint64        `json:"refreshes"`
	Observed   uint64        `json:"observed_hits"` // misses that guarded would have served
	SavedUSD   float64       `json:"saved_usd"`
	ChecksUSD  float64       `json:"checks_usd"`     // what calls of the judge and shadow calls cost
	NetUSD     float64       `json:"net_saved_usd"`  // saved_usd without checks_usd
	Judged     uint64        `json:"judge_calls"`    // that said whether two answers say the same
	Shadowed   uint64        `json:"shadow_calls"`   // that hits had saved, made to compare
	SavedSec   float64       `json:"saved_seconds"`  // that the calls of the stored answers took
	WouldUSD   float64       `json:"would_save_usd"` // by observed_hits
	WouldSec   float64       `json:"would_save_seconds"`
	Groups     []groupReport `json:"groups"` // of traffic, each with a threshold of its own
}

// groupReport is how the promise of one group of traffic stands.
type groupReport struct {
	Config    string   `json:"config"` // slug; "" = none is saved
	Model     string   `json:"model"`
	Prompt    string   `json:"prompt"`
	MaxError  float64  `json:"max_error"` // promised: wrong answers as a share of all requests
	OfAll     interval `json:"wrong_of_all"`
	OfServed  interval `json:"wrong_of_served"`
	Kept      string   `json:"promise"`   // "kept", "broken" or "unknown": whether the interval lies below, above or across max_error
	Threshold float64  `json:"threshold"` // least probability that is served
	Alarmed   bool     `json:"alarmed"`   // exact hits only, until it has learnt again
	Alarms    int      `json:"alarms"`
	Requests  int      `json:"requests"`    // that looked for near questions
	Served    int      `json:"served"`      // or would have been, in the mode observe
	Checked   int      `json:"checked"`     // answers that could be served and were compared
	Wrong     int      `json:"wrong"`       // of checked
	Reported  int      `json:"reported"`    // by callers, of served
	Same      int      `json:"labels_same"` // of misses
	Different int      `json:"labels_different"`
}

// interval is an estimate with its 95 % confidence interval.
type interval struct {
	Estimate float64 `json:"estimate"`
	Least    float64 `json:"least"`
	Most     float64 `json:"most"`
}

func (a resource) report(ctx context.Context, r *action.Request) error {
	p := action.ReadQuery(r)
	ref := p.Text("workspace")
	if err := p.Done(); err != nil {
		return err
	}
	workspace, err := r.In(ctx, ref)
	if err != nil {
		return err
	}
	r.Target = workspace
	s := a.Report(workspace)
	t := s.Tally
	const nano = 1e9
	out := cacheReport{Object: "cache_report", Embedder: s.Embedder, Meaning: s.Meaning, Calibrated: s.Calibrated,
		Requests: t.Exact + t.Alias + t.Near + t.Misses + t.Refreshes, Exact: t.Exact, Alias: t.Alias, Semantic: t.Near, Misses: t.Misses, Refreshes: t.Refreshes, Observed: t.Observed,
		SavedUSD: float64(t.Saved) / nano, ChecksUSD: float64(t.ChecksCost) / nano, NetUSD: float64(t.Saved-t.ChecksCost) / nano, Judged: t.Judged, Shadowed: t.Shadowed,
		SavedSec: t.SavedTime.Seconds(), WouldUSD: float64(t.WouldSave) / nano, WouldSec: t.WouldSaveTime.Seconds(), Groups: []groupReport{}}
	if !s.Meaning {
		out.Missing = append(out.Missing, "a model that compares meaning: sluice models add FILE, then start the server again")
	}
	switch {
	case s.Embedder != "" && !s.Calibrated:
		out.Missing = append(out.Missing, "a measurement of this embedder: until it has answered some 200 short texts, no near question is served in the modes guarded and observe; the log says what failed")
	case s.Embedder != "" && !s.Shipped:
		out.Missing = append(out.Missing, "weights for this embedder: its similarities were measured, and labels correct the rest")
	}
	for i := range s.Groups {
		out.Groups = append(out.Groups, groupOf(&s.Groups[i]))
	}
	r.Reply = out
	return nil
}

func groupOf(g *promise.GroupState) groupReport {
	all := g.WrongOfAll()
	kept := "unknown"
	switch {
	case g.Served == 0 || all.Most <= g.MaxError:
		kept = "kept"
	case all.Least > g.MaxError:
		kept = "broken"
	}
	return groupReport{Config: g.Config, Model: g.Model, Prompt: g.Prompt, MaxError: g.MaxError, OfAll: interval(all), OfServed: interval(g.WrongOfServed()), Kept: kept,
		Threshold: g.Threshold, Alarmed: g.Alarmed, Alarms: g.Alarms, Requests: g.Requests, Served: g.Served, Checked: g.Checked, Wrong: g.Wrong, Reported: g.Reported,
		Same: g.Same, Different: g.Other}
}
