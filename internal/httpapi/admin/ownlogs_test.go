package admin

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// foreignLogs is an office whose exchanges are another member's.
type foreignLogs struct{ *office }

func (f foreignLogs) Log(_ context.Context, scope listing.Scope, id string) ([]*telemetry.Record, error) {
	f.query.Scope = scope
	return []*telemetry.Record{{ID: id, Member: "somebody", Time: testTime, FirstByte: -1}}, nil
}

// TestMembersSeeTheirOwnLogs: a member's questions are about its own exchanges, those of others
// are absent; a viewer's are about the workspace; who sees spending only reads no logs.
func TestMembersSeeTheirOwnLogs(t *testing.T) {
	for _, c := range []struct {
		as, query string
		asked     string // the member that the store was asked about
		status    int
	}{
		{"member@a", "", "mem", 200}, {"member@a", "?member=mem", "mem", 200}, {"member@a", "?member=m@example.com", "mem", 200},
		{"member@a", "?member=somebody", "", 200}, {"member@a", "?member=somebody,mem", "mem", 200}, {"viewer@a", "?member=a&member=b", "a b", 200}, {"viewer@a", "", "", 200}, {"viewer@a", "?member=somebody", "somebody", 200},
		{"auditor@a", "", "", 200}, {"billing@a", "", "", 403},
	} {
		o := &office{t: t}
		w := o.call(c.as, "GET", "/v1/logs"+c.query, "")
		if w.Code != c.status || strings.Join(o.query.Member, " ") != c.asked {
			t.Errorf("%s %s: %d %s, asked about %q", c.as, c.query, w.Code, w.Body, o.query.Member)
		}
		if c.query == "?member=somebody" && c.as == "member@a" && o.query.Scope != (listing.Scope{}) {
			t.Error("the store was asked about somebody else")
		}
	}
	for as, status := range map[string]int{"member@a": http.StatusNotFound, "viewer@a": http.StatusOK} {
		o := &office{t: t}
		s := httpapi.New(httpapi.Settings{Authenticator: o, Routes: Routes(Settings{Logs: foreignLogs{o}})})
		r := httptest.NewRequest("GET", "/v1/logs/01X", nil)
		r.Header.Set("Authorization", "Bearer "+as)
		w := httptest.NewRecorder()
		if s.ServeHTTP(w, r); w.Code != status {
			t.Errorf("%s: %d %s", as, w.Code, w.Body)
		}
	}
}
