// Package dryrun tells who would answer a call, in which order, at what price and why. It runs
// the compiler that calls run through, and calls nobody.
package dryrun

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/tariff"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

// Router compiles the plan of an exchange. It is route's service.
type Router interface {
	DryRun(ctx context.Context, ex *gateway.Exchange, document json.RawMessage) (*gateway.Exchange, error)
}

// PriceRules finds the rule that makes the price of a call. It is pricing's service.
type PriceRules interface {
	PriceRule(p *gateway.Principal, t *gateway.Target, model string) (gateway.PriceRule, bool)
}

// Ranker orders the children of a cheapest or fastest node. It is ranking's.
type Ranker interface {
	Explain(ex *gateway.Exchange, n *gateway.Node) ([]*gateway.Node, gateway.Ranking)
}

// Settings is what a dry run needs. All fields are required.
type Settings struct {
	Router Router
	Prices tariff.Catalog
	Rules  PriceRules
	Ranker Ranker
}

type resource struct{ Settings }

// Actions are the operations.
func Actions(settings Settings) []action.Action {
	a := resource{settings}
	return []action.Action{
		{Method: http.MethodPost, Path: "/v1/configs/dry-run", Name: "config.dry_run", Need: gateway.ConfigsRead,
			About: httpapi.Description{Summary: "Tells who would answer a call, in which order, at what price and why, without calling anyone", Answer: dryRun{Targets: []plannedTarget{{When: []askedWhen{{}}, Price: &targetPrice{}}}}}, Do: a.run},
	}
}

// The formats that the request may have, by the name of the field "format".
var formats = map[string]struct {
	route string
	read  func(op gateway.Op, raw []byte, required ...string) (*gateway.Request, error)
}{
	"chat":      {"/v1/chat/completions", openai.NewRequest},
	"messages":  {"/v1/messages", anthropic.NewRequest},
	"responses": {"/v1/responses", responses.NewRequest},
}

// run takes {request, format, config}. config is a document to try, or the slug of a saved config;
// without it the request has the config that a call of the caller's would have.
func (a resource) run(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	raw := f.Object("request", true)
	format := f.OneOf("format", "chat", "messages", "responses")
	ex := &gateway.Exchange{ID: r.ID, Start: r.Start, Trace: r.Trace, Principal: r.By, Envelope: &gateway.Envelope{Method: http.MethodPost, Header: http.Header{}}, Facts: &gateway.Facts{}}
	document := Document(f, ex.Envelope)
	if err := f.Done(); err != nil {
		return err
	}
	if format == "" {
		format = "chat"
	}
	ex.Envelope.Route = formats[format].route
	if ex.Request, err = formats[format].read(gateway.OpChat, raw); err != nil {
		return err
	}
	planned, err := a.Router.DryRun(ctx, ex, document)
	if err != nil {
		return err
	}
	out := responseOf(planned)
	a.walk(planned, planned.Plan.Root, nil, func(t plannedTarget) {
		t.Order = len(out.Targets) + 1
		out.Targets = append(out.Targets, t)
	})
	r.Reply = out
	return nil
}

// Document reads the field "config": a document, which it returns, or the slug of a saved config,
// which it sets in the envelope as a call's body would.
func Document(f *action.Form, env *gateway.Envelope) json.RawMessage {
	v, given := f.Take("config", false)
	switch {
	case !given:
	case v.IsObject():
		return json.RawMessage(v.Raw)
	case v.Str != "":
		env.BodyConfig = []byte(v.Raw)
	default:
		f.Wrong("config", "must be an object or the slug of a saved config")
	}
	return nil
}

// walk visits the targets below n in the order in which they are asked.
func (a resource) walk(ex *gateway.Exchange, n *gateway.Node, when []askedWhen, visit func(plannedTarget)) {
	if n.Target != nil {
		visit(a.target(ex, n, when))
		return
	}
	if n.Mode.Ranks() {
		a.walkRanked(ex, n, when, visit)
		return
	}
	sum := 0.0
	for _, child := range n.Nodes {
		sum += child.Weight
	}
	for i, child := range n.Nodes {
		here := append([]askedWhen(nil), when...)
		switch {
		case n.Ordered && i == 0:
			here = append(here, askedWhen{Kind: kept, Node: n.Path, AgainAfterFailure: n.Failover})
		case n.Ordered && (!n.Failover || child.Weight <= 0):
			continue
		case n.Ordered:
			here = append(here, askedWhen{Kind: afterFailure, Node: n.Nodes[i-1].Path})
		case n.Mode == gateway.ModeLoadbalance && sum > 0:
			here = append(here, askedWhen{Kind: drawn, Node: n.Path, Share: child.Weight / sum, AgainAfterFailure: n.Failover})
		case n.Mode == gateway.ModeFallback && i > 0:
			here = append(here, askedWhen{Kind: afterFailure, Node: n.Nodes[i-1].Path, OnStatus: n.OnStatus, OnErrors: child.OnErrors})
		}
		a.walk(ex, child, here, visit)
	}
}

// walkRanked visits the targets below a cheapest or fastest node in the order that they have now.
func (a resource) walkRanked(ex *gateway.Exchange, n *gateway.Node, when []askedWhen, visit func(plannedTarget)) {
	nodes, ranking := a.Ranker.Explain(ex, n)
	for i, child := range nodes {
		here := append(append([]askedWhen(nil), when...), rankedBy(&ranking, i))
		if i > 0 {
			here = append(here, askedWhen{Kind: afterFailure, Node: nodes[i-1].Path, OnStatus: n.OnStatus})
		}
		a.walk(ex, child, here, visit)
		if n.FirstOnly {
			return
		}
	}
}

func rankedBy(r *gateway.Ranking, i int) askedWhen {
	p := &r.Places[i]
	out := askedWhen{Kind: ranked, Node: r.Node, Mode: r.Mode, Because: p.Reason}
	switch {
	case !p.Known:
	case r.Mode == gateway.ModeCheapest:
		usd := float64(p.Cost) / nano
		out.Cost = &usd
	default:
		ms := float64(p.Time.Microseconds()) / 1000
		out.Time = &ms
	}
	return out
}

func (a resource) target(ex *gateway.Exchange, n *gateway.Node, when []askedWhen) plannedTarget {
	t := n.Target
	model := t.UpstreamModel(ex.Request.Model())
	out := plannedTarget{Path: t.Path, Name: n.Name, Provider: t.Provider, VirtualKey: t.VirtualKey, Model: model, When: when,
		Retries: t.Retry.Attempts, TimeoutMS: t.Timeout.Milliseconds(), Guardrails: idsOf(t.Input)}
	if out.When == nil {
		out.When = []askedWhen{}
	}
	if len(t.Models) > 0 {
		out.Excluded = !allows(t.Models, model)
	}
	if rule, ok := a.Rules.PriceRule(ex.Principal, t, model); ok {
		out.PriceRule = rule.Name
	}
	if p, ok := tariff.PriceAt(a.Prices, t, t.Provider, model, time.Now()); ok {
		out.Price = priceOf(p)
	}
	return out
}

func allows(models []string, model string) bool {
	for _, m := range models {
		if m == model {
			return true
		}
	}
	return false
}
