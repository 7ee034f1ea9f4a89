package promptcache

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"sync/atomic"
)

// sealer encrypts texts with a key that never leaves the process.
type sealer struct {
	block cipher.Block
	texts atomic.Uint64 // numbers the texts: no two share a key stream
}

func newSealer() *sealer {
	var key [32]byte
	_, _ = rand.Read(key[:]) // does not fail
	block, _ := aes.NewCipher(key[:])
	return &sealer{block: block}
}

// sealedText is an encrypted text that can only grow. Any range of it can be read.
type sealedText struct {
	sealer *sealer
	number uint64
	text   []byte
}

func (s *sealer) newText(size int) sealedText {
	return sealedText{sealer: s, number: s.texts.Add(1), text: make([]byte, 0, size)}
}

// stream returns the key stream from an offset on.
func (t *sealedText) stream(offset int) cipher.Stream {
	var iv [aes.BlockSize]byte
	binary.BigEndian.PutUint64(iv[:8], t.number)
	binary.BigEndian.PutUint64(iv[8:], uint64(offset/aes.BlockSize))
	stream := cipher.NewCTR(t.sealer.block, iv[:])
	var skipped [aes.BlockSize]byte
	stream.XORKeyStream(skipped[:offset%aes.BlockSize], skipped[:offset%aes.BlockSize])
	return stream
}

// append adds texts to the end.
func (t *sealedText) append(write func(add func(text []byte))) {
	stream := t.stream(len(t.text))
	write(func(text []byte) {
		at := len(t.text)
		t.text = append(t.text, text...)
		stream.XORKeyStream(t.text[at:], t.text[at:])
	})
}

// read returns the text of a range.
func (t *sealedText) read(from, to int) []byte {
	out := make([]byte, to-from)
	t.stream(from).XORKeyStream(out, t.text[from:to])
	return out
}
