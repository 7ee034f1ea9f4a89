package telemetry

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// MaxTurns is how many exchanges of a session, the newest that match the question, are summed up.
const MaxTurns = 10_000

// Session sums up the exchanges of one session that match a query: its turns.
type Session struct {
	ID         string
	Source     gateway.SessionSource // as below, of the newest turn
	Workspace  string                // id
	Member     string                // id
	MemberName string
	APIKey     string // id
	APIKeyName string

	First, Last   time.Time // the starts of the oldest and the newest turn
	Turns         int
	Cut           bool // there are more than MaxTurns
	Errors        int
	Input, Output int64 // tokens
	CacheRead     int64 // of Input
	Cost, Charged int64 // nano-USD, where they are known
	Unpriced      int   // turns that used tokens and have no known price
	ToolCalls     int
	Models        []string // as the answers name them, sorted
}

// SessionPage is one page of sessions, those with the newest turns first. Next is "" on the last page.
type SessionPage struct {
	Sessions []Session
	Next     string
}

// SumSession sums up the turns of one session, newest first, at most one more than MaxTurns. It
// defines the answer for all stores.
func SumSession(turns []*Record) Session {
	newest := turns[0]
	s := Session{ID: newest.Session, Source: newest.SessionSource, Workspace: newest.Workspace, Member: newest.Member, MemberName: newest.MemberName,
		APIKey: newest.APIKey, APIKeyName: newest.APIKeyName, Last: newest.Time, Cut: len(turns) > MaxTurns}
	for _, r := range turns[:min(len(turns), MaxTurns)] {
		s.Turns++
		s.First = r.Time
		if r.Outcome != OutcomeOK {
			s.Errors++
		}
		if u := r.Usage; u != nil {
			s.Input, s.Output, s.CacheRead = s.Input+u.Input, s.Output+u.Output, s.CacheRead+u.CacheRead
		}
		if r.Cost.Known {
			s.Cost += r.Cost.Nano
		}
		if r.Cost.ChargedKnown {
			s.Charged += r.Cost.Charged
		} else if r.Usage != nil && r.Usage.Input+r.Usage.Output > 0 {
			s.Unpriced++
		}
		for _, t := range r.Tools {
			s.ToolCalls += t.Calls
		}
		if model := cmp.Or(r.Served, r.Model); model != "" && !slices.Contains(s.Models, model) {
			s.Models = append(s.Models, model)
		}
	}
	slices.Sort(s.Models)
	return s
}

// sessionKey orders sessions whose newest turns began at the same time.
func sessionKey(workspace, id string) string { return workspace + "\x00" + id }

// Position returns the session's place in a listing.
func (s *Session) Position() listing.Position {
	return listing.Position{Time: s.Last, ID: sessionKey(s.Workspace, s.ID)}
}

// ParseSessionCursor reads SessionPage.Next: the newest turn, the workspace and the id of the last
// session of a page. ok is false for the first page.
func ParseSessionCursor(s string) (last time.Time, workspace, id string, ok bool, err error) {
	p, err := listing.ParseCursor(s)
	if err != nil || p == nil {
		return time.Time{}, "", "", false, err
	}
	workspace, id, _ = strings.Cut(p.ID, "\x00")
	return p.Time, workspace, id, true, nil
}

// CompareSessions sorts sessions as they are listed.
func CompareSessions(a, b *Session) int {
	return cmp.Or(b.Last.Compare(a.Last), strings.Compare(sessionKey(b.Workspace, b.ID), sessionKey(a.Workspace, a.ID)))
}

// PageOf is the page that sessions begin, of which there may be more than limit.
func PageOf(sessions []Session, limit int) SessionPage {
	if len(sessions) <= limit {
		return SessionPage{Sessions: sessions}
	}
	last := sessions[limit-1]
	return SessionPage{Sessions: sessions[:limit], Next: last.Position().Cursor()}
}
