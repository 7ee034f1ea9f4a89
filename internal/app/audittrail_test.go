package app

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// eventsOf are the audit events of one call. The event of an exchange follows its answer, that of
// any other call stands before it.
func (o *office) eventsOf(requestID string, want int) gjson.Result {
	o.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		found := o.must("GET", "/v1/audit-logs?request_id="+requestID, "").Get("data")
		if n := len(found.Array()); n >= want || n < want && time.Now().After(deadline) {
			return found
		}
	}
}

// allEvents are the audit events by the request that they are of, once each of these requests has its
// number of them.
func (o *office) allEvents(wanted map[string]int) map[string][]gjson.Result {
	o.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		found := map[string][]gjson.Result{}
		for cursor, more := "", true; more; more = cursor != "" {
			page := o.must("GET", "/v1/audit-logs?limit=1000&cursor="+url.QueryEscape(cursor), "")
			for _, e := range page.Get("data").Array() {
				id := e.Get("request_id").String()
				found[id] = append(found[id], e)
			}
			cursor = page.Get("next_cursor").String()
		}
		missing := false
		for id, n := range wanted {
			missing = missing || len(found[id]) < n
		}
		if !missing || time.Now().After(deadline) {
			return found
		}
	}
}

// changes reports whether a route changes something although it is no call to a model.
func changes(r httpapi.Route) bool {
	switch r.Need {
	case gateway.CompletionsWrite, gateway.PromptsRender:
		return r.Method == http.MethodDelete
	case gateway.LogsWrite, gateway.SignIn: // spans are records themselves; some steps ask only whether another one was done
		return r.Audit.Every()
	}
	return r.Method != http.MethodGet
}

// TestEveryRouteIsAudited walks all routes and roles: a change, a read of logs or audit events, a
// call to a model and a denial leave exactly one event each, and nothing else leaves one.
func TestEveryRouteIsAudited(t *testing.T) {
	o := openOffice(t, passesUnknown)
	type call struct {
		route  httpapi.Route
		role   gateway.Role
		code   int
		id     string
		want   int
		denied bool
	}
	var made []call
	changed := true // by the last call: something may have to be made again
	for _, r := range o.routes {
		if r.Audit.Action == "" {
			t.Errorf("%s %s has no audit rule", r.Method, r.Path)
		}
		always := changes(r) || r.Need.ReadsRecords()
		for _, role := range gateway.Roles() {
			if changed {
				o.furnish("a")
			}
			if strings.Contains(r.Path, "responses/:id") {
				o.respond("a")
			}
			w := o.answer(o.keys[role], r.Method, o.path(r, "a"), bodyOf(r))
			changed = r.Method != http.MethodGet && !calls(r) && w.Code < http.StatusBadRequest
			denied := w.Code == http.StatusForbidden || w.Code == http.StatusUnauthorized
			want := 0
			shows := strings.HasSuffix(r.Path, "/api/show") // a model, although by POST
			if always || denied || calls(r) && !shows && (r.Method == http.MethodPost || isPassedOn(r) || r.Path == "/v1/realtime" || strings.HasPrefix(r.Path, "/ws/")) && r.Need != gateway.LogsWrite {
				want = 1
			}
			made = append(made, call{r, role, w.Code, w.Header().Get("X-Sluice-Request-Id"), want, denied})
		}
	}
	wanted := map[string]int{}
	for _, c := range made {
		wanted[c.id] = c.want
	}
	all := o.allEvents(wanted)
	for _, c := range made {
		what := fmt.Sprintf("%s %s as %s: %d", c.route.Method, c.route.Path, c.role, c.code)
		events := all[c.id]
		if len(events) != c.want {
			t.Errorf("%s, %d events, want %d: %s", what, len(events), c.want, events)
			continue
		}
		if c.want == 1 && (c.denied != (events[0].Get("outcome").String() == "denied") ||
			c.route.Need != gateway.SignIn && events[0].Get("member_name").String() != string(c.role)+"@example.com") {
			t.Errorf("%s, event %s", what, events[0].Raw)
		}
	}
}

