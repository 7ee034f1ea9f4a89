package app

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// usage asks what calls used, as an API key.
func (o *office) usage(key, query string) gjson.Result {
	o.t.Helper()
	code, body := o.call(key, "GET", "/v1/usage"+query, "")
	if code != http.StatusOK {
		o.t.Fatalf("%s: %d %s", query, code, body)
	}
	return gjson.Parse(body)
}

// A member sees what it used itself and what its teams used; roles that see all of the workspace
// see that of others.
func TestUsage(t *testing.T) {
	o := openOffice(t)
	o.must("POST", "/v1/teams", `{"name":"ml","workspace":"a"}`)
	annas := o.must("POST", "/v1/api-keys", `{"name":"ann","workspace":"a","member":"ann","team":"ml"}`).Get("key").String()
	mias := o.must("POST", "/v1/api-keys", `{"name":"mia","workspace":"a","member":"mia","team":"ml"}`).Get("key").String()
	const calls = 3
	for range calls {
		if code, body := o.call(annas, "POST", "/v1/chat/completions", `{"model":"mock/echo","messages":[{"role":"user","content":"Hi"}]}`); code != http.StatusOK {
			t.Fatal(code, body)
		}
	}
	for deadline := time.Now().Add(30 * time.Second); o.usage(annas, "").Get("data.0.calls").Int() != calls; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the calls are not summed up: ", o.usage(annas, ""))
		}
	}
	row := o.usage(annas, "?group_by=day,model,member,team,api_key").Get("data.0")
	for field, want := range map[string]string{"member_name": "ann", "team_name": "ml", "api_key_name": "ann", "errors": "0", "unpriced_calls": "0"} {
		if got := row.Get(field).String(); got != want {
			t.Errorf("%s is %q, want %q in %s", field, got, want, row)
		}
	}
	if !strings.HasSuffix(row.Get("model").String(), "echo") || len(row.Get("day").String()) != len(time.DateOnly) {
		t.Error(row)
	}
	if row.Get("input_tokens").Int() == 0 || row.Get("cost_usd").Float() == 0 || row.Get("price_usd").Float() < row.Get("cost_usd").Float() {
		t.Errorf("tokens and amounts: %s", row)
	}
	for name, c := range map[string]struct {
		key, query string
		calls      int64
	}{
		"her own, asked for by name": {annas, "?group_by=member&member=ann", calls},
		"another member":             {annas, "?group_by=member&member=member@example.com", 0},
		"of her team":                {mias, "?group_by=team&team=ml", calls},
		"her own, who made none":     {mias, "?group_by=member", 0},
		"of somebody in her team":    {mias, "?group_by=member&team=ml&member=ann", 0},
		"of a team of others":        {o.keys[gateway.RoleMember], "?group_by=member&team=ml", 0},
		"billing sees her":           {o.keys[gateway.RoleBilling], "?group_by=member&member=ann", calls},
		"billing sees the team":      {o.keys[gateway.RoleBilling], "?group_by=team&team=ml", calls},
		"before there was anything":  {annas, "?until=2026-01-01T00:00:00Z&group_by=member", 0},
	} {
		if got := o.usage(c.key, c.query).Get("data.0.calls").Int(); got != c.calls {
			t.Errorf("%s: %d calls, want %d", name, got, c.calls)
		}
	}
	for field, query := range map[string]string{"group_by": "?group_by=colour", "since": "?since=yesterday", "colour": "?colour=red", "until": "?since=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z"} {
		code, body := o.call(annas, "GET", "/v1/usage"+query, "")
		if code != http.StatusBadRequest || !strings.Contains(body, field) {
			t.Errorf("%s: %d %s", query, code, body)
		}
	}
}

// What names nothing of the workspace is refused by the field's name.
func TestTeamsOverTheAdminAPI(t *testing.T) {
	o := openOffice(t)
	manager := o.keys[gateway.RoleManager]
	o.must("POST", "/v1/teams?workspace=a", `{"name":"ml","members":["member@example.com"]}`)
	theirs := o.must("POST", "/v1/teams", `{"name":"theirs","workspace":"b"}`).Get("id").String()
	for what, c := range map[string]struct {
		call, body string
		status     int
		text       string
	}{
		"no name":                        {"POST /v1/teams", `{}`, 400, "'name' is missing"},
		"a name in use":                  {"POST /v1/teams", `{"name":"ml"}`, 409, "already a team"},
		"an unknown field":               {"POST /v1/teams", `{"name":"x","role":"admin"}`, 400, "'role' is unknown"},
		"members that are no list":       {"POST /v1/teams", `{"name":"x","members":"ann"}`, 400, "'members' must be"},
		"an unknown member":              {"POST /v1/teams", `{"name":"x","members":["nobody"]}`, 404, "members[0]"},
		"a member of another workspace":  {"POST /v1/teams", `{"name":"x","members":["` + o.ids["b member"] + `"]}`, 404, "members[0]"},
		"another workspace":              {"POST /v1/teams", `{"name":"x","workspace":"b"}`, 404, "workspace"},
		"added from another workspace":   {"PUT /v1/teams/ml/members/other-b", ``, 404, "'member'"},
		"nothing to change":              {"PUT /v1/teams/ml", `{}`, 400, "'name' is missing"},
		"a team of another workspace":    {"DELETE /v1/teams/" + theirs, ``, 404, "no team"},
		"a key of an unknown team":       {"POST /v1/api-keys", `{"name":"x","team":"nothing"}`, 404, "'team'"},
		"a key of a foreign team":        {"POST /v1/api-keys", `{"name":"x","team":"` + theirs + `"}`, 404, "'team'"},
		"a key moved to an unknown team": {"PUT /v1/api-keys/caller", `{"team":"nothing"}`, 404, "'team'"},
	} {
		method, path, _ := strings.Cut(c.call, " ")
		code, body := o.call(manager, method, path, c.body)
		if code != c.status || !strings.Contains(body, c.text) {
			t.Errorf("%s: %d %s", what, code, body)
		}
	}
	if team := o.must("GET", "/v1/teams/ml?workspace=a", ""); team.Get("members.#").Int() != 1 || team.Get("members.0.role").String() != "member" {
		t.Error(team)
	}
	key := o.must("PUT", "/v1/api-keys/caller?workspace=a", `{"team":"ml"}`)
	if key.Get("team").String() != "ml" || key.Get("team_id").String() == "" {
		t.Error(key)
	}
	audited := o.must("GET", "/v1/audit-logs?action=team.create&workspace=a", "")
	if n := audited.Get("data.#").Int(); n < 2 {
		t.Errorf("%d events of teams: %s", n, fmt.Sprint(audited))
	}
}
