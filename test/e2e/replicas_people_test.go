package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/store/postgrestest"
)

// What one replica disables, takes out of a team or ends, no other one serves, and what it enables
// again, every other one does.
func TestReplicasRefuseWhoIsDisabled(t *testing.T) {
	dsn := postgrestest.Database(t)
	const config = `
virtual_keys:
  - {name: local, provider: mock, api_key: none}
limits: {unknown_keys: 100000} # a key that is not known yet is asked for again and again
`
	var replicas []*server
	for range 3 {
		s := replica(t, dsn, config)
		s.launch()
		replicas = append(replicas, s)
	}
	must := func(r reply) string {
		t.Helper()
		if r.StatusCode >= 300 {
			t.Fatalf("%d %s", r.StatusCode, r.body)
		}
		return r.body
	}
	one := replicas[0]
	must(one.post("/v1/members", `{"name":"ann"}`))
	must(one.post("/v1/teams", `{"name":"ml","members":["ann"]}`))
	key := gjson.Get(must(one.post("/v1/api-keys", `{"name":"ci","member":"ann","team":"ml"}`)), "key").String()
	const password = "correct horse battery"
	must(one.do(http.MethodPut, "/v1/members/ann/password", `{"password":"`+password+`"}`))
	session := gjson.Get(must(one.post("/v1/auth/sessions", `{"member":"ann","password":"`+password+`","token":true}`)), "token").String()

	ending := gjson.Parse(must(one.post("/v1/auth/sessions", `{"member":"ann","password":"`+password+`","token":true}`)))

	// until waits for a status of the list of teams, which both a key and a session may ask for, on every replica.
	until := func(what, credential string, want int) {
		t.Helper()
		began := time.Now()
		for n, s := range replicas {
			for end := began.Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
				got := s.do(http.MethodGet, "/v1/teams", "", "Authorization", "Bearer "+credential).StatusCode
				if got == want {
					break
				}
				if time.Now().After(end) {
					t.Fatalf("%s: replica %d still answers %d, want %d\n%s", what, n, got, want, s.output)
				}
			}
		}
		t.Logf("%s on every replica after %v", what, time.Since(began).Round(time.Millisecond))
	}
	until("a new key is known", key, http.StatusOK)
	until("a new session is known", session, http.StatusOK)
	// A session that is ended on one replica is refused by all, whoever ends it.
	until("another session is known", ending.Get("token").String(), http.StatusOK)
	must(one.do(http.MethodDelete, "/v1/auth/sessions/"+ending.Get("id").String(), "", "Authorization", "Bearer "+session))
	until("the session is ended", ending.Get("token").String(), http.StatusUnauthorized)
	until("the other session of the member is not", session, http.StatusOK)
	for _, step := range []struct {
		what, method, path, body string
		key, session             int // status afterwards
	}{
		{"the key is disabled", http.MethodPost, "/v1/api-keys/ci/disable", "", http.StatusUnauthorized, http.StatusOK},
		{"the key is enabled", http.MethodPost, "/v1/api-keys/ci/enable", "", http.StatusOK, http.StatusOK},
		{"the member is disabled", http.MethodPut, "/v1/members/ann", `{"disabled":true}`, http.StatusUnauthorized, http.StatusUnauthorized},
		{"the member is enabled", http.MethodPut, "/v1/members/ann", `{"disabled":false}`, http.StatusOK, http.StatusOK},
		{"the member left the team", http.MethodDelete, "/v1/teams/ml/members/ann", "", http.StatusUnauthorized, http.StatusOK},
		{"the member is back", http.MethodPut, "/v1/teams/ml/members/ann", "", http.StatusOK, http.StatusOK},
		{"the member left the workspace", http.MethodDelete, "/v1/members/ann", "", http.StatusUnauthorized, http.StatusUnauthorized},
	} {
		must(one.do(step.method, step.path, step.body))
		until(step.what+", its key", key, step.key)
		until(step.what+", its session", session, step.session)
	}
}
