package analytics

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
	"github.com/sluicegate/sluice/telemetry/search"
)

// Texts finds exchanges by words in their texts. search.Searcher implements it.
type Texts interface {
	Logs(ctx context.Context, q telemetry.Query, words telemetry.Words) (search.Result, error)
}

// Searched tells how far a search of texts came.
type Searched struct {
	Rows  int        `json:"rows"`  // whose texts were compared
	Until *time.Time `json:"until"` // start of the oldest one; null = there was none
}

// SearchedOf is how far a search came.
func SearchedOf(found *search.Result) *Searched {
	out := &Searched{Rows: found.Read}
	if found.Read > 0 {
		out.Until = &found.Until
	}
	return out
}

// Words reads the parameter text, which r may have: what texts are searched for. Only who may see texts
// may search them.
func Words(r *action.Request, text string) (telemetry.Words, error) {
	const op = "analytics.Words"
	if text == "" {
		if r.Request().URL.Query().Has("text") {
			return nil, gateway.InvalidField(op, "text", "The parameter 'text' is empty. Name a word, or leave it out.")
		}
		return nil, nil
	}
	if err := gateway.Require(op, r.By, gateway.LogsView); err != nil {
		refused := *gateway.AsError(err)
		refused.Param = "text"
		return nil, &refused
	}
	return telemetry.ParseWords(text)
}

// facetTime bounds the search that facets are counted from.
const facetTime = 3 * time.Second

// facetsOfTexts counts the newest exchanges that have the words. One search serves all dimensions: so
// each is counted with its own filter.
func (a resource) facetsOfTexts(ctx context.Context, q telemetry.FacetQuery, words telemetry.Words) (telemetry.Facets, *Searched, error) {
	var rows telemetry.RecordRows
	var all search.Result
	q.Limit = listing.MaxPage
	complete := false
	for begun := time.Now(); !complete && len(rows) <= q.Counted() && time.Since(begun) < facetTime; {
		found, err := a.texts.Logs(ctx, q.Query, words)
		if err != nil {
			return telemetry.Facets{}, nil, err
		}
		rows = append(rows, found.Records...)
		if all.Read += found.Read; found.Read > 0 {
			all.Until = found.Until
		}
		q.Cursor, complete = found.Next, found.Next == ""
	}
	out, err := telemetry.CountFacets(&q, func(_ telemetry.Query, limit int) (telemetry.FacetRows, error) {
		return rows[:min(limit, len(rows))], nil
	})
	out.Capped = out.Capped || !complete
	for d, f := range out.Values {
		f.Capped = out.Capped
		out.Values[d] = f
	}
	return out, SearchedOf(&all), err
}
