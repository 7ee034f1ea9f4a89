package answercache

import (
	"time"

	"github.com/sluicegate/sluice/cache"
)

type explanation struct {
	Object     string               `json:"object"`
	Mode       string               `json:"mode"` // "off", "exact", "observe", "guarded" or "fixed"
	Tier       string               `json:"tier"` // that would answer now: "exact", "alias" or "semantic"; "" = none
	Reason     string               `json:"reason,omitempty"`
	Entry      string               `json:"entry,omitempty"`     // id under which an answer to the question is stored
	Partition  string               `json:"partition,omitempty"` // of the questions that it is compared with
	Question   string               `json:"question,omitempty"`  // as it is compared
	Threshold  float64              `json:"threshold,omitempty"` // cosine, in the mode fixed
	MaxAge     float64              `json:"max_age,omitempty"`   // seconds that an answer may be old
	DefaultAge bool                 `json:"max_age_is_default"`  // neither the config nor the call says how old
	Promise    *groupReport         `json:"promise,omitempty"`
	Recorded   *recorded            `json:"recorded,omitempty"` // what happened to the request
	Neighbours []explainedNeighbour `json:"neighbours"`         // the nearest first
}

// recorded is what the row of a request says.
type recorded struct {
	Status     string  `json:"status"`
	Tier       string  `json:"tier,omitempty"`
	Similarity float64 `json:"similarity,omitempty"`
	Origin     string  `json:"origin_request_id,omitempty"`
	Stored     bool    `json:"stored"`
	Reason     string  `json:"reason,omitempty"`
}

type explainedNeighbour struct {
	Entry       string           `json:"entry"`
	Request     string           `json:"origin_request_id"`
	Question    string           `json:"question"`
	Similarity  float64          `json:"similarity"`
	Probability float64          `json:"probability"` // that its answer is right
	Serves      bool             `json:"serves"`
	Without     []string         `json:"serves_without"` // the differences without which it would serve
	Rule        string           `json:"rule,omitempty"` // why it does not serve in the mode fixed, and while little is learnt
	Same        float64          `json:"same"`           // later questions that had its answer
	Different   float64          `json:"different"`      // and that had another one
	StoredAt    time.Time        `json:"stored_at"`
	ExpiresAt   time.Time        `json:"expires_at"`
	Features    []weighedFeature `json:"features"`
}

type weighedFeature struct {
	Feature string  `json:"feature"`
	Value   float64 `json:"value"`
	Effect  float64 `json:"effect"` // in log odds; positive speaks for the same answer
}

func explanationOf(x *cache.Explanation, past *recorded) explanation {
	out := explanation{Object: "cache_explanation", Mode: string(x.Mode), Tier: x.Tier, Reason: x.Reason, Entry: x.Entry, Partition: x.Partition,
		Question: x.Question, Threshold: x.Threshold, MaxAge: x.MaxAge.Seconds(), DefaultAge: x.DefaultAge, Recorded: past, Neighbours: make([]explainedNeighbour, len(x.Neighbours))}
	if out.Mode == "" {
		out.Mode = "off"
	}
	if x.Promise != nil {
		g := groupOf(x.Promise)
		out.Promise = &g
	}
	for i := range x.Neighbours {
		n := &x.Neighbours[i]
		e := explainedNeighbour{Entry: n.Entry, Request: n.Request, Question: n.Question, Similarity: n.Similarity, Probability: n.Probability, Serves: n.Serves,
			Without: n.Without, Rule: n.Veto, Same: n.Group.Same, Different: n.Group.Different, StoredAt: n.Stored.UTC(), ExpiresAt: n.Expires.UTC(), Features: []weighedFeature{}}
		if e.Without == nil {
			e.Without = []string{}
		}
		for _, f := range n.Features {
			e.Features = append(e.Features, weighedFeature(f))
		}
		out.Neighbours[i] = e
	}
	return out
}
