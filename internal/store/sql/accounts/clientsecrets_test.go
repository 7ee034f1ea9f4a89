package accounts

import (
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/clientsecret"
	"github.com/sluicegate/sluice/internal/store/sql/db"
	"github.com/sluicegate/sluice/internal/store/sql/db/dbtest"
)

// TestClientSecrets holds that another process finds a secret, that a key has no more than it may, and
// that those which have expired make room.
func TestClientSecrets(t *testing.T) {
	dbtest.Twice(t, func(t *testing.T, a, b *db.DB) {
		one, other := New(a), New(b)
		now := time.Now().UTC().Truncate(time.Second)
		add := func(n byte, key string, at time.Time) error {
			return one.AddClientSecret(t.Context(), clientsecret.Record{Hash: [32]byte{n}, APIKey: key, Sealed: []byte{n, 0, 255}, Uses: int(n), CreatedAt: at, ExpiresAt: at.Add(time.Minute)}, 2)
		}
		for n, key := range []string{"a", "a", "b"} {
			if err := add(byte(n), key, now); err != nil {
				t.Fatal(err)
			}
		}
		if err := add(9, "a", now); gateway.AsError(err).Kind != gateway.RateLimited {
			t.Errorf("a third secret: %v", err)
		}
		r, err := other.ClientSecret(t.Context(), [32]byte{1})
		if err != nil || r.APIKey != "a" || r.Uses != 1 || string(r.Sealed) != "\x01\x00\xff" || !r.ExpiresAt.Equal(now.Add(time.Minute)) || r.Hash != [32]byte{1} {
			t.Errorf("%+v %v", r, err)
		}
		for i, want := range []bool{true, false} { // the second one may be used once, the first one as often as one likes
			if ok, err := other.UseClientSecret(t.Context(), [32]byte{1}); ok != want || err != nil {
				t.Errorf("use %d: %v %v", i, ok, err)
			}
			if ok, err := one.UseClientSecret(t.Context(), [32]byte{0}); !ok || err != nil {
				t.Errorf("use %d without a limit: %v %v", i, ok, err)
			}
		}
		if ok, err := one.UseClientSecret(t.Context(), [32]byte{9}); ok || err != nil {
			t.Errorf("an unknown secret is used: %v %v", ok, err)
		}
		if _, err := other.ClientSecret(t.Context(), [32]byte{9}); gateway.AsError(err).Kind != gateway.NotFound {
			t.Errorf("an unknown secret: %v", err)
		}
		if err := add(9, "a", now.Add(time.Minute)); err != nil {
			t.Errorf("after the others have expired: %v", err)
		}
		if _, err := other.ClientSecret(t.Context(), [32]byte{1}); gateway.AsError(err).Kind != gateway.NotFound {
			t.Errorf("an expired secret is kept: %v", err)
		}
	})
}
