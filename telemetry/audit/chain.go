package audit

import (
	"crypto/sha256"
	"slices"
	"time"
)

// Row is an Event in its chain, as stores keep it.
type Row struct {
	Chain     string
	Seq       uint64 // from 1, without gaps
	Time      time.Time
	Workspace string   // id
	Prev      [32]byte // Hash of the row before, zero for the first
	Hash      [32]byte // SHA-256 over Prev and Canonical
	Canonical []byte   // the event as canonical JSON, with chain and sequence number
	Appended  *Event   // the same event in a row that Append made; nil in one that was read
}

// Head is the last link of a chain. Its zero value is the head of an empty chain.
type Head struct {
	Seq  uint64
	Hash [32]byte
	Time time.Time
}

// Append makes e the next row of the chain and moves the head to it. It sets e.Time to now,
// or to the time of the row before where the clock ran backwards. The row keeps e, which must not
// change any more.
func (h *Head) Append(chain string, e *Event, now time.Time) Row {
	e.Time = now.UTC().Truncate(time.Microsecond)
	if e.Time.Before(h.Time) {
		e.Time = h.Time
	}
	r := Row{Chain: chain, Seq: h.Seq + 1, Time: e.Time, Workspace: e.Workspace, Prev: h.Hash, Appended: e}
	hashed := e.appendCanonical(append(make([]byte, 0, usualCanonical), r.Prev[:]...), chain, r.Seq)
	r.Canonical = hashed[len(r.Prev):]
	r.Hash = sha256.Sum256(hashed) // as sum does, without a copy
	*h = r.Head()
	return r
}

// usualCanonical is the size of most canonical forms with the hash before, in bytes.
const usualCanonical = 768

// Head returns the head of a chain that ends with r.
func (r *Row) Head() Head { return Head{Seq: r.Seq, Hash: r.Hash, Time: r.Time} }

// Event returns the row's event, which it decodes from the canonical form of a row that was read.
func (r *Row) Event() (Event, error) {
	if r.Appended != nil {
		return *r.Appended, nil
	}
	v, err := r.decode()
	if err != nil {
		return Event{}, err
	}
	return v.event(), nil
}

func (r *Row) sum() [32]byte { return sha256.Sum256(slices.Concat(r.Prev[:], r.Canonical)) }
