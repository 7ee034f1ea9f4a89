package calllog

import (
	"context"

	"github.com/sluicegate/sluice/internal/httpapi/admin/analytics"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// sessionsWith returns the sessions of the next calls that have the words, those with the newest such
// call first. A session stands on the page of its newest one only. The cursor is that of calls.
func (a resource) sessionsWith(ctx context.Context, q telemetry.Query, words telemetry.Words) (telemetry.SessionPage, *analytics.Searched, error) {
	found, err := a.Texts.Logs(ctx, q, words)
	if err != nil {
		return telemetry.SessionPage{}, nil, err
	}
	page := telemetry.SessionPage{Next: found.Next}
	type name struct{ workspace, id string }
	seen := map[name]bool{}
	for _, r := range found.Records {
		n := name{r.Workspace, r.Session}
		if r.Session == "" || seen[n] {
			continue
		}
		seen[n] = true
		turns := q
		turns.Scope, turns.Session, turns.Cursor, turns.Limit = listing.Workspace(r.Workspace), r.Session, "", 1
		if r.Workspace == "" {
			turns.Scope = q.Scope
		}
		if q.Cursor != "" {
			newest, err := a.Texts.Logs(ctx, turns, words)
			if err != nil {
				return telemetry.SessionPage{}, nil, err
			}
			if len(newest.Records) > 0 && newest.Records[0].ID != r.ID {
				continue // it stands on a page before
			}
		}
		one, err := a.Reader.Sessions(ctx, turns)
		if err != nil {
			return telemetry.SessionPage{}, nil, err
		}
		page.Sessions = append(page.Sessions, one.Sessions...)
	}
	return page, analytics.SearchedOf(&found), nil
}
