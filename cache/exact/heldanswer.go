package exact

import (
	"bytes"
	"slices"
	"time"

	"github.com/sluicegate/sluice/cache/eviction"
	"github.com/sluicegate/sluice/cache/key"
)

// heldAnswer is an Answer as a Memory keeps it, in less memory. The record of an entry holds the ID, the
// alias and the attributes: they are kept once.
type heldAnswer struct {
	owner           *owner
	expires, stored int64 // nanoseconds since 1970

	data             []byte // the record, then what does not stand in it
	record           int32  // length
	keys, attributes int32  // where the ID with the alias, and the attributes, stand in data
	many             int16  // attributes
	grouped          bool   // the last attribute is the group

	eviction.Place[heldAnswer]
}

// owner is whose answers are kept, and how many bytes of them.
type owner struct {
	identity
	bytes int64
}

// hold copies an answer, which has no owner yet. In the record of an entry the ID and the alias stand near
// the beginning, and the attributes near the end.
func hold(a Answer) *heldAnswer {
	h := &heldAnswer{expires: a.Expires.UnixNano(), stored: a.Stored.UnixNano(), data: slices.Clone(a.Record), record: int32(len(a.Record)),
		many: int16(len(a.Attributes)), grouped: !a.Group().IsZero()}
	h.keys = h.keep(bytes.Index, a.ID, a.Alias)
	h.attributes = h.keep(bytes.LastIndex, a.Attributes...)
	h.data = slices.Clip(h.data)
	return h
}

// keep returns where digests stand in data. It appends what find does not find.
func (h *heldAnswer) keep(find func(data, list []byte) int, digests ...key.Digest) int32 {
	list := make([]byte, 0, digestSize*len(digests))
	for _, d := range digests {
		list = append(list, d[:]...)
	}
	at := find(h.data, list)
	if at < 0 {
		at, h.data = len(h.data), slices.Concat(h.data, list)
	}
	return int32(at)
}

const digestSize = len(key.Digest{})

// digest returns digest n of those that stand there in data.
func (h *heldAnswer) digest(at int32, n int) key.Digest {
	return key.Digest(h.data[int(at)+n*digestSize:][:digestSize])
}

func (h *heldAnswer) id() key.Digest    { return h.digest(h.keys, 0) }
func (h *heldAnswer) alias() key.Digest { return h.digest(h.keys, 1) } // zero: none

// group returns the traffic that the answer is counted with, zero if there is none.
func (h *heldAnswer) group() (d key.Digest) {
	if h.grouped {
		d = h.digest(h.attributes, int(h.many)-1)
	}
	return d
}

// answer returns the answer with its record, which nobody may write to.
func (h *heldAnswer) answer() Answer {
	return Answer{ID: h.id(), Alias: h.alias(), Workspace: h.owner.workspace, Record: h.bytes(), Expires: time.Unix(0, h.expires),
		Attributes: h.attributeList(), Grouped: h.grouped, Stored: time.Unix(0, h.stored), Caller: h.owner.caller}
}

func (h *heldAnswer) bytes() []byte { return h.data[:h.record:h.record] }

func (h *heldAnswer) attributeList() []key.Digest {
	list := make([]key.Digest, 0, h.many)
	for n := range int(h.many) {
		list = append(list, h.digest(h.attributes, n))
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
