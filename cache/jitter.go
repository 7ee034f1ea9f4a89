package cache

import (
	"context"
	"math/rand/v2"
	"time"
)

// pause waits before a hit for a random part of Config.Jitter, unless the caller leaves.
func (s *Service) pause(ctx context.Context) {
	if s.cfg.Jitter <= 0 {
		return
	}
	timer := time.NewTimer(rand.N(s.cfg.Jitter))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
