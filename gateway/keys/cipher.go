package keys

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"github.com/sluicegate/sluice/gateway"
)

// Cipher seals what is stored and hashes API keys. Safe for all.
//
// A sealed value is: version 1, 12 random bytes of nonce, AES-256-GCM ciphertext.
type Cipher struct {
	aead         cipher.AEAD
	inner, outer [sha256.BlockSize]byte // HMAC pads of the hash key
}

const sealVersion = 1

// errSealed says no more than this: which byte was wrong is nobody's business.
var errSealed = errors.New("keys: the stored value does not open with this master key, or was moved or changed")

// NewCipher makes a cipher of the master key.
func NewCipher(key MasterKey) (*Cipher, error) {
	block, err := aes.NewCipher(key.Derive("credentials"))
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	c := &Cipher{aead: aead}
	copy(c.inner[:], key.Derive("api keys"))
	c.outer = c.inner
	for i := range c.inner {
		c.inner[i] ^= 0x36
		c.outer[i] ^= 0x5c
	}
	return c, nil
}

// Seal encrypts text for one place. It opens nowhere else.
func (c *Cipher) Seal(table, row, column string, text gateway.Secret) []byte {
	out := make([]byte, 1+c.aead.NonceSize(), 1+c.aead.NonceSize()+len(text.Reveal())+c.aead.Overhead())
	out[0] = sealVersion
	_, _ = rand.Read(out[1:]) // crypto/rand.Read does not fail
	return c.aead.Seal(out, out[1:], []byte(text.Reveal()), place(table, row, column))
}

// Open decrypts what Seal made for that place.
func (c *Cipher) Open(table, row, column string, sealed []byte) (gateway.Secret, error) {
	head := 1 + c.aead.NonceSize()
	if len(sealed) < head || sealed[0] != sealVersion {
		return gateway.Secret{}, errSealed
	}
	text, err := c.aead.Open(nil, sealed[1:head], sealed[head:], place(table, row, column))
	if err != nil {
		return gateway.Secret{}, errSealed
	}
	return gateway.NewSecret(string(text)), nil
}

// place is the associated data. Lengths keep ("a","bc") and ("ab","c") apart.
func place(parts ...string) []byte {
	var out []byte
	for _, p := range parts {
		out = binary.AppendUvarint(out, uint64(len(p)))
		out = append(out, p...)
	}
	return out
}

// Hash is HMAC-SHA-256 of an API key, written out because the one of the standard
// library allocates and this runs for every call.
func (c *Cipher) Hash(key gateway.Secret) Hash {
	var buf [sha256.BlockSize + 128]byte
	in := append(append(buf[:0], c.inner[:]...), key.Reveal()...)
	sum := sha256.Sum256(in)
	out := append(append(buf[:0], c.outer[:]...), sum[:]...)
	return sha256.Sum256(out)
}
