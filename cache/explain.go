package cache

import (
	"cmp"
	"context"
	"math"
	"time"

	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/cache/match"
	"github.com/sluicegate/sluice/cache/promise"
	"github.com/sluicegate/sluice/gateway"
)

// Explanation tells what the cache would do with a request now, and why.
type Explanation struct {
	Mode      gateway.CacheMode
	Tier      string // that would answer: "exact", "alias", "semantic"; "" = none
	Reason    string // why no tier would, as far as it is one reason
	Entry     string // id under which the answer to this question is stored
	Partition string // of the questions that this one is compared with; "" = it is compared with none
	Question  string // as it is compared
	Promise   *promise.GroupState
	Threshold float64 // cosine, in the mode fixed

	MaxAge     time.Duration // that an answer may have
	DefaultAge bool          // nobody said so: it is the default

	Neighbours []ExplainedNeighbour // the nearest first
}

// ExplainedNeighbour is a stored question near the one asked.
type ExplainedNeighbour struct {
	Entry       string
	Request     string // id of the request that stored the answer
	Question    string
	Similarity  float64
	Probability float64 // that its answer is right; 0 after a refusal
	Refusal     string  // why its answer never serves
	Veto        string  // why it does not serve in the mode fixed, and as long as little was learnt
	Stored      time.Time
	Expires     time.Time
	Group       decide.Group
	Features    []decide.Weighed
	Serves      bool
	// Without names the differences without which the answer would serve, the strongest first.
	Without []string
}

// Explain tells what the cache would do with an exchange that has its plan. Nothing is served,
// stored, counted or learnt.
func (s *Service) Explain(ctx context.Context, ex *gateway.Exchange) (Explanation, error) {
	out := Explanation{Mode: ex.Plan.Cache.Mode}
	if out.Mode == gateway.CacheOff {
		out.Reason = "the config has no cache"
		return out, nil
	}
	targets := ex.Plan.Root.Primary()
	if out.Reason = bypassReason(ex, targets); out.Reason != "" {
		return out, nil
	}
	l, err := s.newLookup(ctx, ex, targets)
	if err != nil {
		return out, err
	}
	out.Entry, out.MaxAge, out.DefaultAge = l.Exact.String(), l.maxAge, l.defaultAge
	var fact gateway.CacheFact
	if s.findStored(ctx, l, l.Exact, &fact) != nil {
		out.Tier = "exact"
	}
	out.Reason = fact.Reason
	if !l.HasQuestion() {
		if out.Mode.Near() && out.Reason == "" {
			out.Reason = cmp.Or(l.varied, "the user's text does not come last, or is too long: only the same request is looked up")
		}
		return out, nil
	}
	q := l.Question()
	out.Partition, out.Question, out.Threshold = q.Partition.Context.String(), q.Text, l.threshold
	if out.Tier == "" && out.Mode != gateway.CacheObserve && s.findStored(ctx, l, q.Alias, &fact) != nil {
		out.Tier = "alias"
	}
	if s.cfg.Embedder == nil || q.LooksLikeCode {
		return out, nil
	}
	s.explainNear(ctx, l, &out)
	return out, nil
}

func (s *Service) explainNear(ctx context.Context, l *lookup, out *Explanation) {
	found, reason, _ := s.near(ctx, l)
	if reason != "" {
		out.Reason = reason
	}
	ready := s.calibration.Load().ready
	state := s.known.Promises.State(l.group, l.policy.MaxError)
	if l.policy.Mode != gateway.CacheFixed {
		out.Promise = &state
	}
	for i := range found {
		n := &found[i]
		x := ExplainedNeighbour{Entry: n.entry.id.String(), Request: n.entry.origin, Question: n.entry.text, Similarity: n.similarity,
			Probability: n.verdict.Probability, Refusal: n.verdict.Refusal, Veto: match.Veto(l.Question().Text, n.entry.text, s.lexical),
			Stored: n.entry.stored, Expires: n.entry.expires, Group: s.known.Answers.Of(n.entry.id), Features: n.verdict.Weighed()}
		if l.policy.Mode == gateway.CacheFixed {
			x.Serves = x.Veto == "" && x.Similarity >= l.threshold
			if !x.Serves {
				x.Without = without(x.Veto, x.Similarity < l.threshold)
			}
		} else {
			veto, least := s.whileCold(l, state.State, n)
			if least = min(least, state.Threshold); state.Alarmed {
				least = 1
			}
			x.Serves = ready && x.Refusal == "" && x.Probability >= least && veto == ""
			switch {
			case !ready:
				x.Without = []string{unmeasured}
			case !x.Serves:
				x.Without = missing(&x, least, veto)
			}
		}
		if x.Serves && out.Tier == "" && out.Mode != gateway.CacheObserve {
			out.Tier = "semantic"
		}
		out.Neighbours = append(out.Neighbours, x)
	}
	if len(found) == 0 && out.Reason == "" && out.Tier == "" {
		out.Reason = "no stored question is near: it must have the same workspace, namespace or metadata, target, parameters, prompt, guardrails and earlier messages, and the same numbers and names"
	}
}

func without(veto string, far bool) (list []string) {
	if veto != "" {
		list = append(list, veto)
	}
	if far {
		list = append(list, "the distance: its similarity is below the threshold")
	}
	return list
}

// missing names what keeps a neighbour from serving: a refusal, else the features that lower its
// probability below the least one.
func missing(x *ExplainedNeighbour, least float64, veto string) []string {
	switch {
	case x.Refusal != "":
		return []string{x.Refusal}
	case veto != "" && x.Probability >= least:
		return []string{veto + " (a rule that holds until the group has learnt more)"}
	case least >= 1:
		return []string{"the alarm: the group serves exact hits only until it has learnt again"}
	}
	var list []string
	gap := logOdds(least) - logOdds(x.Probability)
	for _, f := range x.Features {
		if gap <= 0 {
			break
		}
		if f.Effect < 0 {
			list = append(list, f.Feature)
			gap += f.Effect
		}
	}
	if gap > 0 {
		list = append(list, "the distance: it is not near enough even so")
	}
	return list
}

func logOdds(p float64) float64 {
	p = min(max(p, 1e-6), 1-1e-6)
	return math.Log(p / (1 - p))
}
