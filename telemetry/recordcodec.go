package telemetry

import (
	"encoding/binary"
	"errors"
	"time"
)

// recordCodec packs and unpacks a value by one and the same walk over its fields, so that the two
// directions cannot disagree. Numbers are varints, texts and lists carry their length. Fields
// are only ever added at the end of a walk: what an older row does not hold stays zero, and
// what a newer one holds beyond is skipped.
type recordCodec struct {
	buf     []byte
	reading bool
	err     error
}

var errPacked = errors.New("telemetry: packed record is damaged")

func (c *recordCodec) int(v *int64) {
	if !c.reading {
		c.buf = binary.AppendVarint(c.buf, *v)
		return
	}
	if len(c.buf) == 0 || c.err != nil {
		return
	}
	n, size := binary.Varint(c.buf)
	if size <= 0 {
		c.err = errPacked
		return
	}
	*v, c.buf = n, c.buf[size:]
}

func (c *recordCodec) small(v *int) {
	n := int64(*v)
	c.int(&n)
	*v = int(n)
}

func (c *recordCodec) span(v *time.Duration) { c.int((*int64)(v)) }

func (c *recordCodec) flag(v *bool) {
	n := int64(0)
	if *v {
		n = 1
	}
	c.int(&n)
	*v = n != 0
}

func (c *recordCodec) text(v *string) {
	if !c.reading {
		c.buf = binary.AppendUvarint(c.buf, uint64(len(*v)))
		c.buf = append(c.buf, *v...)
		return
	}
	if b := c.take(); len(b) > 0 {
		*v = string(b)
	}
}

func (c *recordCodec) bytes(v *[]byte) {
	if !c.reading {
		c.buf = binary.AppendUvarint(c.buf, uint64(len(*v)))
		c.buf = append(c.buf, *v...)
		return
	}
	if b := c.take(); len(b) > 0 {
		*v = append([]byte(nil), b...)
	}
}

// fixed packs an id of known length as it is.
func (c *recordCodec) fixed(v []byte) {
	if !c.reading {
		c.buf = append(c.buf, v...)
		return
	}
	if len(c.buf) == 0 || c.err != nil {
		return
	}
	if len(c.buf) < len(v) {
		c.err = errPacked
		return
	}
	c.buf = c.buf[copy(v, c.buf):]
}

func (c *recordCodec) take() []byte {
	if len(c.buf) == 0 || c.err != nil {
		return nil
	}
	n, size := binary.Uvarint(c.buf)
	if size <= 0 || n > uint64(len(c.buf)-size) {
		c.err = errPacked
		return nil
	}
	b := c.buf[size : size+int(n)]
	c.buf = c.buf[size+int(n):]
	return b
}

// part packs f's fields behind their length, so that f may grow.
func (c *recordCodec) part(f func(*recordCodec)) {
	if !c.reading {
		at := len(c.buf)
		c.buf = append(c.buf, 0, 0, 0)
		f(c)
		n := len(c.buf) - at - 3
		if n < 1<<21 { // a padded varint: three bytes, written afterwards
			c.buf[at], c.buf[at+1], c.buf[at+2] = byte(n)|0x80, byte(n>>7)|0x80, byte(n>>14)
			return
		}
		body := append([]byte(nil), c.buf[at+3:]...)
		c.buf = append(binary.AppendUvarint(c.buf[:at], uint64(n)), body...)
		return
	}
	inner := recordCodec{buf: c.take(), reading: true, err: c.err}
	f(&inner)
	c.err = inner.err
}

// list packs a slice of parts.
func list[T any](c *recordCodec, v *[]T, f func(*T, *recordCodec)) {
	n := int64(len(*v))
	c.int(&n)
	if c.reading {
		if c.err != nil || n < 0 || n > int64(len(c.buf)) { // each part takes a byte or more
			if n != 0 {
				c.err = errPacked
			}
			return
		}
		if n > 0 {
			*v = make([]T, n)
		}
	}
	for i := range *v {
		c.part(func(c *recordCodec) { f(&(*v)[i], c) })
	}
}

// maybe packs a pointer.
func maybe[T any](c *recordCodec, v **T, f func(*T, *recordCodec)) {
	there := *v != nil
	if c.flag(&there); !there {
		return
	}
	if c.reading {
		*v = new(T)
	}
	c.part(func(c *recordCodec) { f(*v, c) })
}
