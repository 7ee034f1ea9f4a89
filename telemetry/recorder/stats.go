package recorder

import (
	"sync/atomic"
	"time"
)

// Stats are counters since the start, and the state of the queue now.
type Stats struct {
	RowsWritten, AuditWritten  uint64
	DroppedFull, DroppedClosed uint64 // rows lost because the queue stayed full, or was closed
	DroppedDrain               uint64 // rows lost because Close ran out of time
	BodiesDropped              uint64 // rows kept without bodies, under pressure
	BuildFailures              uint64 // rows kept without texts, because making them failed
	Batches, WriteErrors       uint64
	RowsPruned, PruneErrors    uint64
	QueueRows, QueueBytes      int
	FailingSeconds             float64 // how long the Writer has been failing, 0 while it works
	AuditSeq                   uint64  // sequence number of the last row in this instance's chain
}

type counters struct {
	rows, auditRows, batches, writeErrors                   atomic.Uint64
	droppedFull, droppedClosed, droppedDrain, bodiesDropped atomic.Uint64
	buildFailures, pruned, pruneErrors                      atomic.Uint64
	unreported                                              atomic.Uint64 // lost exchanges that no audit event reports yet
	auditSeq                                                atomic.Uint64
	failingSince                                            atomic.Int64 // Unix nanoseconds, 0 while the Writer works
}

// Stats reads the counters.
func (r *Recorder) Stats() Stats {
	c := &r.count
	s := Stats{RowsWritten: c.rows.Load(), AuditWritten: c.auditRows.Load(), DroppedFull: c.droppedFull.Load(), DroppedClosed: c.droppedClosed.Load(),
		DroppedDrain: c.droppedDrain.Load(), BodiesDropped: c.bodiesDropped.Load(), BuildFailures: c.buildFailures.Load(), Batches: c.batches.Load(),
		WriteErrors: c.writeErrors.Load(), RowsPruned: c.pruned.Load(), PruneErrors: c.pruneErrors.Load(), AuditSeq: c.auditSeq.Load()}
	s.QueueRows, s.QueueBytes = r.queue.depth()
	if since := c.failingSince.Load(); since != 0 {
		s.FailingSeconds = time.Since(time.Unix(0, since)).Seconds()
	}
	return s
}
