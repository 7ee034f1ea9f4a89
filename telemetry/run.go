package telemetry

import (
	"fmt"
	"time"
)

// soon is how long exchanges that have ended are left alone, for others to come: then rows are
// made of them, while what they hold is at hand and before it has grown to much.
const soon = 5 * time.Millisecond

// run is the recorder's goroutine: it makes rows of what has ended and writes them together,
// Flush after the first, or sooner when they are many or somebody waits for one.
func (r *Recorder) run() {
	defer r.done.Done()
	d, due := &r.draft, time.NewTimer(r.set.Flush)
	due.Stop()
	var buf []*entry
	for {
		closing, write := r.gather(due)
		for {
			buf = r.queue.take(buf[:0], r.set.Rows-d.size())
			if d.size() == 0 && len(buf) > 0 {
				d.begin(r.head)
				due.Reset(r.set.Flush)
			}
			now := time.Now()
			r.build.cleanser.forget(now)
			for _, e := range buf {
				r.add(e, now)
				e.release()
			}
			rest := len(buf) > 0
			clear(buf)
			if d.size() > 0 && (d.full(r.set.Rows) || !rest && (write || d.batch.Sync)) {
				r.write()
				due.Stop()
				write = closing // what came meanwhile waits for more
			} else if !rest {
				break
			}
		}
		if rows, _ := r.queue.depth(); closing && rows == 0 {
			return
		}
	}
}

// gather waits for something to do. It reports whether the recorder is closing, and whether
// what there is is to be written now.
func (r *Recorder) gather(due *time.Timer) (closing, write bool) {
	select {
	case <-r.queue.wake:
	case <-due.C:
		return false, true
	case <-r.stop:
		return true, true
	}
	t := time.NewTimer(min(soon, r.set.Flush))
	defer t.Stop()
	select {
	case <-t.C:
	case <-due.C:
		write = true
	case <-r.queue.urgent:
	case <-r.stop:
		closing, write = true, true
	}
	return closing, write
}

// add makes of e what is written of it.
func (r *Recorder) add(e *entry, now time.Time) {
	d := &r.draft
	ev := e.event
	if ev != nil {
		d.batch.Sync = true
		d.waiting = append(d.waiting, e.done)
		ev.Client = r.build.cleanser.value(ev.Client)
	} else {
		ev = &d.event
		rec := r.record(d, e)
		*ev = rec.event()
		d.bodies += len(rec.Request) + len(rec.Response)
		if r.pack != nil {
			d.pack(r.pack, rec)
		}
	}
	d.batch.Audit = append(d.batch.Audit, d.head.link(&d.texts, r.chain, ev, now))
}

// write stores the draft, for as long as that takes.
func (r *Recorder) write() {
	d := &r.draft
	defer d.end()
	b := &d.batch
	if !r.store(d) {
		r.count.drain.Add(uint64(d.size()))
		return
	}
	r.head = d.head
	r.count.seq.Store(d.head.Seq)
	r.count.batches.Add(1)
	r.count.rows.Add(uint64(len(b.Rows)))
	r.count.audit.Add(uint64(len(b.Audit)))
	d.answer(nil)
	if len(b.Rows) == 0 {
		return
	}
	for _, rec := range b.Rows {
		rec.Request, rec.Response = nil, nil
	}
	for _, x := range r.set.Exporters {
		x.Export(b.Rows)
	}
}

// store retries until b is written; false means that Close ran out of time. Who waits for
// an admin event learns of the first failure and need not wait for the store to come back;
// the event is kept all the same.
func (r *Recorder) store(d *draft) bool {
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		err := r.set.Writer.Write(r.ctx, &d.batch)
		if err == nil {
			if r.count.failingSince.Swap(0) != 0 {
				r.set.Log.Info("telemetry is written again")
			}
			return true
		}
		r.count.errors.Add(1)
		if r.count.failingSince.CompareAndSwap(0, time.Now().UnixNano()) {
			r.set.Log.Error("telemetry cannot be written, it is kept in memory and tried again", "error", err.Error())
		}
		d.answer(err)
		select {
		case <-r.ctx.Done():
			return false
		case <-time.After(pause):
		}
	}
}

// record adds e's record to d. What fails for one exchange must not take the others along:
// that row keeps its ids and numbers and loses its texts.
func (r *Recorder) record(d *draft, e *entry) (rec *Record) {
	rec = d.row()
	defer func() {
		if p := recover(); p != nil {
			r.count.build.Add(1)
			r.set.Log.Error("a record could not be made", "request_id", e.ex.ID, "error", fmt.Sprint(p))
			*rec = Record{ID: e.ex.ID, Time: e.ex.Start.UTC().Truncate(time.Microsecond), Node: r.set.Node,
				Trace: e.ex.Trace, Status: status(&e.facts), Outcome: outcomeOf(e.facts.Err), FirstByte: -1,
				Latency: e.facts.End.Sub(e.ex.Start), Cost: e.facts.Cost, Usage: e.facts.Usage}
			rec.Trace.Ref, rec.Trace.SpanRef, rec.Trace.Name, rec.Trace.State = e.ex.Trace.ID.String(), "", "", ""
			r.build.who(rec, e.facts.Principal)
		}
	}()
	bodies := &d.texts
	if r.pack != nil {
		bodies = &d.room
	}
	r.build.record(rec, bodies, e)
	return rec
}

// prune deletes old rows, soon after the start and then every PruneEvery.
func (r *Recorder) prune() {
	defer r.done.Done()
	t := time.NewTimer(min(time.Minute, r.set.PruneEvery))
	defer t.Stop()
	for {
		select {
		case <-r.stop:
			return
		case <-t.C:
		}
		now := time.Now().UTC()
		var rows, audit time.Time
		if r.set.Retention > 0 {
			rows = now.Add(-r.set.Retention)
		}
		if r.set.AuditRetention > 0 {
			audit = now.Add(-r.set.AuditRetention)
		}
		n, err := r.set.Pruner.Prune(r.ctx, rows, audit)
		r.count.pruned.Add(uint64(max(n, 0)))
		if err != nil {
			r.count.pruneErrors.Add(1)
			r.set.Log.Error("old telemetry could not be deleted", "error", err.Error())
		}
		t.Reset(r.set.PruneEvery)
	}
}
