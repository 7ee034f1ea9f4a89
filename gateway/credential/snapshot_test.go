package credential_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/credential/credentialtest"
)

// randomChange makes one change through the API, which may be refused.
func randomChange(ctx context.Context, h *house, r *rand.Rand) error {
	name, workspace, secret := fmt.Sprint("vk", r.IntN(4)), known[r.IntN(len(known))], gateway.NewSecret(fmt.Sprint("secret", r.IntN(3)))
	n := credential.NewVirtualKey{Name: name, Workspace: workspace, Provider: "openai", Credential: secret, Models: []string{"a"}, Prices: gateway.Prices{"*": {Input: 1}}}
	var err error
	switch r.IntN(5) {
	case 0, 1:
		_, err = h.CreateVirtualKey(ctx, h.owner, n)
	case 2:
		_, err = h.SetVirtualKeyDisabled(ctx, principal(workspace, gateway.RoleOwner), name, r.IntN(2) == 0)
	case 3:
		_, err = h.DeleteVirtualKey(ctx, principal(workspace, gateway.RoleOwner), name)
	default:
		n.Name = "declared" + name
		err = h.Declare(ctx, []credential.NewVirtualKey{n}[:r.IntN(2)])
	}
	return err
}

// After any changes, the snapshot is what a fresh start would read, and no change has read
// the table.
func TestSnapshotEqualsFreshLoad(t *testing.T) {
	for seed := range uint64(20) {
		store := newStore()
		h := start(t, store)
		r := rand.New(rand.NewPCG(seed, 1))
		done := 0
		for range 100 {
			if randomChange(t.Context(), h, r) == nil {
				done++
			}
			h.clock.now = h.clock.now.Add(time.Second)
		}
		if _, lists := store.Calls(); lists != 1 || done < 30 {
			t.Errorf("seed %d: %d reads of the table in %d changes", seed, lists, done)
		}
		if got, want := h.SnapshotState(), start(t, store).SnapshotState(); !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: %+v, a fresh start reads %+v", seed, got, want)
		}
	}
}

// lostAnswer is a store whose next PutVirtualKey happens, but fails.
type lostAnswer struct {
	*credentialtest.Memory
	lose bool
}

func (s *lostAnswer) PutVirtualKey(ctx context.Context, k credential.VirtualKey) error {
	err := s.Memory.PutVirtualKey(ctx, k)
	if s.lose {
		s.lose = false
		return errDown
	}
	return err
}

// A write with an unknown outcome makes the next change read the store again.
func TestUnknownOutcomeOfAWrite(t *testing.T) {
	store := &lostAnswer{newStore(), true}
	h := start(t, store)
	if _, err := h.CreateVirtualKey(t.Context(), h.owner, credential.NewVirtualKey{Name: "lost", Provider: "openai", Credential: gateway.NewSecret("x")}); err == nil {
		t.Fatal("no error")
	}
	_, err := h.DeleteVirtualKey(t.Context(), h.owner, "lost")
	must(t, err)
	if n := len(h.SnapshotState().Stored); n != 0 {
		t.Errorf("%d virtual keys are left", n)
	}
}
