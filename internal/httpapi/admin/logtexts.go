package admin

import (
	"context"

	"github.com/sluicegate/sluice/internal/httpapi/admin/analytics"
	"github.com/sluicegate/sluice/telemetry"
)

// logsPage is how exchanges are listed.
type logsPage struct {
	page
	Searched *analytics.Searched `json:"searched,omitempty"` // of a search of texts
}

// findLogs lists exchanges, with words by their texts.
func (a *resources) findLogs(ctx context.Context, q telemetry.Query, words telemetry.Words) (telemetry.Page, *analytics.Searched, error) {
	if len(words) == 0 {
		found, err := a.Logs.Logs(ctx, q)
		return found, nil, err
	}
	found, err := a.LogTexts.Logs(ctx, q, words)
	return found.Page, analytics.SearchedOf(&found), err
}
