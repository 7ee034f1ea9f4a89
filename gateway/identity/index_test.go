package identity_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/identity/identitytest"
)

// randomChange makes one change through the API, which may be refused.
func randomChange(ctx context.Context, h *house, r *rand.Rand) error {
	pick := func(prefix string) string { return fmt.Sprint(prefix, r.IntN(5)) }
	roles := []gateway.Role{"", gateway.RoleMember, gateway.RoleAdmin, gateway.RoleOwner}
	role := roles[r.IntN(len(roles))]
	budget := []string{"", "1", "2.5"}[r.IntN(3)]
	switch r.IntN(11) {
	case 0, 1:
		n := identity.NewAPIKey{Name: pick("key"), Workspace: pick("team"), Member: pick("member"), Role: role, BudgetUSD: budget}
		if r.IntN(2) == 0 {
			n.ExpiresAt = h.clock.now.Add(time.Hour).In(time.FixedZone("elsewhere", 3600))
		}
		_, _, err := h.CreateAPIKey(ctx, h.owner, n)
		return err
	case 2:
		_, err := h.SetAPIKeyDisabled(ctx, h.owner, pick("key"), r.IntN(2) == 0)
		return err
	case 3:
		_, err := h.UpdateAPIKey(ctx, h.owner, pick("key"), budgetOf(budget))
		return err
	case 4:
		_, err := h.DeleteAPIKey(ctx, h.owner, pick("key"))
		return err
	case 5:
		_, err := h.PutMember(ctx, h.owner, pick("team"), pick("member"), role)
		return err
	case 6:
		return h.UpdateWorkspace(ctx, h.owner, pick("team"), defaultConfig(pick("config")))
	case 7:
		_, err := h.CreateTeam(ctx, h.owner, identity.NewTeam{Name: pick("group"), Members: []string{"owner"}})
		return err
	case 8:
		ref := pick("group")
		if r.IntN(4) == 0 {
			_, err := h.DeleteTeam(ctx, h.owner, ref)
			return err
		}
		name := pick("group")
		_, err := h.UpdateTeam(ctx, h.owner, ref, identity.TeamChange{Name: &name, Members: &[]string{}})
		return err
	case 9:
		_, _, err := h.CreateAPIKey(ctx, h.owner, identity.NewAPIKey{Name: pick("key"), Team: pick("group")})
		return err
	default:
		var d identity.Declared
		for i := range r.IntN(3) {
			d.Workspaces = append(d.Workspaces, identity.DeclaredWorkspace{Name: fmt.Sprint("team", i), Config: pick("config")})
			d.APIKeys = append(d.APIKeys, identity.DeclaredAPIKey{Name: fmt.Sprint("declared", i), Key: gateway.NewSecret(pick("a-declared-key-") + fmt.Sprint(i)),
				Workspace: pick("team"), Member: pick("member"), Role: role, BudgetUSD: budget})
			d.Teams = append(d.Teams, identity.DeclaredTeam{Name: fmt.Sprint("declared", i), Workspace: pick("team"), Members: []string{pick("member")}})
		}
		return h.Declare(ctx, d)
	}
}

// After any changes, the index and the budgets are what a fresh start would read.
func TestIndexEqualsFreshLoad(t *testing.T) {
	for seed := range uint64(20) {
		store := identitytest.NewMemory()
		h := start(t, store)
		r := rand.New(rand.NewPCG(seed, 1))
		done := 0
		for range 100 {
			if randomChange(t.Context(), h, r) == nil {
				done++
			}
			h.clock.now = h.clock.now.Add(time.Second)
		}
		if done < 30 {
			t.Errorf("seed %d: only %d changes were accepted", seed, done)
		}
		fresh := start(t, store)
		if d := cmp.Diff(fresh.IndexState(), h.IndexState()); d != "" {
			t.Fatalf("seed %d (-fresh +index):\n%s", seed, d)
		}
		if d := cmp.Diff(fresh.budgets.state(), h.budgets.state()); d != "" {
			t.Fatalf("seed %d, budgets (-fresh +kept):\n%s", seed, d)
		}
	}
}

