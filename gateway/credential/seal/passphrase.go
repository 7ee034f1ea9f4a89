package seal

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Parameters of argon2id: the second choice that RFC 9106 recommends. They are fixed, because
// the key depends on them.
const (
	argonPasses  = 3
	argonMemory  = 64 << 10 // KiB
	argonThreads = 4
	saltSize     = 16
	keySize      = 32
)

// stretch makes a key of a passphrase with argon2id and the installation's own salt. The salt
// stands in a file, because the key is needed before the database could provide one; the first
// start creates it.
//
// An installation whose database exists without a salt was set up before salts: its key is
// PBKDF2 with the constant salt of that time, as long as no salt file is there.
func stretch(passphrase string, files MasterKeyFiles) ([]byte, error) {
	const op = "seal.LoadMasterKey"
	text, err := readPrivate(files.Salt)
	switch {
	case err == nil:
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	default:
		if _, err := os.Stat(files.Database); err == nil {
			return pbkdf2.Key(sha256.New, passphrase, []byte("sluice master key v1"), 600_000, keySize)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: %w", op, err)
		}
		salt := make([]byte, saltSize)
		_, _ = rand.Read(salt) // crypto/rand.Read does not fail
		text = base64.StdEncoding.EncodeToString(salt) + "\n"
		if err := createPrivate(files.Salt, text); err != nil {
			return nil, err
		}
	}
	salt, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(salt) != saltSize {
		return nil, refuseMasterKey(files.Salt, "The file "+files.Salt+" is damaged: it must hold the salt that this installation was set up with, 16 bytes in base64.")
	}
	return argon2.IDKey([]byte(passphrase), salt, argonPasses, argonMemory, argonThreads, keySize), nil
}
