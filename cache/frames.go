package cache

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// A frame on disk is the length of a ciphertext in 4 bytes, little-endian, and the
// ciphertext, which is bound to the frame's number.

const maxFrame = 64 << 20

type frameWriter struct {
	w      io.Writer
	seal   seal
	place  func(number uint64) []byte // of a frame; nil: of the snapshot
	number uint64
	err    error // the first one; nothing is written after it
}

func (f *frameWriter) write(plaintext []byte) {
	if f.err != nil {
		return
	}
	sealed := f.seal.close(nil, plaintext, placeOr(f.place)(f.number))
	f.number++
	if f.err = binary.Write(f.w, binary.LittleEndian, uint32(len(sealed))); f.err == nil {
		_, f.err = f.w.Write(sealed)
	}
}

type frameReader struct {
	r      io.Reader
	seal   seal
	place  func(number uint64) []byte // nil: of the snapshot
	number uint64
}

func (f *frameReader) read() (plaintext []byte, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("frame %d: %w", f.number, err)
		}
		f.number++
	}()
	var size uint32
	if binary.Read(f.r, binary.LittleEndian, &size) != nil {
		return nil, errTruncated
	}
	if size > maxFrame {
		return nil, errSealed
	}
	sealed := make([]byte, size)
	if _, err := io.ReadFull(f.r, sealed); err != nil {
		return nil, errTruncated
	}
	return f.seal.open(nil, sealed, placeOr(f.place)(f.number))
}

func placeOr(place func(uint64) []byte) func(uint64) []byte {
	if place == nil {
		return placeOfFrame
	}
	return place
}

var errTruncated = errors.New("the file ends early")
