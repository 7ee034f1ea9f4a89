package telemetry

import (
	"encoding/binary"
	"errors"
	"time"
)

// recordCodec packs and unpacks a value by the same walk over its fields, so that the two
// directions cannot disagree. Each method packs *v when writing, and sets *v when reading.
//
// Numbers are varints. Texts, lists and parts carry their length. Fields are only ever added at
// the end of a walk: a field that an older row does not have stays zero, and fields of a newer
// row are skipped. After the first error reading stops and err is set.
type recordCodec struct {
	buf     []byte
	reading bool
	err     error
}

var errDamaged = errors.New("telemetry: packed record is damaged")

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
		c.err = errDamaged
		return
	}
	*v, c.buf = n, c.buf[size:]
}

func (c *recordCodec) smallInt(v *int) {
	n := int64(*v)
	c.int(&n)
	*v = int(n)
}

func (c *recordCodec) duration(v *time.Duration) { c.int((*int64)(v)) }

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

// fixed packs the bytes of an id, without its length.
func (c *recordCodec) fixed(v []byte) {
	if !c.reading {
		c.buf = append(c.buf, v...)
		return
	}
	if len(c.buf) == 0 || c.err != nil {
		return
	}
	if len(c.buf) < len(v) {
		c.err = errDamaged
		return
	}
	c.buf = c.buf[copy(v, c.buf):]
}

// take reads a length and as many bytes, which share memory with buf.
func (c *recordCodec) take() []byte {
	if len(c.buf) == 0 || c.err != nil {
		return nil
	}
	n, size := binary.Uvarint(c.buf)
	if size <= 0 || n > uint64(len(c.buf)-size) {
		c.err = errDamaged
		return nil
	}
	b := c.buf[size : size+int(n)]
	c.buf = c.buf[size+int(n):]
	return b
}

// part packs the fields of f behind their length, so that f may get more fields.
func (c *recordCodec) part(f func(*recordCodec)) {
	if !c.reading {
		at := len(c.buf)
		c.buf = append(c.buf, 0, 0, 0)
		f(c)
		n := len(c.buf) - at - 3
		if n < 1<<21 { // the length as a padded varint of three bytes
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

// list packs a slice, each element as a part.
func list[T any](c *recordCodec, v *[]T, f func(*T, *recordCodec)) {
	n := int64(len(*v))
	c.int(&n)
	if c.reading {
		if c.err != nil || n < 0 || n > int64(len(c.buf)) { // each part takes at least a byte
			if n != 0 {
				c.err = errDamaged
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

// optional packs a pointer that may be nil.
func optional[T any](c *recordCodec, v **T, f func(*T, *recordCodec)) {
	present := *v != nil
	if c.flag(&present); !present {
		return
	}
	if c.reading {
		*v = new(T)
	}
	c.part(func(c *recordCodec) { f(*v, c) })
}
