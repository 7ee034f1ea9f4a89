package alert

import (
	"context"
	"encoding/json"

	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/billing/budget"
)

// announceAll is the announcer.
func (s *Service) announceAll(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-s.queue:
			if err := s.announce(context.WithoutCancel(ctx), c); err != nil {
				s.dropped.Add(1)
				s.cfg.Log.Warn("an alert cannot be announced; it is tried again", "account", c.Account, "percent", c.Percent, "error", err)
			}
		}
	}
}

// announce keeps a crossing, and its deliveries, unless another process or an earlier call did.
func (s *Service) announce(ctx context.Context, c billing.Crossing) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	if c.Kind == budget.OfAPIKey && s.cfg.Key != nil {
		c.Name, c.Workspace = s.cfg.Key(ctx, c.ID)
	}
	e := eventOf(c)
	raw, err := json.Marshal(e)
	if err != nil {
		return err
	}
	var deliveries []Delivery
	for id, t := range *s.targets.Load() {
		if t.hears(c.Workspace) {
			deliveries = append(deliveries, Delivery{ID: e.ID + "-" + id, Target: id, Event: raw, Made: s.cfg.Now().UTC()})
		}
	}
	first, err := s.cfg.Store.Announce(ctx, Announcement{Account: c.Account, Limit: c.Limit, Percent: c.Percent, At: c.At, Ends: c.Resets}, deliveries)
	if err != nil || !first {
		return err
	}
	s.signal()
	return nil
}

// signal tells the courier that there are deliveries.
func (s *Service) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
