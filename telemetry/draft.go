package telemetry

import "github.com/oklog/ulid/v2"

// draft is a batch in the making. Its memory serves one batch after the other: what it gives
// out is the Writer's and the Exporters' while they are called, and gone afterwards.
type draft struct {
	batch   Batch
	head    Head         // of the chain with the batch's audit rows
	waiting []chan error // of those who wait for it to be durable
	bodies  int          // bytes of them
	spare   []*Record    // records of batches before, emptied
	texts   texts        // of the batch
	event   Event        // of the exchange in hand
	room    texts        // for its bodies, where they are packed
}

// most is how many bytes of bodies make a batch full, and how much memory for texts is kept
// for the next one.
const most = 8 << 20

// begin names the next batch, which follows head.
func (d *draft) begin(head Head) { d.batch.ID, d.head = ulid.Make().String(), head }

// size counts what was added.
func (d *draft) size() int { return len(d.batch.Audit) }

func (d *draft) full(rows int) bool { return d.size() >= rows || d.bodies >= most }

// pack keeps the latest row in the Writer's form.
func (d *draft) pack(p Packer, r *Record) {
	at := len(d.texts)
	d.texts = p.PackRow(d.texts, r)
	d.batch.Packed = append(d.batch.Packed, d.texts.since(at))
	r.Request, r.Response, d.room = nil, nil, d.room[:0]
}

// answer tells who waits for the batch, once.
func (d *draft) answer(err error) {
	for i, done := range d.waiting {
		done <- err
		d.waiting[i] = nil
	}
	d.waiting = d.waiting[:0]
}

// row adds a record, empty, to the batch.
func (d *draft) row() *Record {
	var r *Record
	if n := len(d.spare); n > 0 {
		r, d.spare = d.spare[n-1], d.spare[:n-1]
	} else {
		r = new(Record)
	}
	d.batch.Rows = append(d.batch.Rows, r)
	return r
}

// end lets go of everything that the batch held. Its texts stay in the memory until others are
// written over them; nobody is given more of it than was written for him.
func (d *draft) end() {
	for _, r := range d.batch.Rows {
		r.empty()
		d.spare = append(d.spare, r)
	}
	clear(d.batch.Rows)
	clear(d.batch.Packed)
	clear(d.batch.Audit)
	d.batch = Batch{Rows: d.batch.Rows[:0], Packed: d.batch.Packed[:0], Audit: d.batch.Audit[:0]}
	d.event, d.bodies, d.waiting = Event{}, 0, d.waiting[:0]
	for _, t := range [...]*texts{&d.texts, &d.room} {
		if *t = (*t)[:0]; cap(*t) > most {
			*t = nil
		}
	}
}

// texts are what a batch holds of bodies, packed rows and canonical forms, one behind the
// other. When they need more memory, those from before stay where they are.
type texts []byte

// since gives what was written from at on.
func (t texts) since(at int) []byte { return t[at:len(t):len(t)] }

// empty makes r a new record, which keeps the room of its lists.
func (r *Record) empty() {
	*r = Record{Attempts: emptied(r.Attempts), Guardrails: emptied(r.Guardrails), Stages: emptied(r.Stages),
		Metadata: emptied(r.Metadata)}
}

func emptied[T any](list []T) []T {
	const most = 64 // what one exchange needed, others need not hold
	if cap(list) > most {
		return nil
	}
	clear(list)
	return list[:0]
}
