package calllog

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/analytics"
	"github.com/sluicegate/sluice/telemetry"
)

type sessionResponse struct {
	Object       string     `json:"object"`
	ID           string     `json:"id"`
	Source       string     `json:"source"` // where the id was read
	Workspace    string     `json:"workspace_id"`
	Member       string     `json:"member"`
	MemberName   string     `json:"member_name,omitempty"`
	APIKey       string     `json:"api_key"`
	APIKeyName   string     `json:"api_key_name,omitempty"`
	First        time.Time  `json:"first_at"`
	Last         time.Time  `json:"last_at"`
	Turns        int        `json:"turns"`
	Cut          bool       `json:"turns_cut,omitempty"` // there are more, which are not summed up
	Errors       int        `json:"errors"`
	InputTokens  int64      `json:"input_tokens"`
	OutputTokens int64      `json:"output_tokens"`
	CacheRead    int64      `json:"cache_read_tokens"`
	Cost         action.USD `json:"cost_usd"`
	Price        action.USD `json:"price_usd"`
	Unpriced     int        `json:"unpriced_calls"`
	ToolCalls    int        `json:"tool_calls"`
	Models       []string   `json:"models"`
}

type sessionsResponse struct {
	Object   string              `json:"object"`
	Data     []sessionResponse   `json:"data"`
	Next     string              `json:"next_cursor,omitempty"`
	Searched *analytics.Searched `json:"searched,omitempty"` // of a search of texts
}

// turnsResponse has the turns of a session, oldest first. Next leads to older ones.
type turnsResponse struct {
	Object  string               `json:"object"`
	Session sessionResponse      `json:"session"`
	Data    any                  `json:"data"`
	Next    string               `json:"next_cursor,omitempty"`
	Spans   []callerSpanResponse `json:"spans,omitempty"`     // of the callers, around the calls
	Cut     bool                 `json:"spans_cut,omitempty"` // there are more of them
}

func sessionOf(s *telemetry.Session) sessionResponse {
	out := sessionResponse{Object: "session", ID: s.ID, Source: string(s.Source), Workspace: s.Workspace, Member: s.Member, MemberName: s.MemberName,
		APIKey: s.APIKey, APIKeyName: s.APIKeyName, First: s.First, Last: s.Last, Turns: s.Turns, Cut: s.Cut, Errors: s.Errors,
		InputTokens: s.Input, OutputTokens: s.Output, CacheRead: s.CacheRead, Cost: action.USD(s.Cost), Price: action.USD(s.Charged),
		Unpriced: s.Unpriced, ToolCalls: s.ToolCalls, Models: s.Models}
	if out.Models == nil {
		out.Models = []string{}
	}
	return out
}

func (a resource) listSessions(ctx context.Context, r *action.Request) error {
	p := action.ReadQuery(r)
	ref := p.Text("workspace")
	q := analytics.ReadExchanges(p)
	q.Cursor, q.Limit = p.Text("cursor"), p.Limit()
	text := p.Text("text")
	err := p.Done()
	if err != nil {
		return err
	}
	words, err := analytics.Words(r, text)
	if err != nil {
		return err
	}
	if q.Scope, err = scope(ctx, r, ref); err != nil {
		return err
	}
	if err := q.Check(); err != nil {
		return err
	}
	answer := sessionsResponse{Object: "list", Data: []sessionResponse{}}
	if analytics.Own(r.By, gateway.LogsReadAll, &q) {
		var found telemetry.SessionPage
		if len(words) > 0 {
			found, answer.Searched, err = a.sessionsWith(ctx, q, words)
		} else {
			found, err = a.Reader.Sessions(ctx, q)
		}
		if err != nil {
			return err
		}
		for i := range found.Sessions {
			answer.Data = append(answer.Data, sessionOf(&found.Sessions[i]))
		}
		answer.Next = found.Next
	}
	r.Reply = answer
	return nil
}

// getSession answers the calls of a session, newest page first, each page oldest first. Calls that
// belong to no session are found by their trace.
func (a resource) getSession(ctx context.Context, r *action.Request) error {
	r.Target = r.Param("id")
	p := action.ReadQuery(r)
	ref, cursor, limit := p.Text("workspace"), p.Text("cursor"), p.Limit()
	err := p.Done()
	if err != nil {
		return err
	}
	q := telemetry.Query{Session: r.Target, Limit: telemetryLimit(limit)}
	if q.Scope, err = scope(ctx, r, ref); err != nil {
		return err
	}
	analytics.Own(r.By, gateway.LogsReadAll, &q) // names nobody else
	summed, err := a.Reader.Sessions(ctx, q)
	if err != nil {
		return err
	}
	answer := turnsResponse{Object: "session.turns"}
	if len(summed.Sessions) > 0 {
		newest := &summed.Sessions[0]
		answer.Session = sessionOf(newest)
	} else {
		q.Session, q.Trace = "", r.Target
	}
	q.Cursor = cursor
	page, err := a.Reader.Logs(ctx, q)
	if err != nil {
		return err
	}
	turns := page.Records
	if len(summed.Sessions) > 0 { // other workspaces may have a session of the same name
		turns = slices.DeleteFunc(turns, func(t *telemetry.Record) bool { return t.Workspace != summed.Sessions[0].Workspace })
	} else if len(turns) > 0 {
		sum := telemetry.SumSession(turns)
		sum.ID, sum.Source = r.Target, gateway.SessionTrace
		answer.Session = sessionOf(&sum)
	}
	if len(turns) == 0 && cursor == "" {
		return &gateway.Error{Op: "calllog.getSession", Kind: gateway.NotFound, Param: "id", Public: "No session has the id '" + gateway.Clip(r.Target, 100) + "'."}
	}
	out := make([]json.RawMessage, len(turns))
	for i, t := range turns {
		out[len(turns)-1-i] = t.JSON(false)
	}
	answer.Data, answer.Next = out, page.Next
	if r.By.May(gateway.LogsView) {
		if answer.Spans, answer.Cut, err = a.spansAround(ctx, r.By, q.Scope, turns); err != nil {
			return err
		}
	}
	r.Reply = answer
	return nil
}

// telemetryLimit is how many turns one page has where the caller does not say.
func telemetryLimit(limit int) int {
	if limit == 0 {
		return 500
	}
	return limit
}
