package exact

import "time"

// Count tells about the answers of a workspace that a filter selects.
type Count struct {
	Answers        int
	Bytes          int64
	Oldest, Newest time.Time // when they were stored; zero: there are none
}

func (c *Count) add(h *heldAnswer) {
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
