package analytics

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// SavedQuery is the query of a saved view, read as the page that it is of reads its own.
type SavedQuery struct {
	query telemetry.Query
	text  string
}

// ReadSaved reads the field of a form that holds the query of a view of a page: "logs", "sessions" or
// "analytics". It tells the form what is wrong, and Check the rest.
func ReadSaved(r *action.Request, f *action.Form, field, page, text string) *SavedQuery {
	p := f.QueryIn(r, field, text)
	s := &SavedQuery{}
	if page == "analytics" {
		q := &question{}
		q.readFilters(p, autoInterval)
		s.query = q.Query
		p.Text("group_by")
	} else {
		s.query = ReadExchanges(p)
		s.query.Cursor, s.query.Limit = p.Text("cursor"), p.Limit()
		p.Text("workspace")
		p.Flag("feedback")
	}
	p.Text("facets")
	s.text = p.Text("text")
	_ = p.Done() // its problems are those of the form
	return s
}

// Check reports what the list of by would refuse, by the name of the parameter in the field.
func (s *SavedQuery) Check(by *gateway.Principal, field string) error {
	s.query.Scope = listing.ScopeOf(by)
	err := s.query.Check()
	if err == nil {
		_, err = telemetry.ParseWords(s.text)
	}
	if err == nil {
		return nil
	}
	e := *gateway.AsError(err)
	if e.Kind == gateway.Invalid {
		at := field
		if e.Param != "" {
			at += "." + e.Param
		}
		e.Param, e.Public = at, "The field '"+at+"': "+e.Public
	}
	return &e
}
