package credential

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"

	"github.com/sluicegate/sluice/gateway"
)

// Cipher seals values for the database and hashes API keys. Safe for concurrent use.
//
// A sealed value is: version 1, 12 random bytes of nonce, AES-256-GCM ciphertext.
type Cipher struct {
	aead    cipher.AEAD
	hashKey []byte
}

const sealVersion = 1

// errSealed is the one error of Open. It does not tell what was wrong with the value, which
// would help an attacker.
var errSealed = errors.New("credential: the stored value does not open with this master key, or was moved or changed")

// NewCipher derives the keys of a cipher from the master key.
func NewCipher(key MasterKey) (*Cipher, error) {
	block, err := aes.NewCipher(key.Derive("credentials"))
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &Cipher{aead: aead, hashKey: key.Derive("api keys")}, nil
}

// Seal encrypts text for one row and column of a table. The result opens only there.
func (c *Cipher) Seal(table, row, column string, text gateway.Secret) []byte {
	out := make([]byte, 1+c.aead.NonceSize(), 1+c.aead.NonceSize()+len(text.Reveal())+c.aead.Overhead())
	out[0] = sealVersion
	_, _ = rand.Read(out[1:]) // crypto/rand.Read does not fail
	return c.aead.Seal(out, out[1:], []byte(text.Reveal()), associated(table, row, column))
}

// Open decrypts a value that Seal made for the same table, row and column.
func (c *Cipher) Open(table, row, column string, sealed []byte) (gateway.Secret, error) {
	head := 1 + c.aead.NonceSize()
	if len(sealed) < head || sealed[0] != sealVersion {
		return gateway.Secret{}, errSealed
	}
	text, err := c.aead.Open(nil, sealed[1:head], sealed[head:], associated(table, row, column))
	if err != nil {
		return gateway.Secret{}, errSealed
	}
	return gateway.NewSecret(string(text)), nil
}

// associated encodes the associated data. Each part is preceded by its length, so that ("a","bc")
// and ("ab","c") differ.
func associated(parts ...string) []byte {
	var out []byte
	for _, p := range parts {
		out = binary.AppendUvarint(out, uint64(len(p)))
		out = append(out, p...)
	}
	return out
}

// Hash is the HMAC-SHA-256 of an API key.
func (c *Cipher) Hash(key gateway.Secret) (sum [sha256.Size]byte) {
	h := hmac.New(sha256.New, c.hashKey)
	h.Write([]byte(key.Reveal())) // a hash.Hash does not fail
	h.Sum(sum[:0])
	return sum
}

// Fingerprint tells one credential from another, in 12 hex digits. Without the master key it
// reveals nothing of the credential, not even to somebody who guesses it.
func (c *Cipher) Fingerprint(credential gateway.Secret) string {
	h := hmac.New(sha256.New, c.hashKey)
	h.Write([]byte("fingerprint of a credential\x00"))
	h.Write([]byte(credential.Reveal()))
	return hex.EncodeToString(h.Sum(nil)[:6])
}
