package cache

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/cache/pace"
	"github.com/sluicegate/sluice/gateway"
)

// A record is the binary form of an entry or a point: the version, then the parts in order,
// those of variable length with their length in front. The version tells records apart from
// those that an older release left in a store.
const (
	recordVersion  = 5
	recordVersion4 = 4 // entries without caller and pieces
	recordVersion6 = 6 // entries whose body is elsewhere: earlier releases must not take them for empty answers
)

// flagUsageKnown is set in an entry's record if the entry has a usage.
const flagUsageKnown = 1

// appendRecord appends the record of an entry.
func (e *entry) appendRecord(b []byte) []byte {
	var flags byte
	if e.usageKnown {
		flags |= flagUsageKnown
	}
	const fixed = 4*len(key.Digest{}) + 128 // digests, numbers and lengths
	b = slices.Grow(b, fixed+len(e.attributes)*len(key.Digest{})+len(e.text)+len(e.body)+len(e.origin))
	version, body := byte(recordVersion), e.body
	if e.elsewhere != nil {
		version, body = recordVersion6, e.elsewhere.append(nil)
	}
	b = append(b, version, flags)
	b = append(append(b, e.id[:]...), e.alias[:]...)
	b = append(append(b, e.partition.Workspace[:]...), e.partition.Context[:]...)
	b = appendField(appendField(appendField(b, e.text), body), e.origin)
	var output []byte
	if len(e.output) > 0 {
		output, _ = json.Marshal(e.output) // plain data always encodes
	}
	b = appendField(b, output)
	b = binary.AppendUvarint(b, uint64(len(e.attributes)*len(key.Digest{})))
	for _, a := range e.attributes {
		b = append(b, a[:]...)
	}
	u := &e.usage
	for _, n := range [...]int64{e.stored.UnixNano(), e.expires.UnixNano(), int64(e.took), e.cost, u.Input, u.Output, u.CacheRead, u.CacheWrite, u.Reasoning} {
		b = binary.AppendVarint(b, n)
	}
	return appendField(append(b, e.caller[:]...), e.pieces.Append(nil))
}

// readEntry reads the record of an entry. The entry's body shares the record's memory.
func readEntry(record []byte) (*entry, error) {
	r := newRecordReader(record)
	flags := r.take(1)
	e := &entry{id: r.digest(), alias: r.digest(), partition: r.partition(), text: string(r.field()), body: r.field(), origin: string(r.field())}
	if r.version == recordVersion6 {
		if e.elsewhere, e.body = readBodyPlace(e.body), nil; e.elsewhere == nil {
			return nil, errRecord
		}
	}
	if output := r.field(); len(output) > 0 {
		if err := json.Unmarshal(output, &e.output); err != nil {
			return nil, errRecord
		}
	}
	for a := range slices.Chunk(r.field(), len(key.Digest{})) {
		if len(a) < len(key.Digest{}) {
			return nil, errRecord
		}
		e.attributes = append(e.attributes, key.Digest(a))
	}
	e.stored, e.expires, e.took, e.cost = r.time(), r.time(), time.Duration(r.number()), r.number()
	e.usage = gateway.Usage{Input: r.number(), Output: r.number(), CacheRead: r.number(), CacheWrite: r.number(), Reasoning: r.number()}
	if r.version > recordVersion4 {
		e.caller = r.digest()
		pieces, ok := pace.Read(r.field())
		e.pieces, r.bad = pieces, r.bad || !ok
	}
	if r.bad {
		return nil, errRecord
	}
	e.usageKnown = flags[0]&flagUsageKnown != 0
	return e, nil
}

// readPartition reads the partition from the record of an entry.
func readPartition(record []byte) (key.Partition, error) {
	r := newRecordReader(record)
	r.take(1) // flags
	_, _ = r.digest(), r.digest()
	p := r.partition()
	if r.bad {
		return key.Partition{}, errRecord
	}
	return p, nil
}

// appendRecord appends the record of a point, with the model that made its vector.
func (p *Point) appendRecord(b []byte, model string) []byte {
	b = append(b, recordVersion)
	b = append(append(b, p.Partition.Workspace[:]...), p.Partition.Context[:]...)
	b = appendField(append(b, p.ID[:]...), model)
	b = binary.AppendVarint(b, p.Expires.UnixNano())
	for _, x := range p.Vector {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

// readPoint reads the record of a point and the name of the model.
func readPoint(record []byte) (p Point, model string, err error) {
	r := newRecordReader(record)
	p = Point{Partition: r.partition(), ID: r.digest()}
	model, p.Expires = string(r.field()), r.time()
	if r.bad || len(r.rest)%4 != 0 {
		return p, "", errRecord
	}
	p.Vector = make([]float32, len(r.rest)/4)
	for i := range p.Vector {
		p.Vector[i] = math.Float32frombits(binary.LittleEndian.Uint32(r.rest[4*i:]))
	}
	return p, model, nil
}

// appendField appends a text with its length in front.
func appendField[T string | []byte](dst []byte, text T) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

var errRecord = errors.New("a record is damaged or of another version")

// recordReader reads the parts of a record. A part that is missing reads as zero and sets
// bad.
type recordReader struct {
	rest    []byte
	bad     bool
	version byte
}

func newRecordReader(record []byte) *recordReader {
	r := &recordReader{rest: record}
	if version := r.take(1); !r.bad {
		r.version = version[0]
		r.bad = r.version < recordVersion4 || r.version > recordVersion6
	}
	return r
}

func (r *recordReader) take(n uint64) []byte {
	if uint64(len(r.rest)) < n {
		r.rest, r.bad = nil, true
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

func (r *recordReader) digest() (d key.Digest) {
	copy(d[:], r.take(uint64(len(d))))
	return d
}

func (r *recordReader) partition() key.Partition {
	return key.Partition{Workspace: r.digest(), Context: r.digest()}
}

func (r *recordReader) field() []byte {
	n, size := binary.Uvarint(r.rest)
	r.take(uint64(max(size, 0)))
	r.bad = r.bad || size <= 0
	return r.take(n)
}

func (r *recordReader) number() int64 {
	n, size := binary.Varint(r.rest)
	r.take(uint64(max(size, 0)))
	r.bad = r.bad || size <= 0
	return n
}

func (r *recordReader) time() time.Time { return time.Unix(0, r.number()) }
