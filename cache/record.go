package cache

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// A record is an entry or a point as it is written down: a version, then the parts in
// order, those of no fixed length with it in front. The version tells records apart from
// those that an older release left in an Archive.
const recordVersion = 2

// What an entry's record says in one byte.
const (
	flagAlone = 1 << iota
	flagCounted
)

// appendRecord writes e down.
func (e *entry) appendRecord(b []byte) []byte {
	var flags byte
	if e.alone {
		flags |= flagAlone
	}
	if e.counted {
		flags |= flagCounted
	}
	b = append(b, recordVersion, flags)
	b = append(append(b, e.id[:]...), e.alias[:]...)
	b = append(append(b, e.part.workspace[:]...), e.part.context[:]...)
	b = field(field(field(b, e.text), e.body), e.origin)
	var output []byte
	if len(e.output) > 0 {
		output, _ = json.Marshal(e.output) // plain data always encodes
	}
	b = field(b, output)
	u := &e.usage
	for _, n := range [...]int64{e.stored.UnixNano(), e.expires.UnixNano(), e.cost, u.Input, u.Output, u.CacheRead, u.CacheWrite, u.Reasoning} {
		b = binary.AppendVarint(b, n)
	}
	return b
}

// readEntry reads a record; the entry keeps nothing of its memory.
func readEntry(record []byte) (*entry, error) {
	r := newReader(record)
	flags := r.take(1)
	e := &entry{id: r.digest(), alias: r.digest(), part: r.partition(), text: string(r.field()), body: bytes.Clone(r.field()), origin: string(r.field())}
	if output := r.field(); len(output) > 0 {
		if err := json.Unmarshal(output, &e.output); err != nil {
			return nil, err
		}
	}
	e.stored, e.expires, e.cost = r.time(), r.time(), r.number()
	e.usage = gateway.Usage{Input: r.number(), Output: r.number(), CacheRead: r.number(), CacheWrite: r.number(), Reasoning: r.number()}
	if r.bad {
		return nil, errRecord
	}
	e.alone, e.counted = flags[0]&flagAlone != 0, flags[0]&flagCounted != 0
	return e, nil
}

// appendRecord writes p down, with the model that made its vector.
func (p *Point) appendRecord(b []byte, model string) []byte {
	b = append(b, recordVersion)
	b = append(append(b, p.Partition.workspace[:]...), p.Partition.context[:]...)
	b = field(append(b, p.ID[:]...), model)
	b = binary.AppendVarint(b, p.Expires.UnixNano())
	for _, x := range p.Vector {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

// readPoint reads a record and the name of the model.
func readPoint(record []byte) (p Point, model string, err error) {
	r := newReader(record)
	p = Point{Partition: r.partition(), ID: r.digest()}
	model, p.Expires = string(r.field()), r.time()
	if r.bad || len(r.left)%4 != 0 {
		return p, "", errRecord
	}
	p.Vector = make([]float32, len(r.left)/4)
	for i := range p.Vector {
		p.Vector[i] = math.Float32frombits(binary.LittleEndian.Uint32(r.left[4*i:]))
	}
	return p, model, nil
}

var errRecord = errors.New("a record is damaged or of another version")

// reader takes a record apart. What is not there reads as zero and makes it bad.
type reader struct {
	left []byte
	bad  bool
}

func newReader(record []byte) *reader {
	r := &reader{left: record}
	if v := r.take(1); !r.bad && v[0] != recordVersion {
		r.bad = true
	}
	return r
}

func (r *reader) take(n uint64) []byte {
	if uint64(len(r.left)) < n {
		r.left, r.bad = nil, true
		return nil
	}
	b := r.left[:n]
	r.left = r.left[n:]
	return b
}

func (r *reader) digest() (d Digest) {
	copy(d[:], r.take(uint64(len(d))))
	return d
}

func (r *reader) partition() Partition { return NewPartition(r.digest(), r.digest()) }

func (r *reader) field() []byte {
	n, size := binary.Uvarint(r.left)
	r.take(uint64(max(size, 0)))
	r.bad = r.bad || size <= 0
	return r.take(n)
}

func (r *reader) number() int64 {
	n, size := binary.Varint(r.left)
	r.take(uint64(max(size, 0)))
	r.bad = r.bad || size <= 0
	return n
}

func (r *reader) time() time.Time { return time.Unix(0, r.number()) }
