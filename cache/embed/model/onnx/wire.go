package onnx

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// The wire types of protobuf.
const (
	varint  = 0
	fixed64 = 1
	lengthy = 2
	fixed32 = 5
)

var errWire = errors.New("it is not a valid ONNX file")

// message reads the fields of one protobuf message in a file.
type message struct {
	file     io.ReaderAt
	at, end  int64 // of the message in the file
	buffered *bufio.Reader
}

// field is one field of a message.
type field struct {
	number int
	wire   int
	value  uint64 // of a varint or a fixed field
	start  int64  // of the content of a bytes field, in the file
	length int64
}

func newMessage(file io.ReaderAt, start, length int64) *message {
	return &message{file: file, at: start, end: start + length, buffered: bufio.NewReaderSize(io.NewSectionReader(file, start, length), 512)}
}

// next returns the next field, io.EOF after the last. The content of a bytes field is skipped.
func (m *message) next() (field, error) {
	if m.at >= m.end {
		return field{}, io.EOF
	}
	tag, err := m.varint()
	if err != nil {
		return field{}, err
	}
	f := field{number: int(tag >> 3 & (1<<29 - 1)), wire: int(tag & 7)}
	switch f.wire {
	case varint:
		f.value, err = m.varint()
	case fixed64, fixed32:
		size := 4
		if f.wire == fixed64 {
			size = 8
		}
		var b [8]byte
		_, err = io.ReadFull(m.buffered, b[:size])
		f.value = binary.LittleEndian.Uint64(b[:])
		m.at += int64(size)
	case lengthy:
		var length uint64
		if length, err = m.varint(); err == nil && length > uint64(m.end-m.at) {
			err = errWire
		}
		f.start, f.length = m.at, int64(length)
		if err == nil {
			m.skip(f.length)
		}
	default:
		err = errWire
	}
	if err != nil || m.at > m.end {
		return field{}, errWire
	}
	return f, nil
}

// skip goes on after the content of a field. Long content is not read.
func (m *message) skip(n int64) {
	m.at += n
	if n <= int64(m.buffered.Buffered()) {
		_, _ = m.buffered.Discard(int(n)) // it is in the buffer
		return
	}
	m.buffered.Reset(io.NewSectionReader(m.file, m.at, m.end-m.at))
}

func (m *message) varint() (uint64, error) {
	var n uint64
	for shift := uint(0); shift < 64; shift += 7 {
		b, err := m.buffered.ReadByte()
		if err != nil {
			return 0, errWire
		}
		m.at++
		n |= uint64(b&0x7F) << shift
		if b < 0x80 {
			return n, nil
		}
	}
	return 0, errWire
}

// maxText is the length of the longest name that is read.
const maxText = 1 << 10

// text returns the content of a bytes field.
func (m *message) text(f field) (string, error) {
	if f.wire != lengthy || f.length > maxText {
		return "", errWire
	}
	b := make([]byte, f.length)
	if _, err := m.file.ReadAt(b, f.start); err != nil && !(err == io.EOF) {
		return "", errWire
	}
	return string(b), nil
}

// message returns a bytes field as a message.
func (m *message) message(f field) (*message, error) {
	if f.wire != lengthy {
		return nil, errWire
	}
	return newMessage(m.file, f.start, f.length), nil
}
