package analytics

import (
	"context"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/telemetry"
)

type facetsResponse struct {
	Object string  `json:"object"`
	Total  counted `json:"total"`
	// Facets by dimension. One with a filter of its own is counted without this filter.
	Facets   map[string]facetResponse `json:"facets"`
	Searched *Searched                `json:"searched,omitempty"` // of a search of texts; then each is counted with its filter
}

type counted struct {
	Count  int64 `json:"count"`
	Capped bool  `json:"capped"` // there are more: only the newest are counted
}

type facetResponse struct {
	Values []facetValue `json:"values"`
	Capped bool         `json:"capped"` // there are more exchanges than were counted
}

type facetValue struct {
	Value string `json:"value"`
	Name  string `json:"name,omitempty"` // of a member, a team, an API key or a prompt
	Count int64  `json:"count"`
}

// facets counts the exchanges that the list of logs shows for the same filters.
func (a resource) facets(ctx context.Context, r *action.Request) error {
	p := action.ReadQuery(r)
	ref := p.Text("workspace")
	q := telemetry.FacetQuery{Query: ReadExchanges(p), Dimensions: telemetry.UsualFacets()}
	if list := p.Text("facets"); list != "" {
		q.Dimensions = nil
		for _, d := range strings.Split(list, ",") {
			q.Dimensions = append(q.Dimensions, telemetry.Dimension(d))
		}
	}
	text := p.Text("text")
	err := p.Done()
	if err != nil {
		return err
	}
	words, err := Words(r, text)
	if err != nil {
		return err
	}
	if q.Scope, err = scope(ctx, r, ref); err != nil {
		return err
	}
	if err := q.Check(); err != nil {
		return err
	}
	if !r.By.May(gateway.LogsReadAll) {
		q.Keep = telemetry.DimensionMember
	}
	var found telemetry.Facets
	var searched *Searched
	if Own(r.By, gateway.LogsReadAll, &q.Query) {
		switch {
		case len(words) == 0:
			found, err = a.Facets(ctx, q)
		case a.texts == nil:
			err = gateway.InvalidField("analytics.facets", "text", "The parameter 'text' is unknown.")
		default:
			found, searched, err = a.facetsOfTexts(ctx, q, words)
		}
		if err != nil {
			return err
		}
	}
	out := facetsResponse{Searched: searched, Object: "facets", Total: counted{found.Total, found.Capped}, Facets: map[string]facetResponse{}}
	for _, d := range q.Dimensions {
		f := facetResponse{Values: []facetValue{}, Capped: found.Values[d].Capped}
		for _, v := range found.Values[d].Values {
			f.Values = append(f.Values, facetValue{v.Value, v.Name, v.Count})
		}
		out.Facets[string(d)] = f
	}
	r.Reply = out
	return nil
}
