package cache

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

// seal encrypts what leaves the process: the snapshot, and entries in an Archive or in a store
// that was given. The associated data binds a ciphertext to its place, so that nobody with
// access to a store can serve one workspace's answer to another.
type seal struct{ aead cipher.AEAD }

func newSeal(key []byte) seal {
	derived := hmac.New(sha256.New, key)
	derived.Write([]byte("sluice cache seal v1"))
	block, _ := aes.NewCipher(derived.Sum(nil)) // 32 bytes always make a cipher
	aead, _ := cipher.NewGCM(block)
	return seal{aead}
}

// close appends the ciphertext to dst.
func (s seal) close(dst, plaintext, place []byte) []byte {
	start := len(dst)
	dst = slices.Grow(dst, s.aead.NonceSize()+len(plaintext)+s.aead.Overhead())
	dst = dst[:start+s.aead.NonceSize()]
	nonce := dst[start:]
	_, _ = rand.Read(nonce) // crypto/rand.Read does not fail
	return s.aead.Seal(dst, nonce, plaintext, place)
}

var errSealed = errors.New("sealed text is damaged or was made with another key")

// open appends the plaintext to dst.
func (s seal) open(dst, sealed, place []byte) ([]byte, error) {
	n := s.aead.NonceSize()
	if len(sealed) < n {
		return nil, errSealed
	}
	plaintext, err := s.aead.Open(dst, sealed[:n], sealed[n:], place)
	if err != nil {
		return nil, errSealed
	}
	return plaintext, nil
}

// placeInArchive is the associated data of an entry in an Archive.
func placeInArchive(part key.Partition, id key.Digest) []byte {
	return slices.Concat([]byte("entry"), part.Workspace[:], part.Context[:], id[:])
}

// placeOfAnswer is the associated data of a record in an ExactStore.
func placeOfAnswer(workspace key.Digest) []byte {
	return slices.Concat([]byte("answer"), workspace[:])
}

// placeOfLabels is the associated data of labels for other processes.
var placeOfLabels = []byte("labels")

// placeOfFrame is the associated data of a frame of the snapshot.
func placeOfFrame(number uint64) []byte {
	return binary.LittleEndian.AppendUint64([]byte("frame"), number)
}

// placeOfJournal is the associated data of a frame of the journal.
func placeOfJournal(number uint64) []byte {
	return binary.LittleEndian.AppendUint64([]byte("journal"), number)
}
