package litellm

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// Usage sums up what recorded exchanges used. It has a method of telemetry.Store.
type Usage interface {
	Usage(ctx context.Context, q telemetry.UsageQuery) ([]telemetry.UsageRow, error)
}

func (a *routes) spendRoutes() []action.Action {
	return []action.Action{
		{Method: "GET", Path: "/spend/keys", Name: "usage.read", Need: gateway.AnalyticsView, Do: a.spendOfKeys},
		{Method: "GET", Path: "/spend/users", Name: "usage.read", Need: gateway.AnalyticsView, Do: a.spendOfUsers},
		{Method: "GET", Path: "/spend/logs", Name: "usage.read", Need: gateway.AnalyticsView, Do: a.spendByDay},
		{Method: "GET", Path: "/global/spend", Name: "usage.read", Need: gateway.AnalyticsView, Do: a.globalSpend},
	}
}

// usage sums up the exchanges of the caller's workspace that it may see. The zero time is the
// earliest that is summed up.
func (a *routes) usage(ctx context.Context, r *action.Request, since, until time.Time, by ...telemetry.UsageKey) ([]telemetry.UsageRow, error) {
	if until.IsZero() {
		until = r.Now().UTC().Add(time.Minute)
	}
	if since.IsZero() {
		since = until.Add(-telemetry.MaxUsagePeriod)
	}
	q := telemetry.UsageQuery{Scope: listing.Workspace(r.By.Workspace), Since: since, Until: until, GroupBy: by}
	if !r.By.May(gateway.LogsReadAll) {
		q.Member = r.By.Member
	}
	return a.Usage.Usage(ctx, q)
}

// spendOfKeys lists the keys that the caller sees, the one whose calls cost most first.
func (a *routes) spendOfKeys(ctx context.Context, r *action.Request) error {
	q := action.ReadQuery(r)
	q.Text("workspace")
	if err := q.Done(); err != nil {
		return err
	}
	used, err := a.usage(ctx, r, time.Time{}, time.Time{}, telemetry.UsageByAPIKey)
	if err != nil {
		return err
	}
	spent := map[string]int64{}
	for _, u := range used {
		spent[u.APIKey] += u.Charged
	}
	rows, err := a.rowsOf(ctx, r, func(identity.APIKeyInfo) bool { return true })
	if err != nil {
		return err
	}
	for i := range rows {
		rows[i].Spend = action.USD(spent[rows[i].ID])
	}
	slices.SortStableFunc(rows, func(x, y keyRow) int { return cmp.Compare(y.Spend, x.Spend) })
	r.Reply = rows
	return nil
}

// spendOfUsers lists the members that the caller sees, or the one of ?user_id=, the one whose calls
// cost most first.
func (a *routes) spendOfUsers(ctx context.Context, r *action.Request) error {
	q := action.ReadQuery(r)
	q.Text("workspace")
	user := q.Text("user_id")
	if err := q.Done(); err != nil {
		return err
	}
	used, err := a.usage(ctx, r, time.Time{}, time.Time{}, telemetry.UsageByMember)
	if err != nil {
		return err
	}
	spent := map[string]int64{}
	for _, u := range used {
		spent[u.Member] += u.Charged
	}
	members, teams, keys, err := a.office(ctx, r)
	if err != nil {
		return err
	}
	rows := []userRow{}
	for _, m := range members {
		if user == "" || user == m.Name || user == m.ID {
			row := a.userOf(m, teams, keys)
			row.Spend = action.USD(spent[m.ID])
			rows = append(rows, row)
		}
	}
	slices.SortStableFunc(rows, func(x, y userRow) int { return cmp.Compare(y.Spend, x.Spend) })
	r.Reply = rows
	return nil
}

// daySpend is what the calls of one day cost: in all, and by user and model.
type daySpend struct {
	Day    string                `json:"startTime"` // of UTC: "2026-11-29"
	Spend  action.USD            `json:"spend"`
	Users  map[string]action.USD `json:"users"` // by name
	Models map[string]action.USD `json:"models"`
}

// spendByDay takes start_date, end_date (the days before and of now by default), user_id and api_key.
// Single calls are in GET /v1/logs.
func (a *routes) spendByDay(ctx context.Context, r *action.Request) error {
	q := action.ReadQuery(r)
	q.Text("workspace")
	since, until := readDay(q, "start_date"), readDay(q, "end_date")
	user, key := q.Text("user_id"), gateway.NewSecret(q.Text("api_key"))
	if summarize := q.OneOf("summarize", "true", "false"); summarize == "false" {
		q.Wrong("summarize", "must be true: GET /v1/logs lists single calls")
	}
	if q.Text("request_id") != "" {
		q.Wrong("request_id", "has no effect here: GET /v1/logs/{id} shows one call")
	}
	if err := q.Done(); err != nil {
		return err
	}
	today := telemetry.DayOf(r.Now().UTC())
	if since.IsZero() {
		since = today.AddDate(0, 0, -29)
	}
	if until.IsZero() {
		until = today
	}
	id := ""
	if !key.Empty() {
		k, err := a.find(ctx, r, key)
		if err != nil {
			return at(err, "api_key")
		}
		id = k.ID
	}
	used, err := a.usage(ctx, r, since, until.AddDate(0, 0, 1), telemetry.UsageByDay, telemetry.UsageByModel, telemetry.UsageByMember, telemetry.UsageByAPIKey)
	if err != nil {
		return err
	}
	days := []daySpend{}
	for _, u := range used { // by day
		if user != "" && user != u.MemberName && user != u.Member || id != "" && id != u.APIKey {
			continue
		}
		day := u.Day.Format(time.DateOnly)
		if len(days) == 0 || days[len(days)-1].Day != day {
			days = append(days, daySpend{Day: day, Users: map[string]action.USD{}, Models: map[string]action.USD{}})
		}
		d := &days[len(days)-1]
		d.Spend += action.USD(u.Charged)
		d.Users[u.MemberName] += action.USD(u.Charged)
		d.Models[u.Model] += action.USD(u.Charged)
	}
	r.Reply = days
	return nil
}

// readDay reads a date; zero if it is absent.
func readDay(q *action.Query, name string) time.Time {
	text := q.Text(name)
	if text == "" {
		return time.Time{}
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		q.Wrong(name, "must be a date such as 2026-12-31")
	}
	return day
}

// totalSpend is what all calls that the caller sees cost.
type totalSpend struct {
	Spend     action.USD `json:"spend"`
	MaxBudget float64    `json:"max_budget"` // 0: there is none of the whole server
}

func (a *routes) globalSpend(ctx context.Context, r *action.Request) error {
	q := action.ReadQuery(r)
	q.Text("workspace")
	if err := q.Done(); err != nil {
		return err
	}
	used, err := a.usage(ctx, r, time.Time{}, time.Time{})
	if err != nil {
		return err
	}
	var out totalSpend
	for _, u := range used {
		out.Spend += action.USD(u.Charged)
	}
	r.Reply = out
	return nil
}
