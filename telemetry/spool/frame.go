package spool

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"time"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/foreignspan"
)

// A frame is one batch in a segment: length of the payload (4 bytes, little endian), CRC-32C of
// type and payload (4 bytes), type (1 byte), payload. So a batch is there as a whole or not.
const (
	header           = 9
	typeBatch        = 1 // rows and audit rows of a batch without an id
	typeNamedBatch   = 2 // the id of the batch, then the same
	typeForeignBatch = 3 // the id of the batch or "", then the same, then foreign spans
	maxFrame         = 1 << 30
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var errFrame = errors.New("spool: damaged frame")

// appendFrame appends b as a frame. With dropBodies it leaves the bodies out, and returns how many
// rows lost theirs.
func appendFrame(dst []byte, b *telemetry.Batch, dropBodies bool) (frame []byte, dropped int) {
	at := len(dst)
	dst = append(dst, make([]byte, header)...)
	kind := byte(typeBatch)
	switch {
	case len(b.Foreign) > 0:
		kind = typeForeignBatch
	case b.ID != "":
		kind = typeNamedBatch
	}
	if kind != typeBatch {
		dst = binary.AppendUvarint(dst, uint64(len(b.ID)))
		dst = append(dst, b.ID...)
	}
	dst = binary.AppendUvarint(dst, uint64(len(b.Rows)))
	for _, r := range b.Rows {
		if dropBodies && len(r.Request)+len(r.Response)+len(r.Sent) > 0 {
			c := *r
			c.DropBodies()
			c.Body = telemetry.BodyDropped
			r = &c
			dropped++
		}
		dst = sized(dst, r.Pack)
		dst = sized(dst, r.PackBodies)
	}
	dst = binary.AppendUvarint(dst, uint64(len(b.Audit)))
	for i := range b.Audit {
		a := &b.Audit[i]
		for _, s := range [...]string{a.Chain, a.Workspace, string(a.Canonical)} {
			dst = binary.AppendUvarint(dst, uint64(len(s)))
			dst = append(dst, s...)
		}
		dst = binary.AppendUvarint(dst, a.Seq)
		dst = binary.AppendVarint(dst, a.Time.UnixMicro())
		dst = append(append(dst, a.Prev[:]...), a.Hash[:]...)
	}
	if kind == typeForeignBatch {
		dst = binary.AppendUvarint(dst, uint64(len(b.Foreign)))
		for _, f := range b.Foreign {
			dst = sized(dst, f.Pack)
		}
	}
	dst[at+8] = kind
	binary.LittleEndian.PutUint32(dst[at:], uint32(len(dst)-at-header))
	binary.LittleEndian.PutUint32(dst[at+4:], crc32.Checksum(dst[at+8:], castagnoli))
	return dst, dropped
}

// sized appends the length of what f appends, then that.
func sized(dst []byte, f func([]byte) []byte) []byte {
	at := len(dst)
	dst = f(append(dst, 0, 0, 0, 0))
	binary.LittleEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	return dst
}

// frames adds the rows of a segment's frames to b, whose ID becomes that of the last frame. It
// returns the number of frames and their length; what follows them is torn.
func frames(seg []byte, b *telemetry.Batch) (count, whole int) {
	for {
		rest := seg[whole:]
		if len(rest) < header {
			return count, whole
		}
		n := binary.LittleEndian.Uint32(rest)
		if n > maxFrame || int(n) > len(rest)-header || rest[8] < typeBatch || rest[8] > typeForeignBatch ||
			crc32.Checksum(rest[8:header+int(n)], castagnoli) != binary.LittleEndian.Uint32(rest[4:]) {
			return count, whole
		}
		rows, audit, foreign := len(b.Rows), len(b.Audit), len(b.Foreign)
		if readBatch(rest[header:header+int(n)], rest[8], b) != nil {
			b.Rows, b.Audit, b.Foreign = b.Rows[:rows], b.Audit[:audit], b.Foreign[:foreign]
			return count, whole
		}
		count++
		whole += header + int(n)
	}
}

func readBatch(p []byte, kind byte, b *telemetry.Batch) error {
	r := reader{p: p}
	b.ID = ""
	if kind != typeBatch {
		b.ID = string(r.text())
	}
	for n := r.uvarint(); n > 0 && r.err == nil; n-- {
		rec, err := telemetry.Unpack(r.block())
		if err == nil {
			err = rec.UnpackBodies(r.block())
		}
		if err != nil || r.err != nil {
			return errFrame
		}
		b.Rows = append(b.Rows, rec)
	}
	for n := r.uvarint(); n > 0 && r.err == nil; n-- {
		var a audit.Row
		a.Chain, a.Workspace, a.Canonical = string(r.text()), string(r.text()), append([]byte(nil), r.text()...)
		a.Seq = r.uvarint()
		us, size := binary.Varint(r.p)
		if size <= 0 || len(r.p) < size+64 {
			return errFrame
		}
		a.Time = time.UnixMicro(us).UTC()
		copy(a.Prev[:], r.p[size:])
		copy(a.Hash[:], r.p[size+32:])
		r.p = r.p[size+64:]
		b.Audit = append(b.Audit, a)
	}
	if kind == typeForeignBatch {
		for n := r.uvarint(); n > 0 && r.err == nil; n-- {
			f, err := foreignspan.Unpack(r.block())
			if err != nil {
				return errFrame
			}
			b.Foreign = append(b.Foreign, f)
		}
	}
	if len(r.p) > 0 {
		return errFrame
	}
	return r.err
}

// reader decodes a payload. After the first error it returns zero values.
type reader struct {
	p   []byte
	err error
}

func (r *reader) uvarint() uint64 {
	n, size := binary.Uvarint(r.p)
	if size <= 0 {
		r.err, r.p = errFrame, nil
		return 0
	}
	r.p = r.p[size:]
	return n
}

func (r *reader) text() []byte {
	n := r.uvarint()
	if n > uint64(len(r.p)) {
		r.err, r.p = errFrame, nil
		return nil
	}
	b := r.p[:n]
	r.p = r.p[n:]
	return b
}

func (r *reader) block() []byte {
	if len(r.p) < 4 || uint64(binary.LittleEndian.Uint32(r.p)) > uint64(len(r.p)-4) {
		r.err, r.p = errFrame, nil
		return nil
	}
	n := int(binary.LittleEndian.Uint32(r.p))
	b := r.p[4 : 4+n]
	r.p = r.p[4+n:]
	return b
}
