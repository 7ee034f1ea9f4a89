package admin

import (
	"context"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/search"
)

// spoken is an office whose members say nothing but words.
type spoken struct {
	*office
	words telemetry.Words
	asked telemetry.Query
}

func (s *spoken) Logs(_ context.Context, q telemetry.Query, words telemetry.Words) (search.Result, error) {
	s.asked, s.words = q, words
	return search.Result{Page: telemetry.Page{Records: []*telemetry.Record{{ID: "01X", Time: testTime, FirstByte: -1}}, Next: "more"}, Read: 70, Until: testTime}, nil
}

// scoped lets the callers of an office in with scopes.
type scoped struct {
	*office
	scopes []gateway.Permission
}

func (s scoped) Identify(ctx context.Context, key gateway.Secret, address string) (*gateway.Principal, error) {
	by, err := s.office.Identify(ctx, key, address)
	if err == nil && s.scopes != nil {
		scoped := *by
		scoped.Scopes = s.scopes
		by = &scoped
	}
	return by, err
}

// TestSearchOfTexts: who may see texts searches them, its own where it sees no others.
func TestSearchOfTexts(t *testing.T) {
	for _, c := range []struct {
		as, text string
		scopes   []gateway.Permission
		status   int
		words    string
		member   string
	}{
		{"viewer@a", "Refund ORDER", nil, 200, "order refund", ""}, {"member@a", "refund", nil, 200, "refund", "mem"},
		{"viewer@a", "refund", []gateway.Permission{gateway.LogsList}, 403, "", ""}, {"viewer@a", " ", nil, 400, "", ""}, {"viewer@a", "", nil, 400, "", ""}, {"viewer@a", strings.Repeat("x", 201), nil, 400, "", ""},
	} {
		o := &office{t: t}
		texts := &spoken{office: o}
		s := httpapi.New(httpapi.Settings{Authenticator: scoped{o, c.scopes}, Routes: Routes(Settings{Logs: o, LogTexts: texts})})
		r := httptest.NewRequest("GET", "/v1/logs?limit=5&text="+url.QueryEscape(c.text), nil)
		r.Header.Set("Authorization", "Bearer "+c.as)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		answer := gjson.Parse(w.Body.String())
		if w.Code != c.status || strings.Join(texts.words, " ") != c.words || strings.Join(texts.asked.Member, ",") != c.member {
			t.Errorf("%+v: %d %s, words %q of %q", c, w.Code, w.Body, texts.words, texts.asked.Member)
		}
		if c.status == 200 && (answer.Get("searched.rows").Int() != 70 || !answer.Get("searched.until").Exists() || answer.Get("next_cursor").String() != "more") {
			t.Errorf("%+v: %s", c, w.Body)
		}
		if c.status != 200 && answer.Get("error.param").String() != "text" {
			t.Errorf("%+v: %s", c, w.Body)
		}
	}
}
