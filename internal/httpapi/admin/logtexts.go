package admin

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/search"
)

// LogTexts finds exchanges by words in their texts.
type LogTexts interface {
	Logs(ctx context.Context, q telemetry.Query, words telemetry.Words) (search.Result, error)
}

// logsPage is how exchanges are listed.
type logsPage struct {
	page
	Searched *searchedResponse `json:"searched,omitempty"` // of a search of texts
}

// searchedResponse tells how far a search came. With a next_cursor it goes on from there, whatever
// it has found.
type searchedResponse struct {
	Rows  int        `json:"rows"`  // whose texts were compared
	Until *time.Time `json:"until"` // start of the oldest one; null = there was none
}

// words reads what texts are searched for. Only who may see texts may search them.
func (a *resources) words(r *request, text string) (telemetry.Words, error) {
	const op = "admin.words"
	if text == "" {
		return nil, nil
	}
	if a.LogTexts == nil {
		return nil, gateway.InvalidField(op, "text", "The parameter 'text' is unknown.")
	}
	if err := gateway.Require(op, r.By, gateway.LogsView); err != nil {
		refused := *gateway.AsError(err)
		refused.Param = "text"
		return nil, &refused
	}
	return telemetry.ParseWords(text)
}

// findLogs lists exchanges, with words by their texts.
func (a *resources) findLogs(ctx context.Context, q telemetry.Query, words telemetry.Words) (telemetry.Page, *searchedResponse, error) {
	if len(words) == 0 {
		found, err := a.Logs.Logs(ctx, q)
		return found, nil, err
	}
	found, err := a.LogTexts.Logs(ctx, q, words)
	searched := &searchedResponse{Rows: found.Read}
	if found.Read > 0 {
		searched.Until = &found.Until
	}
	return found.Page, searched, err
}
