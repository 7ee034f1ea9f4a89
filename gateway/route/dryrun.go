package route

import (
	"context"
	"encoding/json"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/allow"
	"github.com/sluicegate/sluice/gateway/route/document"
)

// DryRun returns the exchange as the Router would get it, with its plan, and calls nobody. It
// refuses what Configure and Permit refuse. raw is tried in place of the config that the
// exchange would have, and judged as a saved config is; nil = there is none to try.
func (s *Service) DryRun(ctx context.Context, ex *gateway.Exchange, raw json.RawMessage) (*gateway.Exchange, error) {
	plan, req, err := s.configureWith(ctx, ex, raw)
	if err != nil {
		return nil, err
	}
	planned := ex.WithPlan(plan, req)
	_, err = allow.Permit().Wrap(func(context.Context, *gateway.Exchange) (gateway.Stream, error) { return nil, nil })(ctx, planned)
	return planned, err
}

// configureWith is configure with a config that is not saved yet.
func (s *Service) configureWith(ctx context.Context, ex *gateway.Exchange, raw json.RawMessage) (*gateway.Plan, *gateway.Request, error) {
	if raw == nil {
		return s.configure(ctx, ex)
	}
	doc, problems := s.cfg.Rules.Parse(raw, true)
	if doc != nil {
		problems = s.missingVirtualKeys(ctx, ex.Principal.Workspace, doc, problems)
	}
	if len(problems) > 0 {
		return nil, nil, document.Invalid("route.DryRun", "The config", problems)
	}
	ex, err := withAlias(ex)
	if err != nil {
		return nil, nil, err
	}
	return s.apply(ctx, ex, chosenConfig{source: gateway.SourceBody, doc: doc, entry: &savedEntry{doc: doc}})
}
