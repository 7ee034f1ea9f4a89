package app

import (
	"context"
	"io"
	"time"

	"github.com/sluicegate/sluice/cache/judge"
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/policy"
	"github.com/sluicegate/sluice/internal/config"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// The purposes of calls that check the cache's answers. The route and the metadata of their rows
// name them. No request comes by such a route, so no caller's cost counts against their budget.
const (
	judgePurpose  = "cache_judge"
	shadowPurpose = "cache_shadow"
)

// checksBudget is what calls that check the cache's answers may cost in a day. The ledger reserves
// for each of them and outlives a restart; replicas count together.
func checksBudget(c config.CacheChecks) budget.Budget {
	own := policy.Condition{Key: "endpoint_type", Values: policy.Values{judgePurpose, shadowPurpose}}
	return budget.Budget{ID: "file:cache.semantic.checks", Name: "cache.semantic.checks", Conditions: []policy.Condition{own},
		Limit: c.DailyBudget, Period: budget.Day, TimeZone: c.TimeZone}
}

// cacheChecks implements cache.Checks with the parts of the pipeline that surround a call upstream.
type cacheChecks struct {
	model          string
	judge, shadows gateway.Handler
}

// newCacheChecks wires the calls. Neither kind passes the cache.
func newCacheChecks(s *services, c config.CacheChecks) *cacheChecks {
	return &cacheChecks{model: c.Judge,
		judge: gateway.Chain("router", s.upstream(), s.records.recorder.Stage(), s.routing.Configure(), s.guards.Redact(), s.guards.Guard(), s.bills.Meter()),
		// The request of a hit has passed the stages before the cache.
		shadows: gateway.Chain("router", s.upstream(), s.records.recorder.Stage(), s.guards.Redact(), s.bills.Meter())}
}

// Judge implements cache.Checks.
func (c *cacheChecks) Judge(ctx context.Context, caller *gateway.Principal, q judge.Question) (string, int64, error) {
	body := `{"model":` + string(jsonx.Quote(c.model)) + `,"messages":[{"role":"system","content":` + string(jsonx.Quote(q.System)) + `},{"role":"user","content":` + string(jsonx.Quote(q.User)) + `}]}`
	req, err := openai.NewRequest(gateway.OpChat, []byte(body), "model")
	if err != nil {
		return "", 0, err
	}
	ex := ownExchange(&gateway.Exchange{Principal: caller, Request: req}, judgePurpose)
	ex.Envelope.Config = "{}" // no default config's targets or cache; what administrators pin holds
	answer, err := c.call(ctx, c.judge, ex)
	if err != nil {
		return "", ex.Facts.Cost.Nano, err
	}
	var reply string
	if len(answer.Choices) > 0 {
		reply = answer.Choices[0].Text()
	}
	return reply, ex.Facts.Cost.Nano, nil
}

// Shadow implements cache.Checks.
func (c *cacheChecks) Shadow(ctx context.Context, hit *gateway.Exchange) (*gateway.Response, *gateway.Facts, error) {
	ex := ownExchange(hit, shadowPurpose)
	ex.Envelope.Metadata["_for_request"] = hit.ID
	plan := *hit.Plan
	plan.Redact = gateway.RedactPolicy{} // the request is redacted, and nobody reads the answer
	ex = ex.WithPlan(&plan, hit.Request)
	answer, err := c.call(ctx, c.shadows, ex)
	return answer, ex.Facts, err
}

// ownExchange returns a new exchange of the gateway itself, in the workspace of another one. It has
// no member and no API key: nobody's limits count it, and nobody's rules choose its target.
func ownExchange(of *gateway.Exchange, purpose string) *gateway.Exchange {
	now, p := time.Now(), of.Principal
	ex := *of
	ex.ErrorStatus = nil // of the caller's connection, which may be another's by now
	ex.ID, ex.Start, ex.Trace = newID(now), now, gateway.NewTrace()
	env := gateway.Envelope{KeepBodies: true}
	if of.Envelope != nil {
		env = *of.Envelope
		env.ClientIP, env.UserAgent, env.User = "", "", ""
	}
	env.Method, env.Route, env.Path = "", "cache/"+purpose, ""
	env.Metadata = map[string]string{"_purpose": purpose}
	ex.Envelope = &env
	facts := gateway.Facts{}
	if of.Facts != nil {
		facts.Prompt = of.Facts.Prompt
	}
	ex.Facts = &facts
	ex.SetPrincipal(&gateway.Principal{Organisation: p.Organisation, Workspace: p.Workspace, WorkspaceRef: p.WorkspaceRef, Config: p.Config,
		OrganisationWorkspace: p.OrganisationWorkspace, OrganisationConfig: p.OrganisationConfig, Redact: p.Redact})
	return &ex
}

// call runs a handler and returns the whole answer.
func (c *cacheChecks) call(ctx context.Context, handler gateway.Handler, ex *gateway.Exchange) (*gateway.Response, error) {
	stream, err := handler(ctx, ex)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	var answer gateway.Response
	for {
		chunk, err := stream.Next()
		if err == io.EOF {
			return &answer, nil
		}
		if err != nil {
			return nil, err
		}
		answer.Fold(chunk)
	}
}
