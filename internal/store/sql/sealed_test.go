package sqlstore

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/alert"
	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/credential/seal"
	"github.com/sluicegate/sluice/gateway/history"
	"github.com/sluicegate/sluice/gateway/identity"
)

func cipherOf(t *testing.T, seeds ...string) *seal.Cipher {
	t.Helper()
	var keys []seal.MasterKey
	for _, s := range seeds {
		sum := sha256.Sum256([]byte(s))
		k, err := seal.LoadMasterKey(gateway.NewSecret(hex.EncodeToString(sum[:])), seal.MasterKeyFiles{})
		check(t, "LoadMasterKey", err)
		keys = append(keys, k)
	}
	c, err := seal.NewCipher(keys...)
	check(t, "NewCipher", err)
	return c
}

// sealedRows fills every sealed column.
func sealedRows(t *testing.T, s *Store, c *seal.Cipher) {
	t.Helper()
	ctx, at := t.Context(), time.Unix(0, 1000).UTC()
	secret := gateway.NewSecret(strings.Repeat("planted ", 20))
	check(t, "PutOrganisation", s.PutOrganisation(ctx, identity.Organisation{ID: "o", Name: "acme", Canary: c.Seal("organisations", "o", "canary", secret), CreatedAt: at}))
	check(t, "PutWorkspace", s.PutWorkspace(ctx, identity.Workspace{ID: "w", Organisation: "o", Name: "default", CreatedAt: at}))
	check(t, "PutInstallationKey", s.PutInstallationKey(ctx, "api keys", c.Seal("installation_keys", "api keys", "sealed", secret)))
	check(t, "PutVirtualKey", s.PutVirtualKey(ctx, credential.VirtualKey{ID: "v", Workspace: "w", Name: "vk", CreatedAt: at, UpdatedAt: at, Credentials: []credential.StoredCredential{
		{Name: "default", Weight: 1, Sealed: c.Seal("virtual_keys", "v", "credential", secret)},
		{Name: "b", Weight: 1, Sealed: c.Seal("virtual_key_credentials", "v/b", "credential", secret)},
		{Name: "c", Weight: 1, Reference: "env:C"}}}))
	check(t, "PutAlertTarget", s.PutAlertTarget(ctx, alert.SealedTarget{Target: alert.Target{ID: "a", Name: "ops", Format: "webhook", CreatedAt: at, UpdatedAt: at}, Sealed: c.Seal("alert_targets", "a", "sealed", secret)}))
	check(t, "PutResponses", s.PutResponses(ctx, []history.Row{{ID: "r", Workspace: "w", APIKey: "k", Sealed: c.Seal("responses", "w/r", "content", secret), Created: at, Expires: time.Now().Add(time.Hour)}}, 10, at))
}

// TestSealedColumns: a rotation of the master key reaches every sealed value, in both databases. No
// text of the database is left that names the earlier key.
func TestSealedColumns(t *testing.T) {
	for name, open := range map[string]func(testing.TB) *Store{"sqlite": open, "postgres": openPostgres} {
		t.Run(name, func(t *testing.T) {
			s, old := open(t), cipherOf(t, "old")
			sealedRows(t, s, old)
			named := base64.StdEncoding.EncodeToString(old.ActivePrefix())
			if n := strings.Count(dumped(t, s), named); n != len(s.SealedTables()) {
				t.Fatalf("%d values are sealed, in %d columns", n, len(s.SealedTables()))
			}
			both := cipherOf(t, "new", "old")
			o, err := s.Organisation(t.Context())
			check(t, "Organisation", err)
			check(t, "ActivateOf", both.ActivateOf("organisations", o.ID, "canary", o.Canary))
			r := seal.NewRotation(both, s, 0, nil, slog.New(slog.DiscardHandler))
			defer r.Close(context.Background())
			r.Begin()
			for end := time.Now().Add(30 * time.Second); r.Status().Running && time.Now().Before(end); time.Sleep(time.Millisecond) {
			}
			if st := r.Status(); st.Running || st.Problem != "" || st.Left != 0 || st.Resealed != len(s.SealedTables())-1 {
				t.Errorf("%+v", st)
			}
			if strings.Contains(dumped(t, s), named) {
				t.Error("a value still names the earlier key")
			}
			fresh := cipherOf(t, "new")
			keys, err := s.VirtualKeys(t.Context())
			check(t, "VirtualKeys", err)
			row, err := s.Response(t.Context(), "w", "r", time.Unix(0, 1000))
			check(t, "Response", err)
			for _, v := range []struct {
				table, row, column string
				sealed             []byte
			}{{"virtual_keys", "v", "credential", keys[0].Credentials[0].Sealed}, {"virtual_key_credentials", "v/b", "credential", keys[0].Credentials[1].Sealed}, {"responses", "w/r", "content", row.Sealed}} {
				if got, err := fresh.Open(v.table, v.row, v.column, v.sealed); err != nil || !strings.HasPrefix(got.Reveal(), "planted") {
					t.Errorf("%s: %v", v.table, err)
				}
			}
		})
	}
}

// dumped is the whole database as a backup has it.
func dumped(t *testing.T, s *Store) string {
	t.Helper()
	var b strings.Builder
	check(t, "dump", s.dump(t.Context(), &b, append(backedUp, "sessions")))
	return b.String()
}
