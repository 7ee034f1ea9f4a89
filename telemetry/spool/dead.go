package spool

import (
	"errors"
	"os"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// deliver writes b to the store and adds what that refuses for good to refused. A store that does
// not say which rows those are has taken nothing of b: it is offered the halves.
func (s *Spool) deliver(b, refused *telemetry.Batch) error {
	if b.Len() == 0 {
		return nil
	}
	err := s.cfg.Next.Write(s.shipCtx, b)
	var named *telemetry.Refused
	var e *gateway.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &named):
		refused.Rows = append(refused.Rows, named.Rows...)
		refused.Audit = append(refused.Audit, named.Audit...)
		refused.Foreign = append(refused.Foreign, named.Foreign...)
	case !errors.As(err, &e) || e.Kind != gateway.Invalid:
		return err
	case b.Len() == 1:
		refused.Rows = append(refused.Rows, b.Rows...)
		refused.Audit = append(refused.Audit, b.Audit...)
		refused.Foreign = append(refused.Foreign, b.Foreign...)
	default:
		first, second := halves(b)
		if err := s.deliver(first, refused); err != nil {
			return err
		}
		return s.deliver(second, refused)
	}
	s.cfg.Log.Error("the telemetry store refuses rows for good, they are set aside", "error", err.Error())
	return nil
}

// halves cuts a batch of at least two rows. The ids follow from b's, so that a repeated
// hand-over gives the same batches.
func halves(b *telemetry.Batch) (first, second *telemetry.Batch) {
	first, second = &telemetry.Batch{ID: b.ID + ".0", Sync: b.Sync}, &telemetry.Batch{ID: b.ID + ".1", Sync: b.Sync}
	switch {
	case len(b.Foreign) > 0 && len(b.Rows)+len(b.Audit) > 0:
		first.Rows, first.Audit, second.Foreign = b.Rows, b.Audit, b.Foreign
	case len(b.Foreign) > 0:
		mid := len(b.Foreign) / 2
		first.Foreign, second.Foreign = b.Foreign[:mid], b.Foreign[mid:]
	case len(b.Rows) > 0 && len(b.Audit) > 0:
		first.Rows, second.Audit = b.Rows, b.Audit
	case len(b.Rows) > 0:
		mid := len(b.Rows) / 2
		first.Rows, second.Rows = b.Rows[:mid], b.Rows[mid:]
	default:
		mid := len(b.Audit) / 2
		first.Audit, second.Audit = b.Audit[:mid], b.Audit[mid:]
	}
	return first, second
}

// setAside writes the refused rows of a segment into a dead-letter file beside it. That file is a
// segment itself: once the store would take its rows, rename it to ".seg".
func (s *Spool) setAside(seg *segment, refused *telemetry.Batch) error {
	frame, _ := appendFrame(nil, refused, false)
	f, err := os.OpenFile(strings.TrimSuffix(seg.path, ".seg")+".dead", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err = f.Write(frame); err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = s.syncDir()
	}
	return err
}
