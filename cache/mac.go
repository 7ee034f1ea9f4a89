package cache

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"sync"
)

// macs hands out HMACs with the installation's key together with the room that one
// question needs, so that making keys allocates next to nothing.
type macs struct{ pool sync.Pool }

type scratch struct {
	mac   hash.Hash
	sum   [sha256.Size]byte
	buf   []byte
	more  []byte
	near  []byte // the context of all targets
	model []byte
	json  canonical
	lits  literals
}

func newMacs(key []byte) *macs {
	derived := hmac.New(sha256.New, key)
	derived.Write([]byte("sluice cache digests v1"))
	sub := derived.Sum(nil)
	return &macs{sync.Pool{New: func() any {
		return &scratch{mac: hmac.New(sha256.New, sub)}
	}}}
}

func (m *macs) get() *scratch { return m.pool.Get().(*scratch) }

// maxRoom is the longest buffer worth keeping for the next question.
const maxRoom = 64 << 10

func (m *macs) put(s *scratch) {
	if cap(s.buf) > maxRoom || cap(s.more) > maxRoom || cap(s.json.dst) > maxRoom || cap(s.json.swap) > maxRoom || cap(s.json.stack) > maxRoom/32 {
		return
	}
	s.json.raw = nil
	clear(s.json.sets)
	s.lits.text = ""
	m.pool.Put(s)
}

// digest is the HMAC of b under a label, so that digests of different kinds never meet.
func (s *scratch) digest(label byte, b []byte) Digest {
	s.mac.Reset()
	s.sum[0] = label
	s.mac.Write(s.sum[:1])
	s.mac.Write(b)
	return Digest(s.mac.Sum(s.sum[:0])[:16])
}

// field appends a text with its length, so that two lists of texts never read the same.
func field[T string | []byte](dst []byte, s T) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}
