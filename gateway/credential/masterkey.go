package credential

import (
	"crypto/hkdf"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// MasterKey is the secret from which all keys that protect the database are derived. The
// zero value is not a key.
type MasterKey struct{ raw [32]byte }

func (MasterKey) String() string   { return "[master key]" }
func (MasterKey) GoString() string { return "[master key]" }

// Derive returns 32 bytes for one purpose. Two purposes never share a key.
func (k MasterKey) Derive(purpose string) []byte {
	out, err := hkdf.Key(sha256.New, k.raw[:], nil, "sluice/"+purpose, 32)
	if err != nil {
		panic(err) // only for more than 8,160 bytes
	}
	return out
}

// LoadMasterKey returns env if it is not empty, else the key in the file at path. It creates
// a missing file with a random key, readable by the owner alone, and refuses a file that
// others may read.
//
// 64 hex digits or 32 bytes in base64 are the key itself. Anything else is a passphrase
// of at least 8 characters, stretched with PBKDF2 and a constant salt, because the key is
// needed before the database could provide one. A long random key is the better choice
// (openssl rand -base64 32).
func LoadMasterKey(env gateway.Secret, path string) (MasterKey, error) {
	if !env.Empty() {
		return parseMasterKey("SLUICE_MASTER_KEY", env.Reveal())
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return createMasterKey(path)
	}
	if err != nil {
		return MasterKey{}, fmt.Errorf("credential.LoadMasterKey: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return MasterKey{}, fmt.Errorf("credential.LoadMasterKey: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return MasterKey{}, refuseMasterKey(path, fmt.Sprintf("The file %s may be read by others (mode %04o). Run: chmod 600 %s", path, info.Mode().Perm(), path))
	}
	return parseMasterKey(path, string(text))
}

func createMasterKey(path string) (MasterKey, error) {
	const op = "credential.LoadMasterKey"
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return MasterKey{}, fmt.Errorf("%s: %w", op, err)
	}
	var k MasterKey
	_, _ = rand.Read(k.raw[:]) // crypto/rand.Read does not fail
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return MasterKey{}, fmt.Errorf("%s: %w", op, err)
	}
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(k.raw[:]) + "\n")
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return MasterKey{}, fmt.Errorf("%s: %w", op, err)
	}
	return k, nil
}

func parseMasterKey(from, text string) (MasterKey, error) {
	text = strings.TrimSpace(text)
	var k MasterKey
	if len(text) == 64 {
		if n, err := hex.Decode(k.raw[:], []byte(text)); err == nil && n == 32 {
			return k, nil
		}
	}
	standard := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
	if b, err := base64.RawStdEncoding.DecodeString(standard); err == nil && len(b) == 32 {
		copy(k.raw[:], b)
		return k, nil
	}
	if len(text) < 8 {
		return MasterKey{}, refuseMasterKey(from, from+" must hold 32 bytes in base64 or hex (openssl rand -base64 32), or a passphrase of at least 8 characters.")
	}
	stretched, err := pbkdf2.Key(sha256.New, text, []byte("sluice master key v1"), 600_000, 32)
	if err != nil {
		return MasterKey{}, fmt.Errorf("credential.LoadMasterKey: %w", err)
	}
	copy(k.raw[:], stretched)
	return k, nil
}

func refuseMasterKey(from, public string) *gateway.Error {
	return gateway.InvalidField("credential.LoadMasterKey", from, public)
}
