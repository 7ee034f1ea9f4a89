package alert

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"
)

// deliverAll is the courier.
func (s *Service) deliverAll(ctx context.Context) {
	poll, prune := time.NewTicker(s.cfg.Poll), time.NewTicker(time.Hour)
	defer poll.Stop()
	defer prune.Stop()
	for {
		more, err := s.deliverDue(ctx)
		if err != nil && ctx.Err() == nil {
			s.cfg.Log.Warn("alerts that are due cannot be read", "error", err)
		}
		if more && err == nil && ctx.Err() == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		case <-poll.C:
		case <-prune.C:
			s.forget(ctx)
		}
	}
}

// deliverDue sends what is due, up to atOnce in parallel. more: there may be more.
func (s *Service) deliverDue(ctx context.Context) (more bool, err error) {
	targets := *s.targets.Load()
	if len(targets) == 0 {
		return false, nil
	}
	now := s.cfg.Now()
	query, cancel := context.WithTimeout(ctx, writeTimeout)
	due, err := s.cfg.Store.Due(query, slices.Sorted(maps.Keys(targets)), now, now.Add(lease), atOnce)
	cancel()
	if err != nil {
		return false, err
	}
	var sending sync.WaitGroup
	for _, d := range due {
		sending.Go(func() { s.deliver(ctx, targets[d.Target], d) })
	}
	sending.Wait()
	return len(due) == atOnce, nil
}

// deliver tries one delivery, and notes how that ended.
func (s *Service) deliver(ctx context.Context, t Target, d Delivery) {
	err := s.send(ctx, &t, d)
	note, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	if err == nil {
		s.delivered.Add(1)
		if err := s.cfg.Store.Delivered(note, d.ID); err != nil {
			s.cfg.Log.Warn("a delivered alert may be sent again", "target", t.Name, "delivery", d.ID, "error", err)
		}
		return
	}
	s.failed.Add(1)
	s.cfg.Log.Warn("an alert was not delivered; it is tried again", "target", t.Name, "delivery", d.ID, "attempts", d.Attempts+1, "error", err)
	pause := min(s.cfg.Pause<<min(d.Attempts, 20), maxPause)
	if err := s.cfg.Store.Postpone(note, d.ID, s.cfg.Now().Add(pause)); err != nil {
		s.cfg.Log.Warn("the next try of an alert cannot be noted", "delivery", d.ID, "error", err)
	}
}

// send makes one try. Its error quotes neither the URL nor what the receiver answered.
func (s *Service) send(ctx context.Context, t *Target, d Delivery) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	raw, err := body(t.Format, d.Event)
	if err != nil {
		return fmt.Errorf("the event cannot be written")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.URL.Reveal(), bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("the URL cannot be called")
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Sluice")
	if t.Format == Webhook {
		r.Header.Set(DeliveryHeader, d.ID)
		r.Header.Set(SignatureHeader, sign(t.Secret, s.cfg.Now(), raw))
	}
	resp, err := s.cfg.Client(r, t.Declared)
	if err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("%s did not answer in time", t.Address())
		}
		return fmt.Errorf("%s cannot be reached", t.Address())
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, 64<<10) // so that the connection can be used again
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return fmt.Errorf("%s answered %d", t.Address(), resp.StatusCode)
	}
	return nil
}

// forget gives up what could not be delivered for a day.
func (s *Service) forget(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	n, err := s.cfg.Store.Forget(ctx, s.cfg.Now().Add(-giveUpAfter))
	switch {
	case err != nil:
		s.cfg.Log.Warn("old alerts cannot be removed", "error", err)
	case n > 0:
		s.cfg.Log.Error("alerts were given up: nobody took them for a day", "deliveries", n)
	}
}
