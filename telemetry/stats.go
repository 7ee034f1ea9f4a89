package telemetry

import "sync/atomic"

// Stats are counters since the start, and the state of the queue now.
type Stats struct {
	RowsWritten, AuditWritten  uint64
	DroppedFull, DroppedClosed uint64 // rows lost because the queue stayed full, or was closed
	DroppedDrain               uint64 // rows lost because Close ran out of time
	BodiesShed                 uint64
	BuildFailures              uint64 // rows kept without texts, because making them failed
	Batches, WriteErrors       uint64
	RowsPruned, PruneErrors    uint64
	QueueRows, QueueBytes      int
	FailingSeconds             float64 // how long the writer has been failing
	AuditSeq                   uint64  // last link of this instance's chain
}

type counters struct {
	rows, audit, full, closed, drain, shed, build, batches, errors, pruned, pruneErrors atomic.Uint64
	seq                                                                                 atomic.Uint64
	failingSince                                                                        atomic.Int64 // unix ns, 0 = well
}
