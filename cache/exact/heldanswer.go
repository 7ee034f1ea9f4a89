package exact

import (
	"bytes"
	"slices"
	"time"

	"github.com/sluicegate/sluice/cache/key"
)

// heldAnswer is a Answer as a Memory keeps it, in half the memory.
type heldAnswer struct {
	id, alias       key.Digest
	owner           *owner
	group           *group // nil: none
	expires, stored int64  // nanoseconds since 1970

	data             []byte // the record, then the attributes unless they stand in the record
	record           int32  // length
	attributes, many int32  // where they stand in data, and how many there are

	newer, older *heldAnswer // by use
}

// owner is whose answers are kept, and how many bytes of them.
type owner struct {
	identity
	bytes int64
}

// group is traffic whose answers are counted.
type group struct {
	id      key.Digest
	answers int
}

// hold copies an answer, which has neither owner nor group yet. The record of an entry holds its attributes near its end: they are looked
// for there, and kept once.
func hold(a Answer) *heldAnswer {
	const size = len(key.Digest{})
	list := make([]byte, 0, size*len(a.Attributes))
	for _, d := range a.Attributes {
		list = append(list, d[:]...)
	}
	h := &heldAnswer{id: a.ID, alias: a.Alias, expires: a.Expires.UnixNano(), stored: a.Stored.UnixNano(),
		record: int32(len(a.Record)), many: int32(len(a.Attributes))}
	at := bytes.LastIndex(a.Record, list)
	if at < 0 {
		at, h.data = len(a.Record), slices.Concat(a.Record, list)
	} else {
		h.data = slices.Clone(a.Record)
	}
	h.data, h.attributes = slices.Clip(h.data), int32(at)
	return h
}

// answer returns the answer with its record, which nobody may write to.
func (h *heldAnswer) answer() Answer {
	var of key.Digest
	if h.group != nil {
		of = h.group.id
	}
	return Answer{ID: h.id, Alias: h.alias, Workspace: h.owner.workspace, Record: h.bytes(), Expires: time.Unix(0, h.expires),
		Attributes: h.attributeList(), Stored: time.Unix(0, h.stored), Caller: h.owner.caller, Group: of}
}

func (h *heldAnswer) bytes() []byte { return h.data[:h.record:h.record] }

func (h *heldAnswer) attributeList() []key.Digest {
	list := make([]key.Digest, 0, h.many)
	for d := range slices.Chunk(h.data[h.attributes:][:int(h.many)*len(key.Digest{})], len(key.Digest{})) {
		list = append(list, key.Digest(d))
	}
	return list
}

// selectedBy reports whether the answer is of a workspace and meets a condition.
func (h *heldAnswer) selectedBy(workspace key.Digest, condition *Condition) bool {
	return h.owner.workspace == workspace && condition.Selects(h.attributeList(), time.Unix(0, h.stored))
}

// size is what an answer counts against the bound of its store.
func (h *heldAnswer) size() int64 {
	const overhead = 220 // struct and map slots
	return int64(overhead + len(h.data))
}

// useOrder lists answers by their last use. Its links are in the answers.
type useOrder struct{ newest, oldest *heldAnswer }

// push adds an answer as the one used last.
func (o *useOrder) push(h *heldAnswer) {
	h.newer, h.older = nil, o.newest
	if o.newest != nil {
		o.newest.newer = h
	} else {
		o.oldest = h
	}
	o.newest = h
}

func (o *useOrder) remove(h *heldAnswer) {
	if h.newer != nil {
		h.newer.older = h.older
	} else {
		o.newest = h.older
	}
	if h.older != nil {
		h.older.newer = h.newer
	} else {
		o.oldest = h.newer
	}
	h.newer, h.older = nil, nil
}
