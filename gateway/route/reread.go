package route

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
)

// Reread reads a saved config again that another process has changed. If the store cannot be
// read, what is known stays in use, and Reread wants to be called again.
func (s *Service) Reread(ctx context.Context, workspace, slug string) error {
	c, key := s.saved, savedKey{workspace, slug}
	if !c.changed(key) {
		return nil
	}
	c.mu.RLock()
	writes := c.writes
	c.mu.RUnlock()
	saved, err := s.load(ctx, workspace, slug)
	if err != nil {
		if gateway.AsError(err).Kind == gateway.NotFound {
			c.invalidate(workspace, slug)
			return nil
		}
		return err
	}
	c.put(key, s.parsed(saved), s.cfg.Now(), writes)
	return nil
}

// RereadAll reads all saved configs again that are in memory.
func (s *Service) RereadAll(ctx context.Context) error {
	for _, key := range s.saved.keys() {
		if err := s.Reread(ctx, key.workspace, key.slug); err != nil {
			return err
		}
	}
	return nil
}

// changed reports whether a config that has changed is in memory. Reads that are under way are
// not stored: they may have begun before the change.
func (c *savedConfigs) changed(key savedKey) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writes++
	return c.entries[key] != nil
}

func (c *savedConfigs) keys() []savedKey {
	c.mu.RLock()
	defer c.mu.RUnlock()
	out := make([]savedKey, 0, len(c.entries))
	for key := range c.entries {
		out = append(out, key)
	}
	return out
}
