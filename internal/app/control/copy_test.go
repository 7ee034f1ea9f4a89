package control

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential/seal"
	"github.com/sluicegate/sluice/internal/config"
	sqlstore "github.com/sluicegate/sluice/internal/store/sql"
)

func copyUnder(t *testing.T, dir, passphrase string) *Copy {
	t.Helper()
	key, err := seal.LoadMasterKey(gateway.NewSecret(passphrase), seal.MasterKeyFiles{Salt: filepath.Join(t.TempDir(), "salt")})
	if err != nil {
		t.Fatal(err)
	}
	cipher, err := seal.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	return NewCopy(config.Config{DataDir: dir, Control: config.Control{MaxOutage: time.Hour}}, cipher)
}

// TestCopyIsRefused: a process starts from a copy only if it is whole, its own, of a schema
// that it knows, and young enough; else the error says what is wrong.
func TestCopyIsRefused(t *testing.T) {
	const hexKey = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
	now := time.Now().UTC()
	sealed := func(c *Copy, h copyHeader) []byte {
		head, _ := json.Marshal(h)
		return bytes.Join([][]byte{head, c.cipher.Seal("control copy", string(head), "data", gateway.NewSecret("x"))}, []byte("\n"))
	}
	for name, tc := range map[string]struct {
		change func(c *Copy, raw []byte) []byte // nil: there is no file
		says   string                           // "" = it is taken
	}{
		"as it was written": {func(_ *Copy, raw []byte) []byte { return raw }, ""},
		"absent":            {nil, "is not there"},
		"empty":             {func(*Copy, []byte) []byte { return []byte{} }, "is damaged"},
		"one byte changed":  {func(_ *Copy, raw []byte) []byte { raw[len(raw)-1] ^= 1; return raw }, "somebody has changed it"},
		"cut off":           {func(_ *Copy, raw []byte) []byte { return raw[:len(raw)-20] }, "somebody has changed it"},
		"made younger": {func(c *Copy, _ []byte) []byte {
			old := sealed(c, copyHeader{copyVersion, 1, now.Add(-2 * time.Hour), c.cipher.Active()})
			return bytes.Replace(old, []byte(now.Add(-2*time.Hour).Format("2006-01-02T15:04")), []byte(now.Format("2006-01-02T15:04")), 1)
		}, "somebody has changed it"},
		"stale": {func(c *Copy, _ []byte) []byte {
			return sealed(c, copyHeader{copyVersion, 1, now.Add(-2 * time.Hour), c.cipher.Active()})
		}, "'control.max_outage' is 1h"},
		"made in the future": {func(c *Copy, _ []byte) []byte {
			return sealed(c, copyHeader{copyVersion, 1, now.Add(time.Hour), c.cipher.Active()})
		}, "in the future"},
		"of a newer schema": {func(c *Copy, _ []byte) []byte {
			return sealed(c, copyHeader{copyVersion, 9999, now, c.cipher.Active()})
		}, "newer Sluice (migration 9999"},
		"of another key": {func(_ *Copy, _ []byte) []byte {
			return sealed(copyUnder(t, t.TempDir(), strings.Repeat("f", 64)), copyHeader{copyVersion, 1, now, "f00d"})
		}, "another master key; see SLUICE_MASTER_KEY"},
		"of another key, which it denies": {func(c *Copy, _ []byte) []byte {
			return sealed(copyUnder(t, t.TempDir(), strings.Repeat("f", 64)), copyHeader{copyVersion, 1, now, c.cipher.Active()})
		}, "somebody has changed it"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			store, err := sqlstore.Open(t.Context(), filepath.Join(dir, "sluice.db"))
			if err != nil {
				t.Fatal(err)
			}
			defer store.Close()
			c := copyUnder(t, dir, hexKey)
			if err := c.write(t.Context(), store); err != nil {
				t.Fatal(err)
			}
			raw, err := os.ReadFile(c.path)
			if err != nil {
				t.Fatal(err)
			}
			if tc.change == nil {
				err = os.Remove(c.path)
			} else {
				err = os.WriteFile(c.path, tc.change(c, raw), 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			data, made, err := c.read(sqlstore.NewestSchema())
			if tc.says != "" {
				if err == nil || !strings.Contains(err.Error(), tc.says) || data != nil {
					t.Errorf("%v, want %q", err, tc.says)
				}
				return
			}
			if err != nil || time.Since(made) > time.Minute {
				t.Fatal(err, made)
			}
			taken, err := sqlstore.OpenCopy(t.Context(), filepath.Join(dir, "copy.db"), bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			defer taken.Close()
			if err := taken.Ping(context.Background()); gateway.AsError(err).Kind != gateway.Unavailable {
				t.Errorf("a copy answers for the store: %v", err)
			}
		})
	}
}
