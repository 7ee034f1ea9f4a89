package app

import "github.com/sluicegate/sluice/internal/app/metrics"

// background lists the work that this process does again and again and that nobody waits for.
func (s *services) background() []metrics.Background {
	out := []metrics.Background{{Name: "vendor_work", SinceSuccess: s.vendorWork.SinceSuccess, Failures: s.vendorWork.Failures}}
	if s.renewal.Status().Configured {
		out = append(out, metrics.Background{Name: "catalog", SinceSuccess: s.renewal.SinceSuccess})
	}
	if s.following != nil {
		out = append(out, metrics.Background{Name: "replica_changes", SinceSuccess: s.following.SinceSuccess, Failures: s.following.Failures})
	}
	return out
}
