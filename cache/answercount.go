package cache

import (
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// AnswerCount tells about the answers of a workspace that a filter selects.
type AnswerCount struct {
	Answers        int
	Bytes          int64
	Oldest, Newest time.Time // when they were stored; zero: there are none
}

func (c *AnswerCount) add(h *heldAnswer) {
	c.Answers++
	c.Bytes += h.size()
	stored := time.Unix(0, h.stored)
	if c.Oldest.IsZero() || stored.Before(c.Oldest) {
		c.Oldest = stored
	}
	if stored.After(c.Newest) {
		c.Newest = stored
	}
}

// Count tells which answers of a workspace a purge with this filter would remove from the memory of
// this process.
func (s *Service) Count(workspace string, filter PurgeFilter) (AnswerCount, error) {
	const op = "cache.Count"
	if err := filter.Check(op); err != nil {
		return AnswerCount{}, err
	}
	if s.memory == nil {
		return AnswerCount{}, &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "The cache's store cannot count its answers."}
	}
	w := s.hasher.Workspace(workspace)
	return s.memory.Count(w, s.conditionOf(w, filter, s.cfg.Now())), nil
}
