package cache

import (
	"encoding/json"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// entry is one stored answer with the question that it belongs to. Entries are
// immutable once stored; a newer one replaces them.
type entry struct {
	id    Digest
	alias Digest // zero: exact tier only
	part  Partition
	text  string // of the question, for vet; redacted like everything here
	alone bool   // when it was stored nobody had asked in its partition: see answers.lone

	body    []byte // a whole OpenAI answer
	output  []gateway.Verdict
	usage   gateway.Usage
	counted bool  // usage is known
	cost    int64 // nano-USD; 0 if unknown
	origin  string
	stored  time.Time
	expires time.Time
}

// size is what the entry counts against the bound of the memory.
func (e *entry) size() int64 {
	const fixed = 512 // struct, map slots, list
	return int64(fixed + len(e.body) + len(e.text) + 128*len(e.output))
}

// usable reports whether a question that accepts answers of maxAge may have e.
func (e *entry) usable(now time.Time, maxAge time.Duration) bool {
	return now.Before(e.expires) && now.Sub(e.stored) <= maxAge
}

// record is an entry as it is written down. gateway.Usage writes itself in OpenAI's
// form, so its numbers stand here by name.
type record struct {
	ID        Digest
	Alias     Digest
	Workspace Digest
	Context   Digest
	Text      string
	Body      []byte
	Output    []gateway.Verdict
	Usage     *tokens
	Cost      int64
	Origin    string
	Stored    time.Time
	Expires   time.Time
	Alone     bool
}

type tokens struct{ Input, Output, CacheRead, CacheWrite, Reasoning int64 }

func (e *entry) encode() []byte {
	r := record{e.id, e.alias, e.part.workspace, e.part.context, e.text, e.body, e.output, nil, e.cost, e.origin, e.stored, e.expires, e.alone}
	if u := &e.usage; e.counted {
		r.Usage = &tokens{u.Input, u.Output, u.CacheRead, u.CacheWrite, u.Reasoning}
	}
	b, _ := json.Marshal(r) // plain data always encodes
	return b
}

func decodeEntry(b []byte) (*entry, error) {
	var r record
	if err := json.Unmarshal(b, &r); err != nil {
		return nil, err
	}
	e := &entry{r.ID, r.Alias, NewPartition(r.Workspace, r.Context), r.Text, r.Alone, r.Body, r.Output, gateway.Usage{}, false, r.Cost, r.Origin, r.Stored, r.Expires}
	if u := r.Usage; u != nil {
		e.counted = true
		e.usage = gateway.Usage{Input: u.Input, Output: u.Output, CacheRead: u.CacheRead, CacheWrite: u.CacheWrite, Reasoning: u.Reasoning}
	}
	return e, nil
}
