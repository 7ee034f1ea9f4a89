package seal_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential/seal"
)

func TestCipher(t *testing.T) {
	c := master(t)
	secret := gateway.NewSecret("sk-ant-credential")
	sealed := c.Seal("virtual_keys", "row1", "credential", secret)
	if bytes.Contains(sealed, []byte("credential")) {
		t.Error("the text shows through")
	}
	if got, err := c.Open("virtual_keys", "row1", "credential", sealed); err != nil || !got.Equal(secret) {
		t.Errorf("opened %v, %v", got, err)
	}
	if bytes.Equal(sealed, c.Seal("virtual_keys", "row1", "credential", secret)) {
		t.Error("two seals of one text are alike")
	}
	for _, at := range [][3]string{{"virtual_keys", "row2", "credential"}, {"virtual_keys", "row1", "base_url"}, {"api_keys", "row1", "credential"},
		{"virtual_key", "srow1", "credential"}, {"virtual_keys", "row1c", "redential"}, {"", "", ""}} {
		if _, err := c.Open(at[0], at[1], at[2], sealed); err == nil {
			t.Errorf("opens at %v, where it was never sealed", at)
		}
	}
	for i := range sealed {
		bent := bytes.Clone(sealed)
		bent[i] ^= 1
		if _, err := c.Open("virtual_keys", "row1", "credential", bent); err == nil {
			t.Errorf("opens with byte %d changed", i)
		}
		if _, err := c.Open("virtual_keys", "row1", "credential", sealed[:i]); err == nil {
			t.Errorf("opens cut to %d bytes", i)
		}
	}
	if _, err := masterOf(t, "another passphrase").Open("virtual_keys", "row1", "credential", sealed); err == nil {
		t.Error("opens with another key")
	}
}

// What a process cannot open because it is older, or lacks a master key, is told apart from what was
// changed: the error says what to do.
func TestUnknownEnvelopes(t *testing.T) {
	c, other := master(t), masterOf(t, "another passphrase")
	later := other.Seal("virtual_keys", "row1", "credential", gateway.NewSecret("canary"))
	_, err := c.Open("virtual_keys", "row1", "credential", later)
	if e := wantKind(t, "another master key", err, gateway.Internal); !strings.Contains(e.Public, other.Active()) || !strings.Contains(e.Public, c.Active()) {
		t.Errorf("%q names not both keys", e.Public)
	}
	later[0] = 3
	_, err = c.Open("virtual_keys", "row1", "credential", later)
	if e := wantKind(t, "a later version", err, gateway.Internal); !strings.Contains(e.Public, "newer Sluice (envelope version 3") || !seal.Newer(later) {
		t.Errorf("%q", e.Public)
	}
	for _, short := range [][]byte{nil, {2}, {3}} {
		if _, err := c.Open("virtual_keys", "row1", "credential", short); err == nil {
			t.Errorf("%v opens", short)
		}
	}
}

// Hash is the HMAC-SHA-256 of the key, at every length: stored hashes depend on it.
func TestHash(t *testing.T) {
	k, err := seal.LoadMasterKey(gateway.NewSecret(hexKey("correct horse battery")), seal.MasterKeyFiles{})
	must(t, err)
	c := master(t)
	for n := range 300 {
		text := strings.Repeat("k", n)
		h := hmac.New(sha256.New, k.Derive("api keys"))
		h.Write([]byte(text))
		if got := c.Hash(gateway.NewSecret(text)); !bytes.Equal(got[:], h.Sum(nil)) {
			t.Fatalf("length %d: not an HMAC", n)
		}
	}
}

func TestMasterKey(t *testing.T) {
	raw := bytes.Repeat([]byte{0xfb, 0xef, 1}, 11)[:32]
	same := []string{hex.EncodeToString(raw), strings.ToUpper(hex.EncodeToString(raw)), base64.StdEncoding.EncodeToString(raw),
		base64.RawStdEncoding.EncodeToString(raw), base64.URLEncoding.EncodeToString(raw), " " + base64.RawURLEncoding.EncodeToString(raw) + "\n"}
	var first seal.MasterKey
	for i, text := range same {
		k, err := seal.LoadMasterKey(gateway.NewSecret(text), seal.MasterKeyFiles{})
		must(t, err)
		if i == 0 {
			first = k
		}
		if k != first {
			t.Errorf("spelling %d of one key is another key", i)
		}
		if s := fmt.Sprintf("%v %+v %#v %s", k, k, k, k); strings.Contains(s, "251") || strings.Contains(s, "fb") {
			t.Errorf("prints itself: %s", s)
		}
	}
	_, err := seal.LoadMasterKey(gateway.NewSecret("short"), seal.MasterKeyFiles{})
	wantKind(t, "a short passphrase", err, gateway.Invalid)

	path := filepath.Join(t.TempDir(), "data", "master.key")
	made, err := seal.LoadMasterKey(gateway.Secret{}, seal.MasterKeyFiles{Key: path})
	must(t, err)
	info, err := os.Stat(path)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %04o", info.Mode().Perm())
	}
	if again, err := seal.LoadMasterKey(gateway.Secret{}, seal.MasterKeyFiles{Key: path}); err != nil || again != made {
		t.Errorf("read again: another key, %v", err)
	}
	must(t, os.Chmod(path, 0o644))
	_, err = seal.LoadMasterKey(gateway.Secret{}, seal.MasterKeyFiles{Key: path})
	if e := wantKind(t, "a file that others read", err, gateway.Invalid); !strings.Contains(e.Public, "chmod 600") {
		t.Errorf("the error does not say what to do: %q", e.Public)
	}
}

