package telemetry

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// Bounds of facets.
const (
	MaxCounted     = 10_000 // exchanges that are counted: the newest
	MaxFacetValues = 100    // of each dimension: the most frequent
)

// FacetQuery asks how the exchanges that Query selects are divided. Its Cursor and Limit are not used.
type FacetQuery struct {
	Query
	Dimensions []Dimension
	Keep       Dimension // the filter on it is a right of the caller: its facet is counted with it, too
	Most       int       // exchanges that are counted; 0 or more than MaxCounted: MaxCounted
}

// UsualFacets are the dimensions that are counted where a question names none: all but variants, which
// stores read from the facts of each exchange.
func UsualFacets() []Dimension {
	return slices.DeleteFunc(Dimensions(), func(d Dimension) bool { return d == DimensionVariant })
}

// Facets tell how exchanges are divided. Of more than FacetQuery.Most only the newest are counted.
type Facets struct {
	Total  int64
	Capped bool // there are more exchanges than Total
	Values map[Dimension]Facet
}

// Facet is the division by one dimension. If the query has a filter on the dimension, the facet is that
// of the query without this filter: so it shows what else could be chosen.
type Facet struct {
	Values []FacetValue // the most frequent first
	Capped bool         // there are more exchanges than were counted
}

// FacetValue is a value of a dimension, with its latest name.
type FacetValue struct {
	Value, Name string
	Count       int64
}

// Check returns an Invalid or Forbidden error for a query that no store can answer.
func (q *FacetQuery) Check() error {
	for i, d := range q.Dimensions {
		if !d.Known() || slices.Contains(q.Dimensions[:i], d) {
			return gateway.InvalidField("telemetry.FacetQuery.Check", "facets", "The 'facets' must list some of "+dimensionNames()+" and metadata.<key>, each once.")
		}
	}
	return q.Query.Check()
}

// Counted is how many exchanges are counted.
func (q *FacetQuery) Counted() int {
	if q.Most <= 0 {
		return MaxCounted
	}
	return min(q.Most, MaxCounted)
}

// Without returns the query for the facet of a dimension: without the filter on it. ok is false if
// there is no such filter, or it is kept.
func (q *FacetQuery) Without(d Dimension) (other Query, ok bool) {
	other = q.Query
	if d == q.Keep {
		return other, false
	}
	field := map[Dimension]*[]string{DimensionModel: &other.Model, DimensionProvider: &other.Provider, DimensionVirtualKey: &other.VirtualKey, DimensionMember: &other.Member,
		DimensionTeam: &other.Team, DimensionAPIKey: &other.APIKey, DimensionConfig: &other.Config, DimensionPrompt: &other.Prompt, DimensionVariant: &other.Variant, DimensionOutcome: &other.Outcome,
		DimensionCache: &other.Cache, DimensionVerdict: &other.Verdict}[d]
	if d == DimensionStatus {
		ok, other.Status = len(other.Status) > 0, nil
	} else if field != nil {
		ok, *field = len(*field) > 0, nil
	}
	return other, ok
}

// FacetRows are exchanges, the newest first.
type FacetRows interface {
	Len() int
	// Of returns the value of d that the ith exchange has, and its name, as Dimension.Of.
	Of(i int, d Dimension) (value, name string, ok bool)
}

// RecordRows are records, the newest first.
type RecordRows []*Record

// Len implements FacetRows.
func (r RecordRows) Len() int { return len(r) }

// Of implements FacetRows.
func (r RecordRows) Of(i int, d Dimension) (value, name string, ok bool) { return d.Of(r[i]) }

// CountFacets counts the newest exchanges of each query that the facets need: newest returns up to
// limit of them.
func CountFacets(q *FacetQuery, newest func(q Query, limit int) (FacetRows, error)) (Facets, error) {
	most := q.Counted()
	rows, err := newest(q.Query, most+1)
	if err != nil {
		return Facets{}, err
	}
	out := Facets{Total: int64(min(rows.Len(), most)), Capped: rows.Len() > most, Values: map[Dimension]Facet{}}
	for _, d := range q.Dimensions {
		counted := rows
		if other, ok := q.Without(d); ok {
			if counted, err = newest(other, most+1); err != nil {
				return Facets{}, err
			}
		}
		out.Values[d] = Facet{Values: countValues(d, counted, most), Capped: counted.Len() > most}
	}
	return out, nil
}

// countValues counts the values of a dimension among the newest exchanges.
func countValues(d Dimension, rows FacetRows, most int) []FacetValue {
	at := map[string]int{}
	var out []FacetValue
	for row := range min(rows.Len(), most) {
		value, name, ok := rows.Of(row, d)
		if !ok {
			continue
		}
		i, seen := at[value]
		if !seen {
			i = len(out)
			at[value], out = i, append(out, FacetValue{Value: value, Name: name})
		}
		out[i].Count++
	}
	return SortFacet(out)
}

// SortFacet sorts values by their count, then by value, and cuts them to MaxFacetValues.
func SortFacet(values []FacetValue) []FacetValue {
	slices.SortFunc(values, func(a, b FacetValue) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Value, b.Value))
	})
	return values[:min(len(values), MaxFacetValues)]
}
