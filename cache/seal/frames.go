package seal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// A frame on disk is the length of a ciphertext in 4 bytes, little-endian, and the
// ciphertext, which is bound to the frame's number.

const maxFrame = 64 << 20

// FrameWriter writes frames to W.
type FrameWriter struct {
	W      io.Writer
	Seal   Seal
	Place  func(number uint64) []byte // of a frame; nil: of the snapshot
	Number uint64                     // of the next frame
	Err    error                      // the first one; nothing is written after it

	plaintext, frame []byte // of the last frame: their memory serves the next one
}

// Write writes one frame, of parts that follow each other.
func (f *FrameWriter) Write(parts ...[]byte) {
	if f.Err != nil {
		return
	}
	f.plaintext = f.plaintext[:0]
	for _, part := range parts {
		f.plaintext = append(f.plaintext, part...)
	}
	const length = 4
	f.frame = f.Seal.Close(append(f.frame[:0], make([]byte, length)...), f.plaintext, placeOr(f.Place)(f.Number))
	binary.LittleEndian.PutUint32(f.frame, uint32(len(f.frame)-length))
	f.Number++
	_, f.Err = f.W.Write(f.frame)
}

// FrameReader reads frames from R.
type FrameReader struct {
	R      io.Reader
	Seal   Seal
	Place  func(number uint64) []byte // nil: of the snapshot
	number uint64
}

// Read reads one frame.
func (f *FrameReader) Read() (plaintext []byte, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("frame %d: %w", f.number, err)
		}
		f.number++
	}()
	var size uint32
	if binary.Read(f.R, binary.LittleEndian, &size) != nil {
		return nil, ErrTruncated
	}
	if size > maxFrame {
		return nil, ErrSealed
	}
	sealed := make([]byte, size)
	if _, err := io.ReadFull(f.R, sealed); err != nil {
		return nil, ErrTruncated
	}
	return f.Seal.Open(nil, sealed, placeOr(f.Place)(f.number))
}

func placeOr(place func(uint64) []byte) func(uint64) []byte {
	if place == nil {
		return PlaceOfFrame
	}
	return place
}

// ErrTruncated says that a file ends within a frame, or without its last one.
var ErrTruncated = errors.New("the file ends early")
