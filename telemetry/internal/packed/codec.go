// Package packed is the compact form in which telemetry keeps records and spans. What is packed here stays
// readable: see [Codec] for what a change may do.
package packed

import (
	"encoding/binary"
	"errors"
	"time"
)

// Version is the first byte of a packed form. It changes only if a field moves; adding a
// field at the end of a walk does not change it.
const Version = 1

// Codec packs and unpacks a value by the same walk over its fields, so that the two
// directions cannot disagree. Each method packs *v when writing, and sets *v when reading.
//
// Numbers are varints. Texts, lists and parts carry their length. Fields are only ever added at
// the end of a walk: a field that an older row does not have stays zero, and fields of a newer
// row are skipped. After the first error reading stops and Err is set.
type Codec struct {
	Buf     []byte // what is written so far, or what is left to read
	Reading bool
	Err     error // of reading
}

// ErrDamaged is the error of a packed form that cannot be read.
var ErrDamaged = errors.New("telemetry: packed record is damaged")

// Int packs a number.
func (c *Codec) Int(v *int64) {
	if !c.Reading {
		c.Buf = binary.AppendVarint(c.Buf, *v)
		return
	}
	if len(c.Buf) == 0 || c.Err != nil {
		return
	}
	n, size := binary.Varint(c.Buf)
	if size <= 0 {
		c.Err = ErrDamaged
		return
	}
	*v, c.Buf = n, c.Buf[size:]
}

// SmallInt packs a number, as Int does.
func (c *Codec) SmallInt(v *int) {
	n := int64(*v)
	c.Int(&n)
	*v = int(n)
}

// Duration packs nanoseconds.
func (c *Codec) Duration(v *time.Duration) { c.Int((*int64)(v)) }

// Flag packs a bool as a number.
func (c *Codec) Flag(v *bool) {
	n := int64(0)
	if *v {
		n = 1
	}
	c.Int(&n)
	*v = n != 0
}

// Text packs a text with its length.
func (c *Codec) Text(v *string) {
	if !c.Reading {
		c.Buf = binary.AppendUvarint(c.Buf, uint64(len(*v)))
		c.Buf = append(c.Buf, *v...)
		return
	}
	if b := c.take(); len(b) > 0 {
		*v = string(b)
	}
}

// Bytes packs bytes with their length.
func (c *Codec) Bytes(v *[]byte) {
	if !c.Reading {
		c.Buf = binary.AppendUvarint(c.Buf, uint64(len(*v)))
		c.Buf = append(c.Buf, *v...)
		return
	}
	if b := c.take(); len(b) > 0 {
		*v = append([]byte(nil), b...)
	}
}

// Fixed packs the bytes of an id, without its length.
func (c *Codec) Fixed(v []byte) {
	if !c.Reading {
		c.Buf = append(c.Buf, v...)
		return
	}
	if len(c.Buf) == 0 || c.Err != nil {
		return
	}
	if len(c.Buf) < len(v) {
		c.Err = ErrDamaged
		return
	}
	c.Buf = c.Buf[copy(v, c.Buf):]
}

// take reads a length and as many bytes, which share memory with buf.
func (c *Codec) take() []byte {
	if len(c.Buf) == 0 || c.Err != nil {
		return nil
	}
	n, size := binary.Uvarint(c.Buf)
	if size <= 0 || n > uint64(len(c.Buf)-size) {
		c.Err = ErrDamaged
		return nil
	}
	b := c.Buf[size : size+int(n)]
	c.Buf = c.Buf[size+int(n):]
	return b
}

// Part packs the fields of f behind their length, so that f may get more fields.
func (c *Codec) Part(f func(*Codec)) {
	if !c.Reading {
		at := len(c.Buf)
		c.Buf = append(c.Buf, 0, 0, 0)
		f(c)
		n := len(c.Buf) - at - 3
		if n < 1<<21 { // the length as a padded varint of three bytes
			c.Buf[at], c.Buf[at+1], c.Buf[at+2] = byte(n)|0x80, byte(n>>7)|0x80, byte(n>>14)
			return
		}
		body := append([]byte(nil), c.Buf[at+3:]...)
		c.Buf = append(binary.AppendUvarint(c.Buf[:at], uint64(n)), body...)
		return
	}
	inner := Codec{Buf: c.take(), Reading: true, Err: c.Err}
	f(&inner)
	c.Err = inner.Err
}

// List packs a slice, each element as a part.
func List[T any](c *Codec, v *[]T, f func(*T, *Codec)) {
	n := int64(len(*v))
	c.Int(&n)
	if c.Reading {
		if c.Err != nil || n < 0 || n > int64(len(c.Buf)) { // each part takes at least a byte
			if n != 0 {
				c.Err = ErrDamaged
			}
			return
		}
		if n > 0 {
			*v = make([]T, n)
		}
	}
	for i := range *v {
		c.Part(func(c *Codec) { f(&(*v)[i], c) })
	}
}

// Optional packs a pointer that may be nil.
func Optional[T any](c *Codec, v **T, f func(*T, *Codec)) {
	present := *v != nil
	if c.Flag(&present); !present {
		return
	}
	if c.Reading {
		*v = new(T)
	}
	c.Part(func(c *Codec) { f(*v, c) })
}