// TestEventsShowWhatChanged: an event of a change has the object before and after it, and none has
// a key or a credential.
func TestEventsShowWhatChanged(t *testing.T) {
	o := openOffice(t)
	const credential, password = "canary-credential-0123456789abcdef", "canary horse battery staple"
	for _, c := range []struct {
		name, method, path, body string
		before, after            map[string]string // path → value; "" = absent
	}{
		{name: "a created config", method: "POST", path: "/v1/configs", body: `{"slug":"seen","config":{"provider":"openai"}}`,
			before: map[string]string{"slug": ""}, after: map[string]string{"slug": "seen", "version": "1", "config.provider": "openai"}},
		{name: "its next version", method: "PUT", path: "/v1/configs/seen", body: `{"config":{"retry":3}}`,
			before: map[string]string{"version": "1", "config.provider": "openai"}, after: map[string]string{"version": "2", "config.retry": "3"}},
		{name: "its deletion", method: "DELETE", path: "/v1/configs/seen", before: map[string]string{"version": "2"}, after: map[string]string{"version": ""}},
		{name: "a budget", method: "PUT", path: "/v1/api-keys/" + o.ids["a /v1/api-keys"], body: `{"budget_usd":7}`,
			before: map[string]string{"budget_usd": "", "name": "other"}, after: map[string]string{"budget_usd": "7", "name": "other"}},
		{name: "a key disabled", method: "POST", path: "/v1/api-keys/" + o.ids["a /v1/api-keys"] + "/disable",
			before: map[string]string{"disabled": "false"}, after: map[string]string{"disabled": "true"}},
		{name: "a credential", method: "POST", path: "/v1/virtual-keys", body: `{"name":"seen","provider":"openai","api_key":"` + credential + `"}`,
			before: map[string]string{"name": ""}, after: map[string]string{"name": "seen", "provider": "openai"}},
		{name: "a role", method: "PUT", path: "/v1/members/" + o.ids["a member"] + "?workspace=a", body: `{"role":"viewer"}`,
			before: map[string]string{"role": "member"}, after: map[string]string{"role": "viewer"}},
		{name: "a password", method: "PUT", path: "/v1/members/" + o.ids["a member"] + "/password?workspace=a", body: `{"password":"` + password + `"}`,
			after: map[string]string{"secrets_set.password": "[secret]"}},
		{name: "a limit", method: "POST", path: "/v1/policies/rate-limits?workspace=a", body: `{"name":"seen","conditions":[],"group_by":[{"key":"api_key"}],"type":"requests","unit":"rpm","value":5}`,
			after: map[string]string{"name": "seen", "value": "5"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := o.answer(ownersKey, c.method, c.path, c.body)
			if w.Code >= 300 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			e := o.eventsOf(w.Header().Get("X-Sluice-Request-Id"), 1).Get("0")
			for side, values := range map[string]map[string]string{"before": c.before, "after": c.after} {
				for path, want := range values {
					if got := e.Get(side + "." + path).String(); got != want {
						t.Errorf("%s.%s is %q, want %q: %s", side, path, got, want, e.Raw)
					}
				}
			}
		})
	}
	if print := o.must("GET", "/v1/audit-logs?action=virtual_key.create&resource_id=", "").Get("data.0.after.secrets_set.api_key").String(); !strings.HasPrefix(print, "p_") {
		t.Errorf("the fingerprint of a credential: %q", print)
	}
	made := o.must("POST", "/v1/api-keys", `{"name":"canary","workspace":"a","member":"member@example.com"}`)
	rotated := o.must("POST", "/v1/api-keys/"+made.Get("id").String()+"/rotate", `{}`)
	all := o.must("GET", "/v1/audit-logs?limit=1000", "").Raw
	for _, canary := range append([]string{credential, password, ownersKey, made.Get("key").String(), rotated.Get("key").String()}, o.keys[gateway.RoleMember], o.callers["a"]) {
		if canary == "" || strings.Contains(all, canary) {
			t.Errorf("an event holds %q", canary)
		}
	}
}
