package credential

import (
	"context"
	"time"
)

const refreshEvery = time.Second

// Start begins to read references again when they are due. Close ends it.
func (s *Service) Start() {
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.running.Go(func() {
		tick := time.NewTicker(refreshEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				s.Refresh(ctx)
			}
		}
	})
}

// Close ends what Start began, and waits for it.
func (s *Service) Close(context.Context) error {
	if s.stop != nil {
		s.stop()
	}
	s.running.Wait()
	return nil
}

// Refresh reads the references that are due. What has changed is used by the calls that follow.
func (s *Service) Refresh(ctx context.Context) {
	if !s.references.refresh(ctx) {
		return
	}
	s.write.Lock()
	defer s.write.Unlock()
	s.reopen()
}

// reopen opens all virtual keys again from what is in memory. The caller holds write.
func (s *Service) reopen() {
	v := s.snapshot.Load()
	if v == nil {
		return
	}
	entries := make(map[string]*entry, len(v.entries))
	for id, e := range v.entries {
		entries[id] = s.open(e.stored)
	}
	s.publish(entries)
}

// readReferences reads the references of keys that were never read, and forgets those that no key
// has. The caller holds write.
func (s *Service) readReferences(ctx context.Context, entries map[string]*entry, more ...VirtualKey) {
	wanted := map[string]bool{}
	note := func(k *VirtualKey) {
		for _, c := range k.Credentials {
			if c.Reference != "" {
				wanted[c.Reference] = true
			}
		}
	}
	for _, e := range entries {
		note(&e.stored)
	}
	for i := range more {
		note(&more[i])
	}
	s.references.read(ctx, wanted)
}