// A change costs its own writes: it reads no table of the store.
func TestChangesReadNoTables(t *testing.T) {
	store := identitytest.NewMemory()
	h := start(t, store)
	_, before := store.Calls()
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		_ = randomChange(t.Context(), h, r)
	}
	if _, after := store.Calls(); after != before {
		t.Errorf("%d reads of whole tables", after-before)
	}
}

// lostAnswer is a store whose next PutAPIKey happens, but fails.
type lostAnswer struct {
	*identitytest.Memory
	lose bool
}

func (s *lostAnswer) PutAPIKey(ctx context.Context, k identity.APIKey) error {
	err := s.Memory.PutAPIKey(ctx, k)
	if s.lose {
		s.lose = false
		return errDown
	}
	return err
}

// A write with an unknown outcome makes the next change read the store again.
func TestUnknownOutcomeOfAWrite(t *testing.T) {
	store := &lostAnswer{Memory: identitytest.NewMemory()}
	h := start(t, store)
	store.lose = true
	if _, _, err := h.CreateAPIKey(t.Context(), h.owner, identity.NewAPIKey{Name: "lost"}); err == nil {
		t.Fatal("no error")
	}
	_, err := h.DeleteAPIKey(t.Context(), h.owner, "lost")
	must(t, err)
	if d := cmp.Diff(start(t, store).IndexState(), h.IndexState()); d != "" {
		t.Errorf("(-fresh +index):\n%s", d)
	}
}

// Callers are identified while admins make changes.
func TestIdentifyDuringChanges(t *testing.T) {
	h := memory(t)
	secret, _ := h.key(t, identity.NewAPIKey{Name: "stays", Workspace: "elsewhere"})
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if p, err := h.Identify(context.Background(), secret, ""); err != nil || p.WorkspaceRef != "elsewhere" {
					t.Errorf("%+v, %v", p, err)
					return
				}
				if _, err := h.APIKeys(context.Background(), h.owner, ""); err != nil {
					t.Error(err)
				}
			}
		})
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		_ = randomChange(t.Context(), h, r)
	}
	close(stop)
	wg.Wait()
}

// The limits of budgets follow the API keys.
func TestBudgetsFollowKeys(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	info, _, err := h.CreateAPIKey(ctx, h.owner, identity.NewAPIKey{Name: "k", BudgetUSD: "1"})
	must(t, err)
	if info.Spent != 7 || info.Reserved != 2 {
		t.Errorf("spending of a key with a budget: %+v", info)
	}
	if limit := h.budgets.state()[info.ID]; limit == nil || *limit != gateway.NanoPerUSD {
		t.Errorf("limit %v", limit)
	}
	info, err = h.UpdateAPIKey(ctx, h.owner, "k", budgetOf(""))
	must(t, err)
	if limit, ok := h.budgets.state()[info.ID]; limit != nil || !ok || info.Spent != 0 {
		t.Errorf("without a budget: limit %v, %v, spent %d", limit, ok, info.Spent)
	}
	_, err = h.DeleteAPIKey(ctx, h.owner, "k")
	must(t, err)
	if _, ok := h.budgets.state()[info.ID]; ok {
		t.Error("the limit of a deleted key stays")
	}
}

// A principal says that its key has a budget only when the budget has its limit.
func TestLimitPrecedesPrincipal(t *testing.T) {
	h := memory(t)
	secret, _ := h.key(t, identity.NewAPIKey{Name: "k"})
	calls := 0
	h.budgets.onSet = func() {
		calls++
		if p, err := h.Identify(context.Background(), secret, ""); err != nil || p.Budgeted {
			t.Errorf("before the limit is set: %+v, %v", p, err)
		}
	}
	_, err := h.UpdateAPIKey(t.Context(), h.owner, "k", budgetOf("1"))
	must(t, err)
	if p, err := h.Identify(t.Context(), secret, ""); err != nil || !p.Budgeted || calls != 1 {
		t.Errorf("%+v, %v, %d limits set", p, err, calls)
	}
}
