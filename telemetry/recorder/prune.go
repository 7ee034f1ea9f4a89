package recorder

import "time"

// prune deletes old rows, soon after the start and then every Config.PruneEvery, until Close.
func (r *Recorder) prune() {
	t := time.NewTimer(min(time.Minute, r.cfg.PruneEvery))
	defer t.Stop()
	for {
		select {
		case <-r.stop:
			return
		case <-t.C:
		}
		now := time.Now().UTC()
		var rows, audit time.Time
		if r.cfg.Retention > 0 {
			rows = now.Add(-r.cfg.Retention)
		}
		if r.cfg.AuditRetention > 0 {
			audit = now.Add(-r.cfg.AuditRetention)
		}
		n, err := r.cfg.Pruner.Prune(r.writeCtx, rows, audit)
		r.count.pruned.Add(uint64(max(n, 0)))
		if err != nil {
			r.count.pruneErrors.Add(1)
			r.cfg.Log.Error("old telemetry could not be deleted", "error", err.Error())
		}
		t.Reset(r.cfg.PruneEvery)
	}
}
