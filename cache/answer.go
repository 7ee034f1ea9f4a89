package cache

import (
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
