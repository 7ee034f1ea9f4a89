package seal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential/seal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memory is a seal.Store of two tables. The nth replacement fails, if failAt is n.
type memory struct {
	mu       sync.Mutex
	values   map[string]map[string][]byte // by table and row
	replaced int
	failAt   int
}

func (m *memory) SealedTables() []string { return []string{"canary", "secrets"} }

func (m *memory) SealedOtherwise(_ context.Context, table string, prefix []byte, skip, limit int) ([]seal.Value, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []seal.Value
	for i := range 10_000 {
		row := fmt.Sprintf("%04d", i)
		sealed, ok := m.values[table][row]
		if !ok || bytes.HasPrefix(sealed, prefix) {
			continue
		}
		if skip--; skip >= 0 {
			continue
		}
		if seal.SealedWith(sealed) != "" {
			sealed = sealed[:seal.HeadSize]
		}
		if out = append(out, seal.Value{Table: table, Row: row, Column: "c", Sealed: sealed}); len(out) == limit {
			break
		}
	}
	return out, nil
}

var errStopped = errors.New("the process was killed")

func (m *memory) ReplaceSealed(_ context.Context, v seal.Value, by []byte, whole bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.replaced++; m.replaced == m.failAt {
		return errStopped
	}
	now := m.values[v.Table][v.Row]
	if !bytes.HasPrefix(now, v.Sealed) {
		return nil
	}
	if !whole {
		by = append(bytes.Clone(by), now[seal.HeadSize:]...)
	}
	m.values[v.Table][v.Row] = by
	return nil
}

func (m *memory) ReplaceCanary(ctx context.Context, v seal.Value, by []byte, whole bool) error {
	return m.ReplaceSealed(ctx, v, by, whole)
}

func (m *memory) put(table, row string, sealed []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values[table][row] = sealed
}

// filled has a canary and n secrets that c sealed.
func filled(c *seal.Cipher, n int) *memory {
	m := &memory{values: map[string]map[string][]byte{"canary": {}, "secrets": {}}}
	m.put("canary", "0000", c.Seal("canary", "0000", "c", gateway.NewSecret("sluice")))
	for i := range n {
		row := fmt.Sprintf("%04d", i)
		m.put("secrets", row, c.Seal("secrets", row, "c", gateway.NewSecret("text "+row)))
	}
	return m
}

func (m *memory) check(t *testing.T, c *seal.Cipher, n int) {
	t.Helper()
	for i := range n {
		row := fmt.Sprintf("%04d", i)
		if got, err := c.Open("secrets", row, "c", m.values["secrets"][row]); err != nil || got.Reveal() != "text "+row {
			t.Fatalf("row %s: %q, %v", row, got.Reveal(), err)
		}
	}
}

func rotate(t *testing.T, c *seal.Cipher, m *memory) seal.RotationStatus {
	t.Helper()
	r := seal.NewRotation(c, m, 0, nil, slog.New(slog.DiscardHandler))
	defer r.Close(t.Context())
	r.Begin()
	return until(t, r)
}

func until(t *testing.T, r *seal.Rotation) seal.RotationStatus {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(time.Millisecond) {
		if s := r.Status(); !s.Running {
			return s
		}
		if time.Now().After(end) {
			t.Fatal("the rotation does not end")
		}
	}
}

// After a rotation the new key opens everything and the old one nothing. The sealed text itself
// stays as it was.
func TestRotation(t *testing.T) {
	const n = 250
	old := masterOf(t, "old")
	m := filled(old, n)
	text := bytes.Clone(m.values["secrets"]["0007"][seal.HeadSize:])
	both := masterOf(t, "new", "old")
	must(t, both.ActivateOf("canary", "0000", "c", m.values["canary"]["0000"]))
	if both.Active() != old.Active() {
		t.Fatal("the key of the canary is not active")
	}
	m.check(t, both, n)
	if s := rotate(t, both, m); s.Problem != "" || s.Resealed != n || s.Left != 0 || s.Active != s.Known[0] {
		t.Errorf("%+v", s)
	}
	m.check(t, masterOf(t, "new"), n)
	if !bytes.Equal(m.values["secrets"]["0007"][seal.HeadSize:], text) {
		t.Error("the text was encrypted anew")
	}
	for _, table := range []string{"canary", "secrets"} {
		if _, err := old.Open(table, "0000", "c", m.values[table]["0000"]); err == nil {
			t.Errorf("the old key opens %s", table)
		}
	}
	if s := rotate(t, both, m); s.Resealed != 0 {
		t.Errorf("a second rotation sealed %d values", s.Resealed)
	}
}

