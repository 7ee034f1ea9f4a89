package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/sluicegate/sluice/gateway"
)

// Cipher seals values for the database and hashes API keys. It is safe for concurrent use.
//
// A sealed value is an envelope: version 2, the id of the master key (8 bytes), the data key sealed
// with it (12 bytes of nonce, 48 of ciphertext), and the text sealed with the data key (12 bytes of
// nonce, ciphertext). Version 1, of earlier installations, has no data key: 12 bytes of nonce, and
// the text sealed with a key derived from the master key.
type Cipher struct {
	known  atomic.Pointer[[]*sealingKey] // the one to rotate to first
	active atomic.Pointer[sealingKey]

	hashKey atomic.Pointer[[]byte]
}

// keyID names a master key. It reveals nothing of the key.
type keyID [8]byte

func (id keyID) String() string { return hex.EncodeToString(id[:]) }

// sealingKey is a master key ready for use.
type sealingKey struct {
	id     keyID
	wrap   cipher.AEAD // seals data keys
	direct cipher.AEAD // opens values of version 1
	master MasterKey
}

const (
	versionDirect   = 1
	versionEnvelope = 2

	nonceSize = 12
	tagSize   = 16
	prefix    = 1 + len(keyID{})
	// HeadSize is the length of an envelope's head: all that depends on the master key.
	HeadSize = prefix + nonceSize + keySize + tagSize
)

// errSealed does not tell what was wrong with the value, which would help an attacker.
var errSealed = errors.New("seal: the stored value does not open with this master key, or was moved or changed")

// errNewer is the error of a value that a later version of Sluice sealed. It stands in clear which
// version that is.
func errNewer(version byte) error {
	return &gateway.Error{Op: "seal.Open", Kind: gateway.Internal, Public: "it was sealed by a newer Sluice (envelope version " + strconv.Itoa(int(version)) +
		"; this one opens " + strconv.Itoa(versionEnvelope) + "): update this replica."}
}

// errOtherKey is the error of a value that is sealed with a master key which this process lacks.
func (c *Cipher) errOtherKey(id keyID) error {
	return &gateway.Error{Op: "seal.Open", Kind: gateway.Internal, Public: "it is sealed with the master key " + id.String() +
		", which this process does not have (it has " + strings.Join(c.Known(), ", ") + "): start it with that key in SLUICE_MASTER_KEY."}
}

// NewCipher makes a cipher that knows the keys. The first one is active until Activate says else,
// and the one to rotate to.
func NewCipher(keys ...MasterKey) (*Cipher, error) {
	c := &Cipher{}
	c.known.Store(&[]*sealingKey{})
	for _, k := range slices.Backward(keys) {
		if err := c.AddFirst(k); err != nil {
			return nil, err
		}
	}
	c.active.Store((*c.known.Load())[0])
	c.setHashKey(keys[0].Derive(purposeAPIKeys))
	return c, nil
}

// AddFirst makes a master key known as the one to rotate to. It must not be called at the same time
// as itself.
func (c *Cipher) AddFirst(k MasterKey) error {
	s := &sealingKey{id: keyID(k.Derive("master key id")[:8]), master: k}
	var err error
	if s.wrap, err = newAEAD(k.Derive("data keys")); err != nil {
		return err
	}
	if s.direct, err = newAEAD(k.Derive("credentials")); err != nil {
		return err
	}
	list := []*sealingKey{s}
	for _, other := range *c.known.Load() {
		if other.id != s.id {
			list = append(list, other)
		}
	}
	c.known.Store(&list)
	return nil
}

// first is the key to rotate to.
func (c *Cipher) first() *sealingKey { return (*c.known.Load())[0] }

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// Seal encrypts text for one row and column of a table. The result opens only there.
func (c *Cipher) Seal(table, row, column string, text gateway.Secret) []byte {
	var key [keySize]byte
	_, _ = rand.Read(key[:]) // crypto/rand.Read does not fail
	out := c.active.Load().head(key[:], associated(table, row, column))
	data, _ := newAEAD(key[:]) // 32 bytes always make a key
	nonce := len(out)
	out = append(out, make([]byte, nonceSize)...)
	_, _ = rand.Read(out[nonce:])
	return data.Seal(out, out[nonce:nonce+nonceSize], []byte(text.Reveal()), associated(table, row, column))
}

// head seals a data key.
func (k *sealingKey) head(dataKey, place []byte) []byte {
	out := append([]byte{versionEnvelope}, k.id[:]...)
	out = append(out, make([]byte, nonceSize)...)
	_, _ = rand.Read(out[prefix:])
	return k.wrap.Seal(out, out[prefix:prefix+nonceSize], dataKey, dataKeyPlace(place))
}

func dataKeyPlace(place []byte) []byte { return append([]byte("data key\x00"), place...) }

// Open decrypts a value that Seal made for the same table, row and column. The error is a
// gateway.Error if the value names a version or a master key that this process does not know.
func (c *Cipher) Open(table, row, column string, sealed []byte) (gateway.Secret, error) {
	text, _, err := c.open(associated(table, row, column), sealed)
	return gateway.NewSecret(string(text)), err
}

