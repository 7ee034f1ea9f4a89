package analytics

import (
	"context"
	"slices"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/feedback"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// Store sums up and counts exchanges.
type Store interface {
	Analytics(ctx context.Context, q telemetry.AnalyticsQuery) ([]telemetry.AnalyticsRow, error)
	Facets(ctx context.Context, q telemetry.FacetQuery) (telemetry.Facets, error)
	feedback.Exchanges
}

type resource struct {
	Store
	feedback *feedback.Service
	texts    Texts
}

// Actions are the operations. Without feedback there are no graphs of it.
func Actions(store Store, judgements *feedback.Service, texts Texts) []action.Action {
	a := resource{store, judgements, texts}
	out := []action.Action{
		{Method: "GET", Path: "/v1/logs/facets", Name: "log.facets", Need: gateway.LogsList,
			About: httpapi.Description{Summary: "Counts the newest exchanges by what they can be filtered by", Answer: facetsResponse{}}, Do: a.facets},
		{Method: "GET", Path: "/v1/analytics", Name: "analytics.read", Need: gateway.AnalyticsView,
			About: httpapi.Description{Summary: "Sums up exchanges by time and by one dimension, beside the period before", Answer: sumsResponse{}}, Do: a.sums},
		{Method: "GET", Path: "/v1/analytics/summary/cache", Name: "analytics.read", Need: gateway.AnalyticsView,
			About: httpapi.Description{Summary: "Tells what the cache did, as Portkey's API", Answer: cacheSummaryResponse{}}, Do: a.cacheSummary},
		{Method: "GET", Path: "/v1/analytics/groups/metadata/:key", Name: "analytics.read", Need: gateway.AnalyticsView,
			About: httpapi.Description{Summary: "Sums up exchanges by the values of a metadata key, as Portkey's API", Answer: groupsResponse{}}, Do: a.metadataGroups},
	}
	for _, g := range groups {
		out = append(out, action.Action{Method: "GET", Path: "/v1/analytics/groups/" + g.path, Name: "analytics.read", Need: gateway.AnalyticsView,
			About: httpapi.Description{Summary: "Sums up exchanges by " + g.about + ", as Portkey's API", Answer: groupsResponse{}},
			Do:    func(ctx context.Context, r *action.Request) error { return a.groups(ctx, r, g.dimension, g.set) }})
	}
	for _, g := range graphs {
		out = append(out, action.Action{Method: "GET", Path: "/v1/analytics/graphs/" + g.path, Name: "analytics.read", Need: gateway.AnalyticsView,
			About: httpapi.Description{Summary: "Shows " + g.about + ", as Portkey's API", Answer: g.example()},
			Do:    func(ctx context.Context, r *action.Request) error { return a.graph(ctx, r, &g) }})
	}
	if judgements == nil {
		return out
	}
	for _, g := range feedbackGraphs {
		out = append(out, action.Action{Method: "GET", Path: "/v1/analytics/graphs/" + g.path, Name: "analytics.read", Need: gateway.AnalyticsView,
			About: httpapi.Description{Summary: "Shows " + g.about + ", as Portkey's API", Answer: g.example()},
			Do:    func(ctx context.Context, r *action.Request) error { return a.feedbackGraph(ctx, r, &g) }})
	}
	return out
}

// scope is what the caller may see. ref narrows it to one workspace.
func scope(ctx context.Context, r *action.Request, ref string) (listing.Scope, error) {
	if ref == "" {
		return listing.ScopeOf(r.By), nil
	}
	workspace, err := r.In(ctx, ref)
	return listing.Workspace(workspace), err
}

// Own narrows a question to the caller's own exchanges, unless it has the permission to see those of
// others. It is false if the question is about somebody else's, which are absent for the caller.
func Own(by *gateway.Principal, all gateway.Permission, q *telemetry.Query) bool {
	if by.May(all) {
		return true
	}
	if len(q.Member) > 0 && !slices.Contains(q.Member, by.Member) && !slices.Contains(q.Member, by.MemberRef) {
		return false
	}
	q.Member = []string{by.Member}
	return true
}
