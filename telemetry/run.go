package telemetry

import (
	"fmt"
	"time"
)

// run is the recorder's goroutine: it gathers for up to Flush, then writes.
func (r *Recorder) run() {
	defer r.done.Done()
	var buf []*entry
	for {
		closing := r.gather()
		for {
			buf = r.queue.take(buf[:0], r.set.Rows)
			if len(buf) == 0 {
				break
			}
			r.write(buf)
			for _, e := range buf {
				e.release()
			}
			clear(buf)
		}
		if closing {
			if rows, _ := r.queue.depth(); rows == 0 {
				return
			}
		}
	}
}

// gather waits for something to do, then for more of it. It reports whether the recorder
// is closing.
func (r *Recorder) gather() (closing bool) {
	select {
	case <-r.queue.wake:
	case <-r.stop:
		return true
	}
	t := time.NewTimer(r.set.Flush)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.queue.urgent:
	case <-r.stop:
		return true
	}
	return false
}

// write makes one batch and stores it, for as long as that takes.
func (r *Recorder) write(es []*entry) {
	d := &r.draft
	d.begin()
	defer d.end()
	b, head, now := &d.batch, r.head, time.Now()
	r.build.cleanser.forget(now)
	for _, e := range es {
		ev := e.event
		if ev != nil {
			b.Sync = true
			ev.Client = r.build.cleanser.value(ev.Client)
		} else {
			ev = &d.event
			*ev = r.record(d, e).event()
		}
		b.Audit = append(b.Audit, head.link(&d.texts, r.chain, ev, now))
	}
	if !r.store(b, es) {
		r.count.drain.Add(uint64(len(es)))
		return
	}
	r.head = head
	r.count.seq.Store(head.Seq)
	r.count.batches.Add(1)
	r.count.rows.Add(uint64(len(b.Rows)))
	r.count.audit.Add(uint64(len(b.Audit)))
	answer(es, nil)
	if len(b.Rows) == 0 {
		return
	}
	for _, x := range r.set.Exporters {
		x.Export(b.Rows)
	}
}

// answer tells who waits for admin events among es, once.
func answer(es []*entry, err error) {
	for _, e := range es {
		if e.done != nil {
			e.done <- err
			e.done = nil
		}
	}
}

// store retries until b is written; false means that Close ran out of time. Who waits for
// an admin event learns of the first failure and need not wait for the store to come back;
// the event is kept all the same.
func (r *Recorder) store(b *Batch, es []*entry) bool {
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		err := r.set.Writer.Write(r.ctx, b)
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
		answer(es, err)
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
	r.build.record(rec, &d.texts, e)
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