// Wherever a rotation is killed, all values open with both keys, and the next start ends it.
func TestRotationIsResumed(t *testing.T) {
	const n = 30
	for at := 1; at <= n+1; at++ {
		m := filled(masterOf(t, "old"), n)
		m.failAt = at
		first := masterOf(t, "new", "old")
		must(t, first.ActivateOf("canary", "0000", "c", m.values["canary"]["0000"]))
		if s := rotate(t, first, m); s.Problem == "" {
			t.Fatalf("killed at %d: no problem", at)
		}
		second := masterOf(t, "new", "old")
		must(t, second.ActivateOf("canary", "0000", "c", m.values["canary"]["0000"]))
		m.check(t, second, n)
		if s := rotate(t, second, m); s.Problem != "" || s.Left != 0 {
			t.Fatalf("killed at %d: %+v", at, s)
		}
		m.check(t, masterOf(t, "new"), n)
	}
}

// Values that are written while the rotation runs stay, whichever key seals them.
func TestRotationUnderLoad(t *testing.T) {
	const n = 300
	m := filled(masterOf(t, "old"), n)
	both, other := masterOf(t, "new", "old"), masterOf(t, "old") // other has not noticed yet
	must(t, both.ActivateOf("canary", "0000", "c", m.values["canary"]["0000"]))
	var writers sync.WaitGroup
	for _, c := range []*seal.Cipher{both, other} {
		writers.Go(func() {
			for i := range n {
				row := fmt.Sprintf("%04d", (i*7)%n)
				m.put("secrets", row, c.Seal("secrets", row, "c", gateway.NewSecret("text "+row)))
			}
		})
	}
	if s := rotate(t, both, m); s.Problem != "" {
		t.Errorf("%+v", s)
	}
	writers.Wait()
	m.check(t, both, n)
	rotate(t, both, m)
	m.check(t, masterOf(t, "new"), n)
}

// A value that no known key opens is counted and left.
func TestRotationLeavesWhatDoesNotOpen(t *testing.T) {
	m := filled(masterOf(t, "old"), 5)
	m.put("secrets", "0002", masterOf(t, "foreign").Seal("secrets", "0002", "c", gateway.NewSecret("x")))
	both := masterOf(t, "new", "old")
	must(t, both.ActivateOf("canary", "0000", "c", m.values["canary"]["0000"]))
	if s := rotate(t, both, m); s.Problem != "" || s.Left != 1 || s.Resealed != 4 {
		t.Errorf("%+v", s)
	}
}

type keyStore map[string][]byte

func (k keyStore) InstallationKeys(context.Context) (map[string][]byte, error) { return k, nil }
func (k keyStore) PutInstallationKey(_ context.Context, purpose string, sealed []byte) error {
	k[purpose] = sealed
	return nil
}

// Keys for other purposes outlive the master key. Those of an installation that had none stored
// are the ones that it used before.
func TestPurposes(t *testing.T) {
	old, store := masterOf(t, "old"), keyStore{}
	before := old.Hash(gateway.NewSecret("sk-chosen"))
	keys, err := old.LoadPurposes(t.Context(), store, false)
	must(t, err)
	if old.Hash(gateway.NewSecret("sk-chosen")) != before || !bytes.Equal(keys[seal.PurposeCache], keyOf(t, "old").Derive("cache")) {
		t.Error("an older installation has other keys now")
	}
	both := masterOf(t, "new", "old")
	again, err := both.LoadPurposes(t.Context(), store, false)
	must(t, err)
	if both.Hash(gateway.NewSecret("sk-chosen")) != before || !bytes.Equal(again[seal.PurposePseudonyms], keys[seal.PurposePseudonyms]) {
		t.Error("another master key changes the other keys")
	}
	fresh := keyStore{}
	keys, err = masterOf(t, "new").LoadPurposes(t.Context(), fresh, true)
	must(t, err)
	if len(fresh) != 6 || bytes.Equal(keys[seal.PurposeCache], keyOf(t, "new").Derive("cache")) {
		t.Error("the keys of a fresh installation follow from its master key")
	}
}