// open returns the text and the key that it was sealed with.
func (c *Cipher) open(place, sealed []byte) ([]byte, *sealingKey, error) {
	if len(sealed) > 0 && sealed[0] == versionDirect {
		return c.openDirect(place, sealed)
	}
	dataKey, k, err := c.dataKey(place, sealed)
	if err != nil {
		return nil, nil, err
	}
	if len(sealed) < HeadSize+nonceSize {
		return nil, nil, errSealed
	}
	data, _ := newAEAD(dataKey)
	text, err := data.Open(nil, sealed[HeadSize:HeadSize+nonceSize], sealed[HeadSize+nonceSize:], place)
	if err != nil {
		return nil, nil, errSealed
	}
	return text, k, nil
}

func (c *Cipher) openDirect(place, sealed []byte) ([]byte, *sealingKey, error) {
	if len(sealed) < 1+nonceSize {
		return nil, nil, errSealed
	}
	for _, k := range *c.known.Load() {
		if text, err := k.direct.Open(nil, sealed[1:1+nonceSize], sealed[1+nonceSize:], place); err == nil {
			return text, k, nil
		}
	}
	return nil, nil, errSealed
}

// dataKey opens the head of an envelope.
func (c *Cipher) dataKey(place, head []byte) ([]byte, *sealingKey, error) {
	if Newer(head) {
		return nil, nil, errNewer(head[0])
	}
	if len(head) < HeadSize || head[0] != versionEnvelope {
		return nil, nil, errSealed
	}
	list := *c.known.Load()
	i := slices.IndexFunc(list, func(k *sealingKey) bool { return k.id == keyID(head[1:prefix]) })
	if i < 0 {
		return nil, nil, c.errOtherKey(keyID(head[1:prefix]))
	}
	k := list[i]
	key, err := k.wrap.Open(nil, head[prefix:prefix+nonceSize], head[prefix+nonceSize:HeadSize], dataKeyPlace(place))
	if err != nil {
		return nil, nil, errSealed
	}
	return key, k, nil
}

// Reseal returns what seals a value with the active master key: of an envelope the new head, whole
// is false then; of a value of version 1 a whole envelope. sealed may be the head alone of an
// envelope. A value that is sealed with the active key already is returned as it is.
func (c *Cipher) Reseal(table, row, column string, sealed []byte) (out []byte, whole bool, err error) {
	place, active := associated(table, row, column), c.active.Load()
	if len(sealed) > 0 && sealed[0] == versionDirect {
		text, _, err := c.openDirect(place, sealed)
		if err != nil {
			return nil, false, err
		}
		return c.Seal(table, row, column, gateway.NewSecret(string(text))), true, nil
	}
	if bytes.HasPrefix(sealed, active.prefix()) {
		return sealed[:min(len(sealed), HeadSize)], false, nil
	}
	key, _, err := c.dataKey(place, sealed)
	if err != nil {
		return nil, false, err
	}
	return active.head(key, place), false, nil
}

// Current returns a whole sealed value as it is sealed with the active master key. What does not
// open stays as it is.
func (c *Cipher) Current(table, row, column string, sealed []byte) []byte {
	head, whole, err := c.Reseal(table, row, column, sealed)
	switch {
	case err != nil:
		return sealed
	case whole:
		return head
	}
	return append(bytes.Clone(head), sealed[len(head):]...)
}

// prefix is the beginning of all envelopes of a master key.
func (k *sealingKey) prefix() []byte { return append([]byte{versionEnvelope}, k.id[:]...) }

// ActivePrefix is the beginning of all values that are sealed with the active master key.
func (c *Cipher) ActivePrefix() []byte { return c.active.Load().prefix() }

// Active is the id of the active master key.
func (c *Cipher) Active() string { return c.active.Load().id.String() }

// Known lists the ids of the known master keys, the one to rotate to first.
func (c *Cipher) Known() []string {
	var out []string
	for _, k := range *c.known.Load() {
		out = append(out, k.id.String())
	}
	return out
}

// ActivateOf makes the master key active that a value, the canary, is sealed with.
func (c *Cipher) ActivateOf(table, row, column string, sealed []byte) error {
	_, k, err := c.open(associated(table, row, column), sealed)
	if err == nil {
		c.active.Store(k)
	}
	return err
}

// Newer reports whether a later version of Sluice sealed a value.
func Newer(sealed []byte) bool { return len(sealed) > 0 && sealed[0] > versionEnvelope }

// SealedWith is the id of the master key that a value names, "" if it names none.
func SealedWith(sealed []byte) string {
	if len(sealed) < prefix || sealed[0] != versionEnvelope {
		return ""
	}
	return keyID(sealed[1:prefix]).String()
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

func (c *Cipher) setHashKey(key []byte) { c.hashKey.Store(&key) }

// Hash is the HMAC-SHA-256 of an API key.
func (c *Cipher) Hash(key gateway.Secret) (sum [sha256.Size]byte) {
	h := hmac.New(sha256.New, *c.hashKey.Load())
	h.Write([]byte(key.Reveal())) // a hash.Hash does not fail
	h.Sum(sum[:0])
	return sum
}

// Fingerprint tells one credential from another, in 12 hex digits. Without the installation's key
// it reveals nothing of the credential, not even to somebody who guesses it.
func (c *Cipher) Fingerprint(credential gateway.Secret) string {
	h := hmac.New(sha256.New, *c.hashKey.Load())
	h.Write([]byte("fingerprint of a credential\x00"))
	h.Write([]byte(credential.Reveal()))
	return hex.EncodeToString(h.Sum(nil)[:6])
}