// A passphrase is stretched with a salt that every installation has for itself. One that was
// set up before salts keeps its key.
func TestPassphraseHasASaltPerInstallation(t *testing.T) {
	const passphrase = "correct horse battery staple"
	dir := t.TempDir()
	load := func(name, text string) (seal.MasterKey, error) {
		at := filepath.Join(dir, name)
		return seal.LoadMasterKey(gateway.NewSecret(text), seal.MasterKeyFiles{Key: filepath.Join(at, "master.key"),
			Salt: filepath.Join(at, "master.salt"), Database: filepath.Join(at, "sluice.db")})
	}
	key := func(name, text string) seal.MasterKey {
		t.Helper()
		k, err := load(name, text)
		must(t, err)
		return k
	}
	first := key("a", passphrase)
	if key("a", passphrase+"\n") != first {
		t.Error("a second start has another key")
	}
	must(t, os.WriteFile(filepath.Join(dir, "a", "sluice.db"), nil, 0o600))
	if key("a", passphrase) != first {
		t.Error("the key is another one once the database exists")
	}
	if key("b", passphrase) == first || key("a", passphrase+"!") == first {
		t.Error("two installations, or two passphrases, share a key")
	}
	info, err := os.Stat(filepath.Join(dir, "a", "master.salt"))
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the salt has the mode %04o", info.Mode().Perm())
	}

	must(t, os.MkdirAll(filepath.Join(dir, "old"), 0o700))
	must(t, os.WriteFile(filepath.Join(dir, "old", "sluice.db"), nil, 0o600))
	old := key("old", passphrase)
	want, err := pbkdf2.Key(sha256.New, passphrase, []byte("sluice master key v1"), 600_000, 32)
	must(t, err)
	if old != key("raw", hex.EncodeToString(want)) {
		t.Error("an old installation lost its key")
	}
	if _, err := os.Stat(filepath.Join(dir, "old", "master.salt")); err == nil {
		t.Error("an old installation got a salt, and another key at its next start")
	}

	must(t, os.WriteFile(filepath.Join(dir, "a", "master.salt"), []byte("AAAA"), 0o600))
	_, err = load("a", passphrase)
	wantKind(t, "a damaged salt", err, gateway.Invalid)
	must(t, os.Chmod(filepath.Join(dir, "a", "master.salt"), 0o644))
	_, err = load("a", passphrase)
	wantKind(t, "a salt that others read", err, gateway.Invalid)
}

func master(tb testing.TB) *seal.Cipher { return masterOf(tb, "correct horse battery") }

func keyOf(tb testing.TB, passphrase string) seal.MasterKey {
	tb.Helper()
	k, err := seal.LoadMasterKey(gateway.NewSecret(hexKey(passphrase)), seal.MasterKeyFiles{})
	must(tb, err)
	return k
}

func masterOf(tb testing.TB, passphrases ...string) *seal.Cipher {
	tb.Helper()
	var keys []seal.MasterKey
	for _, p := range passphrases {
		keys = append(keys, keyOf(tb, p))
	}
	c, err := seal.NewCipher(keys...)
	must(tb, err)
	return c
}

// hexKey spares the tests the stretching of passphrases.
func hexKey(seed string) string {
	sum := sha256.Sum256([]byte(seed))
	return hex.EncodeToString(sum[:])
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func wantKind(tb testing.TB, what string, err error, kind gateway.Kind) *gateway.Error {
	tb.Helper()
	e := gateway.AsError(err)
	if e == nil || e.Kind != kind {
		tb.Errorf("%s: %v, want %v", what, err, kind)
		return &gateway.Error{}
	}
	return e
}
