package seal

import (
	"crypto/hkdf"
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
	"time"

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

// MasterKeyFiles are the files of an installation that LoadMasterKey reads and creates.
type MasterKeyFiles struct {
	Key      string // the key, where the environment gives none
	Salt     string // the salt of a passphrase
	Database string // if it exists without Salt, the installation is older than salts
}

// LoadMasterKey returns env if it is not empty, else the key in the file of files.Key. It
// creates a missing file with a random key, readable by the owner alone, and refuses a file
// that others may read.
//
// 64 hex digits or 32 bytes in base64 are the key itself. Anything else is a passphrase of at
// least 8 characters, stretched by the rule of stretch. A long random key is the better choice
// (openssl rand -base64 32).
func LoadMasterKey(env gateway.Secret, files MasterKeyFiles) (MasterKey, error) {
	if !env.Empty() {
		return parseMasterKey("SLUICE_MASTER_KEY", env.Reveal(), files)
	}
	text, err := readPrivate(files.Key)
	if errors.Is(err, fs.ErrNotExist) {
		return createMasterKey(files.Key)
	}
	if err != nil {
		return MasterKey{}, err
	}
	return parseMasterKey(files.Key, text, files)
}

// LoadMasterKeys is LoadMasterKey for a process that may know two keys, of which the first is the one
// to rotate to: env and previous, else the file of files.Key and the one beside it that a rotation
// has begun to change to.
func LoadMasterKeys(env, previous gateway.Secret, files MasterKeyFiles) ([]MasterKey, error) {
	if !previous.Empty() {
		if env.Empty() {
			return nil, refuseMasterKey("SLUICE_MASTER_KEY_PREVIOUS", "SLUICE_MASTER_KEY_PREVIOUS needs SLUICE_MASTER_KEY, the key to change to.")
		}
		before, err := parseMasterKey("SLUICE_MASTER_KEY_PREVIOUS", previous.Reveal(), files)
		if err != nil {
			return nil, err
		}
		now, err := LoadMasterKey(env, files)
		return []MasterKey{now, before}, err
	}
	if env.Empty() {
		if _, err := os.Stat(files.Key); errors.Is(err, fs.ErrNotExist) { // a rotation ended between its two last steps
			if err := os.Rename(files.next(), files.Key); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("seal.LoadMasterKeys: %w", err)
			}
		}
	}
	now, err := LoadMasterKey(env, files)
	if err != nil || !env.Empty() {
		return []MasterKey{now}, err
	}
	text, err := readPrivate(files.next())
	if errors.Is(err, fs.ErrNotExist) {
		return []MasterKey{now}, nil
	}
	if err != nil {
		return nil, err
	}
	next, err := parseMasterKey(files.next(), text, files)
	return []MasterKey{next, now}, err
}

// next is the file of the key that a rotation changes to.
func (f MasterKeyFiles) next() string { return f.Key + ".new" }

// CreateNext makes the key that a rotation changes to, in a file beside that of the current one.
func (f MasterKeyFiles) CreateNext() (MasterKey, error) { return createMasterKey(f.next()) }

// Promote makes the file of the next key that of the current one, when nothing is sealed with that
// any more. The earlier file stays beside it: backups of its time need it.
func (f MasterKeyFiles) Promote() error {
	if _, err := os.Stat(f.next()); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := os.Rename(f.Key, f.Key+".before-"+time.Now().UTC().Format("20060102T150405")); err != nil {
		return fmt.Errorf("seal.Promote: %w", err)
	}
	if err := os.Rename(f.next(), f.Key); err != nil {
		return fmt.Errorf("seal.Promote: %w", err)
	}
	return nil
}

// readPrivate reads a file that only its owner may read.
func readPrivate(path string) (string, error) {
	const op = "seal.LoadMasterKey"
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", op, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", op, err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", refuseMasterKey(path, fmt.Sprintf("The file %s may be read by others (mode %04o). Run: chmod 600 %s", path, info.Mode().Perm(), path))
	}
	return string(text), nil
}

func createMasterKey(path string) (MasterKey, error) {
	var k MasterKey
	_, _ = rand.Read(k.raw[:]) // crypto/rand.Read does not fail
	return k, createPrivate(path, base64.StdEncoding.EncodeToString(k.raw[:])+"\n")
}

// createPrivate writes a new file that only its owner may read.
func createPrivate(path, text string) error {
	const op = "seal.LoadMasterKey"
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	_, err = f.WriteString(text)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return nil
}

func parseMasterKey(from, text string, files MasterKeyFiles) (MasterKey, error) {
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
	stretched, err := stretch(text, files)
	if err != nil {
		return MasterKey{}, err
	}
	copy(k.raw[:], stretched)
	return k, nil
}

func refuseMasterKey(from, public string) *gateway.Error {
	return gateway.InvalidField("seal.LoadMasterKey", from, public)
}
