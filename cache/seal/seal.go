// Package seal encrypts what the cache puts outside of its process, and cuts its files into frames.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"

	"github.com/sluicegate/sluice/cache/key"
)

// Seal encrypts what leaves the process: the snapshot, and entries in an Archive or in a store
// that was given. The associated data binds a ciphertext to its place, so that nobody with
// access to a store can serve one workspace's answer to another.
type Seal struct{ aead cipher.AEAD }

// New derives a Seal from a key of any length.
func New(key []byte) Seal {
	derived := hmac.New(sha256.New, key)
	derived.Write([]byte("sluice cache seal v1"))
	block, _ := aes.NewCipher(derived.Sum(nil)) // 32 bytes always make a cipher
	aead, _ := cipher.NewGCM(block)
	return Seal{aead}
}

// Close appends the ciphertext to dst.
func (s Seal) Close(dst, plaintext, place []byte) []byte {
	start := len(dst)
	dst = slices.Grow(dst, s.aead.NonceSize()+len(plaintext)+s.aead.Overhead())
	dst = dst[:start+s.aead.NonceSize()]
	nonce := dst[start:]
	_, _ = rand.Read(nonce) // crypto/rand.Read does not fail
	return s.aead.Seal(dst, nonce, plaintext, place)
}

// ErrSealed says that a ciphertext cannot be opened.
var ErrSealed = errors.New("sealed text is damaged or was made with another key")

// Open appends the plaintext to dst.
func (s Seal) Open(dst, sealed, place []byte) ([]byte, error) {
	n := s.aead.NonceSize()
	if len(sealed) < n {
		return nil, ErrSealed
	}
	plaintext, err := s.aead.Open(dst, sealed[:n], sealed[n:], place)
	if err != nil {
		return nil, ErrSealed
	}
	return plaintext, nil
}

// PlaceInArchive is the associated data of an entry in an Archive.
func PlaceInArchive(part key.Partition, id key.Digest) []byte {
	return slices.Concat([]byte("entry"), part.Workspace[:], part.Context[:], id[:])
}

// PlaceOfAnswer is the associated data of a record in an exact.Store.
func PlaceOfAnswer(workspace key.Digest) []byte {
	return slices.Concat([]byte("answer"), workspace[:])
}

// PlaceOfLabels is the associated data of labels for other processes.
var PlaceOfLabels = []byte("labels")

// PlaceOfFrame is the associated data of a frame of the snapshot.
func PlaceOfFrame(number uint64) []byte {
	return binary.LittleEndian.AppendUint64([]byte("frame"), number)
}

// PlaceOfJournal is the associated data of a frame of the journal.
func PlaceOfJournal(number uint64) []byte {
	return binary.LittleEndian.AppendUint64([]byte("journal"), number)
}
