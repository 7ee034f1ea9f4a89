package analytics

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/telemetry"
)

type groupsResponse struct {
	Object string          `json:"object"` // "list"
	Total  int             `json:"total"`  // of all pages
	Data   []groupResponse `json:"data"`
}

// groupResponse has the field of its dimension.
type groupResponse struct {
	Object        string `json:"object"` // "analytics-group"
	User          string `json:"user,omitempty"`
	Model         string `json:"ai_model,omitempty"`
	Provider      string `json:"provider,omitempty"`
	Member        string `json:"member,omitempty"`
	Team          string `json:"team,omitempty"`
	APIKey        string `json:"api_key,omitempty"`
	VirtualKey    string `json:"virtual_key,omitempty"`
	Config        string `json:"config,omitempty"`
	Prompt        string `json:"prompt,omitempty"`
	MetadataValue string `json:"metadata_value,omitempty"`
	Name          string `json:"name,omitempty"` // of a member, a team, an API key or a prompt

	Requests  int64     `json:"requests"`
	Errors    int64     `json:"errors"`
	CacheHits int64     `json:"cache_hits"`
	Cost      cents     `json:"cost"` // cents
	Tokens    int64     `json:"tokens"`
	AvgTokens float64   `json:"avg_tokens"`
	Latency   latency   `json:"latency"` // milliseconds
	LastSeen  time.Time `json:"last_seen"`

	Previous *groupBefore `json:"previous,omitempty"` // with compare=previous
}

// groupBefore is what the group had in the period before.
type groupBefore struct {
	Requests int64 `json:"requests"`
	Errors   int64 `json:"errors"`
	Cost     cents `json:"cost"`
	Tokens   int64 `json:"tokens"`
}

// groups is the table of what is grouped by.
var groups = []struct {
	path, about string
	dimension   telemetry.Dimension
	set         func(*groupResponse) *string
}{
	{"users", "user", telemetry.DimensionUser, func(g *groupResponse) *string { return &g.User }},
	{"ai-models", "model", telemetry.DimensionModel, func(g *groupResponse) *string { return &g.Model }},
	{"providers", "provider", telemetry.DimensionProvider, func(g *groupResponse) *string { return &g.Provider }},
	{"members", "member", telemetry.DimensionMember, func(g *groupResponse) *string { return &g.Member }},
	{"teams", "team", telemetry.DimensionTeam, func(g *groupResponse) *string { return &g.Team }},
	{"api-keys", "API key", telemetry.DimensionAPIKey, func(g *groupResponse) *string { return &g.APIKey }},
	{"virtual-keys", "virtual key", telemetry.DimensionVirtualKey, func(g *groupResponse) *string { return &g.VirtualKey }},
	{"configs", "config", telemetry.DimensionConfig, func(g *groupResponse) *string { return &g.Config }},
	{"prompts", "prompt", telemetry.DimensionPrompt, func(g *groupResponse) *string { return &g.Prompt }},
}

// orders are what pages of groups can be sorted by.
var orders = map[string]func(a, b *telemetry.AnalyticsRow) int{
	"requests":  func(a, b *telemetry.AnalyticsRow) int { return cmp.Compare(a.Calls, b.Calls) },
	"cost":      func(a, b *telemetry.AnalyticsRow) int { return cmp.Compare(a.Cost, b.Cost) },
	"tokens":    func(a, b *telemetry.AnalyticsRow) int { return cmp.Compare(a.Input+a.Output, b.Input+b.Output) },
	"errors":    func(a, b *telemetry.AnalyticsRow) int { return cmp.Compare(a.Errors, b.Errors) },
	"latency":   func(a, b *telemetry.AnalyticsRow) int { return cmp.Compare(a.Latency.Mean(), b.Latency.Mean()) },
	"last_seen": func(a, b *telemetry.AnalyticsRow) int { return a.Last.Compare(b.Last) },
}

func (a resource) metadataGroups(ctx context.Context, r *action.Request) error {
	key := r.Param("key")
	if len(key) > 128 {
		return gateway.InvalidField("analytics.metadataGroups", "key", "The metadata key is longer than 128 bytes.")
	}
	return a.groups(ctx, r, telemetry.DimensionOfMetadata(key), func(g *groupResponse) *string { return &g.MetadataValue })
}

func (a resource) groups(ctx context.Context, r *action.Request, by telemetry.Dimension, set func(*groupResponse) *string) error {
	var size, page int
	var order, direction string
	q, err := a.read(ctx, r, "", func(p *action.Query, q *question) {
		q.GroupBy, q.Latencies = by, true
		size, page = p.Whole("page_size", 50, 1, 1000), p.Whole("current_page", 0, 0, 1_000_000)
		order = p.OneOf("order_by", "requests", "cost", "tokens", "errors", "latency", "last_seen")
		direction = p.OneOf("order_by_type", "desc", "asc")
	})
	if err != nil {
		return err
	}
	rows, err := a.ask(ctx, q, q.AnalyticsQuery)
	if err != nil {
		return err
	}
	slices.SortStableFunc(rows, func(a, b telemetry.AnalyticsRow) int {
		n := orders[order](&a, &b)
		if direction == "desc" {
			n = -n
		}
		return cmp.Or(n, strings.Compare(a.Value, b.Value))
	})
	before := map[string]*groupBefore{}
	if q.compare {
		earlier := q.AnalyticsQuery.Previous()
		earlier.Latencies = false
		then, err := a.ask(ctx, q, earlier)
		if err != nil {
			return err
		}
		for _, row := range then {
			before[row.Value] = &groupBefore{row.Calls, row.Errors, cents(row.Cost), row.Input + row.Output}
		}
	}
	out := groupsResponse{Object: "list", Total: len(rows), Data: []groupResponse{}}
	from := min(page*size, len(rows))
	for _, row := range rows[from:min(from+size, len(rows))] {
		g := groupResponse{Object: "analytics-group", Name: row.Name, Requests: row.Calls, Errors: row.Errors, CacheHits: row.Hits, Cost: cents(row.Cost),
			Tokens: row.Input + row.Output, AvgTokens: share(row.Input+row.Output, row.Calls), Latency: latencyOf(&row), LastSeen: row.Last}
		*set(&g) = row.Value
		if g.Previous = before[row.Value]; q.compare && g.Previous == nil {
			g.Previous = &groupBefore{}
		}
		out.Data = append(out.Data, g)
	}
	r.Reply = out
	return nil
}
