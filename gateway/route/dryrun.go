package route

import (
	"context"
	"encoding/json"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/allow"
)

// DryRun returns the exchange as the Router would get it, with its plan, and calls nobody. It
// refuses what Configure and Permit refuse. document is tried in place of the config that the
// exchange would have, and judged as a saved config is; nil = there is none to try.
func (s *Service) DryRun(ctx context.Context, ex *gateway.Exchange, document json.RawMessage) (*gateway.Exchange, error) {
	plan, req, err := s.configureWith(ctx, ex, document)
	if err != nil {
		return nil, err
	}
	planned := ex.WithPlan(plan, req)
	_, err = allow.Permit().Wrap(func(context.Context, *gateway.Exchange) (gateway.Stream, error) { return nil, nil })(ctx, planned)
	return planned, err
}

// configureWith is configure with a config that is not saved yet.
func (s *Service) configureWith(ctx context.Context, ex *gateway.Exchange, document json.RawMessage) (*gateway.Plan, *gateway.Request, error) {
	if document == nil {
		return s.configure(ctx, ex)
	}
	doc, problems := s.parse(document, true)
	if doc != nil {
		problems = s.missingVirtualKeys(ctx, ex.Principal.Workspace, doc, problems)
	}
	if len(problems) > 0 {
		return nil, nil, configError("route.DryRun", "The config", problems)
	}
	ex, err := withAlias(ex)
	if err != nil {
		return nil, nil, err
	}
	return s.apply(ctx, ex, chosenConfig{source: gateway.SourceBody, doc: doc, entry: &savedEntry{doc: doc}})
}
