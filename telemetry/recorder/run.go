package recorder

import (
	"fmt"
	"time"

	"github.com/sluicegate/sluice/telemetry"
)

// run writes what is queued, until Close.
func (r *Recorder) run() {
	for closing := false; !closing; {
		closing = r.awaitBatch()
		// Entries that arrive during a write wait for the next flush, so that batches stay large.
		for rest, _ := r.queue.depth(); rest > 0; {
			entries := r.queue.take(min(rest, r.cfg.Rows))
			rest -= len(entries)
			r.record(entries)
		}
	}
	if r.cfg.Heads != nil && r.head.Seq > 0 {
		if signature, err := r.cfg.Heads.Save(r.chain, r.head); err == nil {
			r.logHead(signature)
		}
	}
}

// awaitBatch returns Config.Flush after the first arrival, or at once if that is urgent. It
// reports whether the recorder is closing.
func (r *Recorder) awaitBatch() (closing bool) {
	select {
	case <-r.queue.arrived:
	case <-r.stop:
		return true
	}
	flush := time.NewTimer(r.cfg.Flush)
	defer flush.Stop()
	select {
	case <-flush.C:
	case <-r.queue.urgent:
	case <-r.stop:
		return true
	}
	return false
}

// record makes a batch of entries, exports its rows and writes it. Exporters come first: they
// must not be blind while the store fails.
func (r *Recorder) record(entries []*entry) {
	b := newBatchBuilder(r.chain, r.head)
	if r.begin != nil {
		b.link(r.begin)
		r.begin = nil
	}
	if n := r.count.unreported.Swap(0); n > 0 {
		b.addLoss(n)
	}
	for _, e := range entries {
		if e.event != nil {
			b.addEvent(e.event, e.written)
		} else {
			b.addRecord(r.buildRecord(e))
		}
	}
	if len(b.batch.Rows) > 0 {
		rows := withoutBodies(b.batch.Rows)
		for _, x := range r.cfg.Exporters {
			x.Export(rows)
		}
	}
	if !r.write(b) {
		r.count.droppedDrain.Add(uint64(len(entries)))
		return
	}
	r.head = b.head
	r.count.auditSeq.Store(b.head.Seq)
	r.noteHead()
	r.count.batches.Add(1)
	r.count.rows.Add(uint64(len(b.batch.Rows)))
	r.count.auditRows.Add(uint64(len(b.batch.Audit)))
	b.notify(nil) // whoever is told sees the head and the counts
}

// write retries until the batch is stored; false means that Close ran out of time. Whoever waits
// for an admin event, of this batch or a later one, learns that a write failed and need not wait
// until writing works again. The event is kept all the same.
func (r *Recorder) write(b *batchBuilder) bool {
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		err := r.cfg.Writer.Write(r.writeCtx, &b.batch)
		r.noteOutcome(err) // first, so that whoever is told sees it in Ready
		if err == nil {
			return true
		}
		r.failWaiting(err) // first: an event that arrives in answer to this batch's failure must wait for the next write
		b.notify(err)
		if !r.pauseWriting(pause) {
			return false
		}
	}
}

// noteOutcome notes whether writing works. It logs when that changes.
func (r *Recorder) noteOutcome(err error) {
	if err == nil {
		if r.count.failingSince.Swap(0) != 0 {
			r.cfg.Log.Info("telemetry is written again")
		}
		return
	}
	r.count.writeErrors.Add(1)
	if r.count.failingSince.CompareAndSwap(0, time.Now().UnixNano()) {
		r.cfg.Log.Error("telemetry cannot be written, it is kept in memory and tried again", "error", err.Error())
	}
}

// failWaiting returns err to those whose events stand behind the batch that failed.
func (r *Recorder) failWaiting(err error) {
	for _, e := range r.queue.waiting() {
		sendResult(e.written, err)
		e.written = nil // it has its result; only this goroutine uses the field of a queued entry
	}
}

// pauseWriting waits before a batch is written again, but no longer once somebody waits for an
// admin event. It returns false when Close has run out of time.
func (r *Recorder) pauseWriting(pause time.Duration) bool {
	again := time.NewTimer(pause)
	defer again.Stop()
	for {
		select {
		case <-r.writeCtx.Done():
			return false
		case <-again.C:
			return true
		case <-r.queue.urgent:
			defer signal(r.queue.urgent) // it is for awaitBatch, too
			for _, e := range r.queue.waiting() {
				if e.written != nil {
					return true
				}
			}
		}
	}
}

// buildRecord makes e's record. A panic for one exchange must not take the others along: its row
// keeps ids and numbers and loses its texts.
func (r *Recorder) buildRecord(e *entry) (rec *telemetry.Record) {
	defer func() {
		if p := recover(); p != nil {
			r.count.buildFailures.Add(1)
			r.cfg.Log.Error("a record could not be made", "request_id", e.ex.ID, "error", fmt.Sprint(p))
			rec = r.build.bareRecord(e)
		}
	}()
	return r.build.record(e)
}

func withoutBodies(rows []*telemetry.Record) []*telemetry.Record {
	out := make([]*telemetry.Record, len(rows))
	for i, r := range rows {
		c := *r
		c.DropBodies()
		out[i] = &c
	}
	return out
}
