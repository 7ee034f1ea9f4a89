package router_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// fakePool gives its credentials in order; a refusal is 401 or 429.
type fakePool struct {
	names []string
	none  *gateway.Error // Choose fails with it
	told  []string       // what was reported: "a 401"
}

func (p *fakePool) Choose(session func() uint64, tried []string) (gateway.Credential, error) {
	if p.none != nil {
		return gateway.Credential{}, p.none
	}
	session()
	for _, name := range p.names {
		if !slices.Contains(tried, name) {
			return gateway.Credential{Name: name, Fingerprint: "f-" + name, Value: gateway.NewSecret("value-" + name)}, nil
		}
	}
	return gateway.Credential{}, &gateway.Error{Kind: gateway.Unavailable, Public: "no other"}
}

func (p *fakePool) Named(name string) (gateway.Credential, bool) {
	return gateway.Credential{Name: name}, slices.Contains(p.names, name)
}

func (p *fakePool) Report(c gateway.Credential, err *gateway.Error) bool {
	if err == nil {
		p.told = append(p.told, c.Name+" ok")
		return false
	}
	p.told = append(p.told, fmt.Sprint(c.Name, " ", err.HTTPStatus()))
	return err.Status == http.StatusUnauthorized || err.Status == http.StatusTooManyRequests
}

// TestRefusedCredential: a call whose credential is refused goes on with the next one, without a
// delay and beside the retry policy; every other failure is the retry policy's alone.
func TestRefusedCredential(t *testing.T) {
	for name, tc := range map[string]struct {
		replies []reply
		retry   int
		told    string
		sleeps  int
		status  int // of the error; 0 = an answer
	}{
		"taken":               {[]reply{text("A")}, 0, "a ok", 0, 0},
		"second":              {[]reply{status(401), text("A")}, 0, "a 401, b ok", 0, 0},
		"all refused":         {[]reply{status(401), status(429), status(401)}, 0, "a 401, b 429, c 401", 0, 401},
		"down":                {[]reply{status(503)}, 0, "a 503", 0, 503},
		"refused, then down":  {[]reply{status(429), status(503)}, 0, "a 429, b 503", 0, 503},
		"down, then refused":  {[]reply{status(503), status(401), text("A")}, 1, "a 503, a 401, b ok", 1, 0},
		"a bad request":       {[]reply{status(400)}, 2, "a 400", 0, 400},
		"all limited, again":  {[]reply{status(429), status(429), status(429), text("A")}, 1, "a 429, b 429, c 429, a ok", 1, 0},
		"all refused, no use": {[]reply{status(401)}, 3, "a 401, b 401, c 401", 0, 401},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, map[string][]reply{"a": tc.replies})
			pool := &fakePool{names: []string{"a", "b", "c"}}
			n := leaf("a", gateway.RetryPolicy{Attempts: tc.retry})
			n.Target.Pool = pool
			ex := exchange(t, n)
			_, err := r.run(context.Background(), ex)
			if got := strings.Join(pool.told, ", "); got != tc.told || len(r.slept) != tc.sleeps {
				t.Errorf("told %q with %d pauses, want %q", got, len(r.slept), tc.told)
			}
			if e := gateway.AsError(err); (e == nil) != (tc.status == 0) || e != nil && e.HTTPStatus() != tc.status {
				t.Errorf("error %v, want status %d", err, tc.status)
			}
			for i, told := range pool.told {
				a := ex.Facts.Attempts[i]
				if !strings.HasPrefix(told, a.Credential+" ") || a.CredentialFingerprint != "f-"+a.Credential {
					t.Errorf("attempt %d has the credential %q, %q", i, a.Credential, a.CredentialFingerprint)
				}
			}
			if !n.Target.Credential.Empty() {
				t.Error("the plan's target has changed")
			}
		})
	}
}

// TestNoCredential: a virtual key that cannot be used is not called and not retried, and a fallback
// goes on.
func TestNoCredential(t *testing.T) {
	r := newRig(t, map[string][]reply{"a": {text("A")}, "b": {text("B")}})
	n := leaf("a", twice)
	n.Target.Pool = &fakePool{none: &gateway.Error{Op: "test", Kind: gateway.RateLimited, Code: "virtual_key_exhausted", Public: "The virtual key 'a' is exhausted."}}
	ex := exchange(t, n)
	_, err := r.run(context.Background(), ex)
	if e := gateway.AsError(err); e == nil || e.Code != "virtual_key_exhausted" || e.Target != "config.a" || len(r.slept) > 0 || len(ex.Facts.Attempts) > 0 {
		t.Errorf("%+v, %d pauses, %d attempts", err, len(r.slept), len(ex.Facts.Attempts))
	}
	ex = exchange(t, &gateway.Node{Path: "config", Mode: gateway.ModeFallback, Nodes: []*gateway.Node{n, leaf("b", none)}})
	if _, err := r.run(context.Background(), ex); err != nil || len(r.up.calls) != 1 || r.up.calls[0] != "b" {
		t.Errorf("%v, called %v", err, r.up.calls)
	}
}

// TestKeptByAnAccount: what the vendor keeps for an account is asked for with its credential alone.
func TestKeptByAnAccount(t *testing.T) {
	for by, want := range map[gateway.VendorAccount]string{
		{VirtualKey: "a", Credential: "c"}:     "c 401",
		{VirtualKey: "a", Credential: "gone"}:  "a 401, b 401, c 401",
		{VirtualKey: "other", Credential: "c"}: "a 401, b 401, c 401",
	} {
		r := newRig(t, map[string][]reply{"a": {status(401)}})
		pool := &fakePool{names: []string{"a", "b", "c"}}
		n := leaf("a", none)
		n.Target.Pool = pool
		ex := exchange(t, n)
		ex.Envelope.KeptBy = by
		if _, err := r.run(context.Background(), ex); err == nil || strings.Join(pool.told, ", ") != want {
			t.Errorf("%v: told %v, want %s", by, pool.told, want)
		}
	}
}
