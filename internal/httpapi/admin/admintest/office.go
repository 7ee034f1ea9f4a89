// Package admintest tests routes of administration with golden files: a file lists calls, and the
// answers that they get from real services over stores in memory.
//
//	as owner                   who calls from here on: a role in workspace a, or "viewer of b"
//	POST /key/generate         a call, with its body below it up to an empty line
//	{"key_alias": "ci"}
//
// In an answer the first random key is written $key1, the first hash $hash1, the first id $id1; a
// later call may name them so.
package admintest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/identity/identitytest"
	"github.com/sluicegate/sluice/gateway/limit"
	"github.com/sluicegate/sluice/internal/goldentest"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/own"
	"github.com/sluicegate/sluice/telemetry/audit"
)

// Now is the time at which everything happens.
var Now = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// OwnerKey is the key of the first owner, who belongs to the workspace "default".
const OwnerKey = "sk-sl-owner-of-the-office-under-test"

// Office is what the routes under test are made of.
type Office struct {
	Identity *identity.Service
	Limits   *limit.Service
	Budgets  *budget.Limits
	Events   []audit.Event

	server http.Handler
	keys   map[string]string // by "role of workspace"
	names  *aliases
}

// Run runs the golden files that match glob.
func Run(t *testing.T, glob string, routes func(*Office) []httpapi.Route) {
	goldentest.Run(t, glob, func(t *testing.T, in *txtar.Archive) *txtar.Archive {
		o := open(t)
		o.server = httpapi.New(httpapi.Settings{Routes: routes(o), Audit: o, Authenticator: o.Identity, Now: func() time.Time { return Now }})
		return goldentest.With(in, txtar.File{Name: "answers", Data: []byte(o.play(t, string(in.Files[0].Data)))})
	})
}

func open(t *testing.T) *Office {
	t.Helper()
	clock := func() time.Time { return Now }
	n := 0
	o := &Office{keys: map[string]string{"owner of default": OwnerKey}, names: newAliases()}
	o.Identity = identity.New(identitytest.NewMemory(), cipher{}, identity.Config{Now: clock})
	o.Limits = limit.New(limit.Config{Store: noStore{}, Counters: limit.NewMemory(clock), Now: clock, NewID: func(time.Time) string { n++; return fmt.Sprintf("rule%d", n) }})
	o.Budgets = budget.NewLimits(budget.LimitsConfig{Store: noBudgets{}, Now: clock, NewID: func(time.Time) string { n++; return fmt.Sprintf("budget%d", n) }})
	if err := o.Identity.Bootstrap(t.Context(), gateway.NewSecret(OwnerKey)); err != nil {
		t.Fatal(err)
	}
	return o
}

// Own are the limits and budgets of keys. A fifth of each budget is spent.
func (o *Office) Own() own.Keys {
	return own.Keys{Limits: o.Limits, Budgets: o.Budgets, Ledger: spender{}}
}

// spender is a ledger in which a fifth of each budget is spent.
type spender struct{}

func (spender) Uses(_ context.Context, budgets ...budget.Budget) ([]billing.Use, error) {
	out := make([]billing.Use, len(budgets))
	for i, b := range budgets {
		_, resets := b.Period.Bounds(Now, time.UTC)
		out[i] = billing.Use{Balance: ledger.Balance{Spent: b.Limit / 5}, Resets: resets}
	}
	return out, nil
}

// Audit keeps an event.
func (o *Office) Audit(_ context.Context, e audit.Event) error {
	o.Events = append(o.Events, e)
	return nil
}

// Ready implements httpapi.AuditSink.
func (*Office) Ready() error { return nil }

// key is the API key of a role in a workspace, made when it is first asked for.
func (o *Office) key(t *testing.T, who string) string {
	if o.keys[who] == "" {
		role, workspace, _ := strings.Cut(who, " of ")
		owner, err := o.Identity.Identify(t.Context(), gateway.NewSecret(OwnerKey), "")
		if err != nil {
			t.Fatal(err)
		}
		_, secret, err := o.Identity.CreateAPIKey(t.Context(), owner, identity.NewAPIKey{Name: role, Workspace: workspace, Member: role + "@" + workspace, Role: gateway.Role(role)})
		if err != nil {
			t.Fatal(err)
		}
		o.keys[who] = secret.Reveal()
	}
	return o.keys[who]
}

// play makes the calls of a script, and writes down the answers.
func (o *Office) play(t *testing.T, script string) string {
	var out strings.Builder
	who := "owner of default"
	for _, block := range strings.Split(strings.TrimSpace(script), "\n\n") {
		head, body, _ := strings.Cut(strings.TrimSpace(block), "\n")
		for strings.HasPrefix(head, "as ") {
			if who = strings.TrimPrefix(head, "as "); !strings.Contains(who, " of ") {
				who += " of a"
			}
			head, body, _ = strings.Cut(body, "\n")
		}
		method, path, _ := strings.Cut(head, " ")
		events := len(o.Events)
		r := httptest.NewRequest(method, o.names.reveal(path), strings.NewReader(o.names.reveal(body)))
		r.Header.Set("Authorization", "Bearer "+o.key(t, who))
		w := httptest.NewRecorder()
		o.server.ServeHTTP(w, r)
		fmt.Fprintf(&out, "%s %s\n%d %s\n", method, path, w.Code, o.names.hide(indented(w.Body.Bytes())))
		for _, e := range o.Events[events:] {
			fmt.Fprintf(&out, "audit: %s %s %s\n", e.Action, e.Outcome, o.names.hide(e.ResourceID))
		}
		out.WriteString("\n")
	}
	return out.String()
}

// cipher is a keyed hash without a secret.
type cipher struct{}

func (cipher) Hash(key gateway.Secret) [32]byte {
	return sha256.Sum256([]byte("keyed " + key.Reveal()))
}
func (cipher) Seal(table, row, column string, text gateway.Secret) []byte {
	return []byte(table + row + column + text.Reveal())
}
func (cipher) Open(table, row, column string, sealed []byte) (gateway.Secret, error) {
	text, ok := strings.CutPrefix(string(sealed), table+row+column)
	if !ok {
		return gateway.Secret{}, errors.New("sealed elsewhere")
	}
	return gateway.NewSecret(text), nil
}

// noStore keeps nothing: the service of limits has the rules, too.
type noStore struct{}

func (noStore) RateLimits(context.Context) ([]limit.Rule, error)               { return nil, nil }
func (noStore) ChangeRateLimits(context.Context, []limit.Rule, []string) error { return nil }

// noBudgets keeps nothing: the service of budgets has them, too.
type noBudgets struct{ budget.Store }

func (noBudgets) ChangeBudgets(context.Context, []budget.Budget, []string) error { return nil }
