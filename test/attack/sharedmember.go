package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/sluicegate/sluice/test/sluice"
)

// sharedMembers belong to several workspaces. Those who administer one of them try to act as such a member
// in another one.
type sharedMembers struct{}

func (sharedMembers) Name() string   { return "shared members" }
func (sharedMembers) Bounds() Bounds { return usual }

// File lets many sign-ins fail: what refuses them here must not be their number.
func (sharedMembers) File() string {
	return strings.Replace(serverFile, "limits: {", "limits: {unknown_keys: 1000, ", 1)
}

func (sharedMembers) Run(ctx context.Context, t *Target, r *Result) error {
	const password = "correct horse battery"
	manager, err := t.Create(ctx, "/v1/api-keys", `{"name":"manager","member":"manager@example.com","role":"manager"}`, "key")
	if err != nil {
		return err
	}
	for i, elsewhere := range []string{"admin", "member", "auditor everywhere", "viewer everywhere"} {
		name := fmt.Sprintf("shared%d@example.com", i)
		created := t.Do(ctx, sluice.Call{Path: "/v1/members", Body: `{"name":"` + name + `","role":"member"}`})
		both := sluice.Call{Path: "/v1/members?workspace=other", Body: `{"name":"` + name + `","role":"` + elsewhere + `"}`}
		if role, everywhere := strings.CutSuffix(elsewhere, " everywhere"); everywhere {
			both = sluice.Call{Method: "PUT", Path: "/v1/members/" + name, Body: `{"role":"` + role + `","everywhere":true}`}
		}
		if a := t.Do(ctx, both); created.Status != 201 || a.Status >= 300 {
			return fmt.Errorf("a member of two workspaces: %s, %s", created.Brief(), a.Brief())
		}
		for who, key := range inOrder(map[string]string{"an admin": adminKey, "a manager": manager}) {
			own := t.Do(ctx, sluice.Call{Path: "/v1/api-keys", Key: key, Body: fmt.Sprintf(`{"name":"as-%d-%s","member":%q}`, i, key[6:9], name)}).JSON("key").String()
			if own == "" {
				own = manager // there is no such key: nothing may be done with another one either
			}
			enters := func(how, credentials string) {
				a := t.Do(ctx, sluice.Call{Path: "/v1/auth/sessions", Key: "-", Body: `{` + credentials + `,"workspace":"other","token":true}`})
				r.Check(a.Status >= 400 && a.Status < 500, "%s of one workspace acts in another as %s: %s: %s", who, elsewhere, how, a.Brief())
			}
			enters("by an API key", `"api_key":"`+own+`"`)
			session := t.Do(ctx, sluice.Call{Path: "/v1/auth/sessions", Key: "-", Body: `{"api_key":"` + own + `","token":true}`}).JSON("token").String()
			for how, by := range inOrder(map[string]string{"its own key": key, "a key of the member's": own, "a session of that key": session}) {
				t.Do(ctx, sluice.Call{Method: "PUT", Path: "/v1/members/" + name + "/password", Key: by, Body: `{"password":"` + password + `"}`})
				enters("by a password set with "+how, `"member":"`+name+`","password":"`+password+`"`)
			}
			for _, path := range []string{"/v1/logs?workspace=other", "/v1/api-keys?workspace=other", "/v1/audit-logs?workspace=other"} {
				a := t.Do(ctx, sluice.Call{Path: path, Key: own})
				r.Check(a.Status == 404 || a.Status == 403, "%s of one workspace acts in another as %s: GET %s: %s", who, elsewhere, path, a.Brief())
			}
		}
		t.Do(ctx, sluice.Call{Method: "PUT", Path: "/v1/members/" + name + "/password", Body: `{"password":"` + password + `"}`}) // by the owner
		session := t.Do(ctx, sluice.Call{Path: "/v1/auth/sessions", Key: "-", Body: `{"member":"` + name + `","password":"` + password + `","token":true}`}).JSON("token").String()
		a := t.Do(ctx, sluice.Call{Method: "PUT", Path: "/v1/members/" + name + "/password", Key: session, Body: `{"password":"another horse battery"}`})
		r.Check(a.Status == 200, "the member itself cannot change its password: %s", a.Brief())
		a = t.Do(ctx, sluice.Call{Path: "/v1/auth/sessions", Key: "-", Body: `{"member":"` + name + `","password":"another horse battery","workspace":"other","token":true}`})
		r.Check(a.Status == 201, "the member itself cannot sign in to the other workspace: %s", a.Brief())
	}
	a := t.Do(ctx, sluice.Call{Path: "/v1/auth/sessions", Key: "-", Body: `{"api_key":"` + sluice.OwnerKey + `","workspace":"other","token":true}`})
	r.Check(a.Status == 201, "an owner's key does not sign in to another workspace: %s", a.Brief())
	return ctx.Err()
}
