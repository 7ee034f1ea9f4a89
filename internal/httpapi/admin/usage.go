package admin

import (
	"context"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/telemetry"
)

// Usage sums up what calls used.
type Usage interface {
	Usage(ctx context.Context, q telemetry.UsageQuery) ([]telemetry.UsageRow, error)
}

func (a *resources) usageRoutes() []operation {
	return []operation{{"GET", "/v1/usage", "usage.read", gateway.AnalyticsView, a.getUsage}}
}

// usageDays is how many days before today are summed up where the query does not say.
const usageDays = 29

type usageResponse struct {
	Object  string               `json:"object"`
	Since   time.Time            `json:"since"`
	Until   time.Time            `json:"until"`
	GroupBy []telemetry.UsageKey `json:"group_by"`
	Data    []usageRow           `json:"data"`
}

// usageRow has the fields of the keys that the answer is grouped by.
type usageRow struct {
	Day        string  `json:"day,omitempty"` // of UTC: "2026-11-29"
	Model      *string `json:"model,omitempty"`
	Member     *string `json:"member,omitempty"` // id
	MemberName *string `json:"member_name,omitempty"`
	Team       *string `json:"team,omitempty"` // id; "" = calls of no team
	TeamName   *string `json:"team_name,omitempty"`
	APIKey     *string `json:"api_key,omitempty"` // id
	APIKeyName *string `json:"api_key_name,omitempty"`

	Calls        int64 `json:"calls"`
	Errors       int64 `json:"errors"`
	InputTokens  int64 `json:"input_tokens"`
	OutputTokens int64 `json:"output_tokens"`
	Cost         usd   `json:"cost_usd"`       // what vendors bill
	Price        usd   `json:"price_usd"`      // what the caller pays
	Unpriced     int64 `json:"unpriced_calls"` // that used tokens and have no known price
}

func usageRowOf(q *telemetry.UsageQuery, u telemetry.UsageRow) usageRow {
	out := usageRow{Calls: u.Calls, Errors: u.Errors, InputTokens: u.Input, OutputTokens: u.Output, Cost: usd(u.Cost), Price: usd(u.Charged), Unpriced: u.Unpriced}
	if q.By(telemetry.UsageByDay) {
		out.Day = u.Day.Format(time.DateOnly)
	}
	if q.By(telemetry.UsageByModel) {
		out.Model = &u.Model
	}
	if q.By(telemetry.UsageByMember) {
		out.Member, out.MemberName = &u.Member, &u.MemberName
	}
	if q.By(telemetry.UsageByTeam) {
		out.Team, out.TeamName = &u.Team, &u.TeamName
	}
	if q.By(telemetry.UsageByAPIKey) {
		out.APIKey, out.APIKeyName = &u.APIKey, &u.APIKeyName
	}
	return out
}

// getUsage answers what calls used, by the keys of the parameter group_by. Who sees only its own
// usage sees that of the teams it belongs to, too, if it asks for one.
func (a *resources) getUsage(ctx context.Context, r *request) error {
	p := action.ReadQuery(r)
	ref := p.Text("workspace")
	q := telemetry.UsageQuery{Since: p.Time("since"), Until: p.Time("until"), Model: p.Text("model"), Member: p.Text("member"), Team: p.Text("team"), APIKey: p.Text("api_key"),
		GroupBy: []telemetry.UsageKey{telemetry.UsageByDay}}
	if by := p.Text("group_by"); by != "" {
		q.GroupBy = nil
		for _, k := range strings.Split(by, ",") {
			q.GroupBy = append(q.GroupBy, telemetry.UsageKey(k))
		}
	}
	err := p.Done()
	if err != nil {
		return err
	}
	if q.Until.IsZero() {
		q.Until = r.Now().UTC().Add(time.Microsecond) // the call of this instant, too
	}
	if q.Since.IsZero() {
		q.Since = telemetry.DayOf(q.Until).AddDate(0, 0, -usageDays)
	}
	if q.Scope, err = scope(r, ctx, ref); err != nil {
		return err
	}
	if err := q.Check(); err != nil {
		return err
	}
	answer := usageResponse{Object: "usage", Since: q.Since.UTC(), Until: q.Until.UTC(), GroupBy: q.GroupBy, Data: []usageRow{}}
	own, err := a.ownUsage(ctx, r, &q)
	if err != nil {
		return err
	}
	if own {
		rows, err := a.Usage.Usage(ctx, q)
		if err != nil {
			return err
		}
		for _, u := range rows {
			answer.Data = append(answer.Data, usageRowOf(&q, u))
		}
	}
	r.Reply = answer
	return nil
}

// ownUsage narrows a question to the caller's own usage, or to that of a team it belongs to, unless
// its role sees that of others. It is false if the question is about somebody else's, which is
// absent for the caller.
func (a *resources) ownUsage(ctx context.Context, r *request, q *telemetry.UsageQuery) (bool, error) {
	if r.By.May(gateway.AnalyticsReadAll) {
		return true, nil
	}
	if q.Team != "" && a.Teams != nil && q.Member == "" {
		t, err := a.Teams.Team(ctx, r.By, q.Team)
		if err == nil {
			q.Team = t.ID
			return true, nil
		}
		if gateway.AsError(err).Kind != gateway.NotFound {
			return false, err
		}
	}
	if q.Member != "" && q.Member != r.By.Member && q.Member != r.By.MemberRef {
		return false, nil
	}
	q.Member = r.By.Member
	return true, nil
}
