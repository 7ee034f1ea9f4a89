package cache

import (
	"context"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/sluicegate/sluice/cache/pace"
	"github.com/sluicegate/sluice/gateway"
)

// recording collects an answer as it passes and stores it at its end. Only io.EOF is an end:
// Meter and Router have written their facts then.
type recording struct {
	gateway.Stream
	ctx     context.Context // of the Handler's call; it lives until Close
	service *Service
	ex      *gateway.Exchange
	lookup  *lookup

	answer *gateway.Response // nil once it is too large
	body   []byte            // of the answer, once it is complete
	size   int               // bytes received
	done   bool

	pieces pace.Pieces // of the text, if its pace is to be kept
	came   time.Time   // the last piece

	flight  *flight    // nil: no other call shares this one
	pulling sync.Mutex // held by Next in a flight: Close may come meanwhile, and pulls too
	landed  func()     // releases the flight's context
}

// Next implements gateway.Stream.
func (r *recording) Next() (gateway.Chunk, error) {
	if r.flight != nil {
		r.pulling.Lock()
		defer r.pulling.Unlock()
	}
	c, err := r.Stream.Next()
	switch {
	case err == nil:
		r.collect(&c)
		if r.flight != nil {
			r.flight.publish(&c, maxShared*r.service.cfg.MaxAnswer)
		}
	case r.done:
	case err == io.EOF:
		r.done = true
		r.store()
		r.land(nil)
		r.answer, r.body = nil, nil
	default:
		r.done = true
		r.refuse("the answer broke off")
		r.land(err)
	}
	return c, err
}

// maxShared is how many times the longest stored answer the events of a shared one may have.
const maxShared = 16

// land ends the flight.
func (r *recording) land(err error) {
	if r.flight == nil {
		return
	}
	var answer *entry
	if err == nil && r.flight.followed() {
		answer = r.entry()
	}
	r.service.flights.end(r.lookup.Exact, r.flight, answer, err)
}

// Close implements gateway.Stream. If the caller leaves while others share its call, the rest of
// the answer is pulled for them first.
func (r *recording) Close() error {
	if r.flight == nil {
		return r.Stream.Close()
	}
	if r.flight.leaderCloses() {
		for err := error(nil); err == nil && r.flight.followed(); {
			_, err = r.Next()
		}
	}
	r.service.flights.end(r.lookup.Exact, r.flight, nil, errEndedEarly)
	err := r.Stream.Close()
	r.landed()
	return err
}

// tooLarge reports an answer over the limit. Events are larger than the body that they fold
// into, so some more of them are accepted.
func (r *recording) tooLarge() bool { return r.size > 4*r.service.cfg.MaxAnswer }

// collect keeps one chunk. Once an answer is too large it keeps nothing of it.
func (r *recording) collect(c *gateway.Chunk) {
	r.size += len(c.Raw)
	if r.done || r.tooLarge() {
		r.answer = nil
	}
	if r.answer == nil {
		return
	}
	r.answer.Fold(*c)
	if r.ex.Plan.Cache.StreamPace == gateway.PaceOriginal {
		now := r.service.cfg.Now()
		if r.came.IsZero() {
			r.came = now
		}
		if r.pieces.Add(c, now.Sub(r.came)) {
			r.came = now
		}
	}
}

// refuse records why the answer is not stored.
func (r *recording) refuse(reason string) {
	fact := &r.ex.Facts.Cache
	reason = "not stored: " + reason
	if fact.Reason != "" {
		reason = fact.Reason + "; " + reason
	}
	fact.Reason = reason
	r.service.refused.Add(1)
}

// store stores the answer unless there is a reason not to.
func (r *recording) store() {
	if r.answer != nil {
		r.body = r.answer.Body()
	}
	if reason := r.unfit(); reason != "" {
		r.refuse(reason)
		return
	}
	s, e := r.service, r.entry()
	if !s.quota.Take(e.caller) {
		s.overQuota.Add(1)
		r.refuse("the caller has stored as many answers in an hour as it may")
		return
	}
	if err := s.putEntry(context.WithoutCancel(r.ctx), e, r.ex.Start); err != nil {
		r.refuse(publicCause(err))
		return
	}
	r.ex.Facts.Cache.Stored = true
	s.stored.Add(1)
	if wholeText(r.answer) {
		s.learn(r.lookup, r.answer)
	}
	if s.cfg.Embedder != nil && s.incomparable(r.lookup) == "" && wholeText(r.answer) {
		s.index(pendingPoint{entry: e, vector: r.lookup.vector, begun: r.ex.Start})
	}
}

func (r *recording) entry() *entry {
	f, l, now := r.ex.Facts, r.lookup, r.service.cfg.Now()
	q := l.Question()
	e := &entry{id: l.Exact, alias: q.Alias, partition: q.Partition, text: q.Text, body: r.body,
		origin: r.ex.ID, stored: now, expires: now.Add(l.maxAge), output: slices.Clone(f.Output)}
	e.partition.Workspace = l.Workspace
	e.caller, e.pieces = r.service.callerOf(r.ex.Principal, l.Workspace), r.pieces
	e.attributes = r.service.hasher.Attributes(l.Workspace, attributesOf(r.ex, l.Exact)...)
	if !l.groupID.IsZero() {
		e.attributes = append(e.attributes, l.groupID)
	}
	if f.Usage != nil {
		e.usage, e.usageKnown = *f.Usage, true
	}
	if f.Cost.Known {
		e.cost = f.Cost.Nano
	}
	if !r.ex.Start.IsZero() {
		e.took = max(now.Sub(r.ex.Start), 0)
	}
	return e
}

// unfit returns why the answer must not be stored, "" if it may be.
func (r *recording) unfit() string {
	chat := r.ex.Request.Op == gateway.OpChat
	switch {
	case len(r.body) == 0 || r.tooLarge() || len(r.body) > r.service.cfg.MaxAnswer:
		return "the answer is empty or too large"
	case chat && !finished(r.answer):
		return "the answer has no proper finish reason"
	case r.lookup.defaultAge && r.lookup.Question().TimeDependent:
		return "no max_age says for how long it holds"
	}
	for _, v := range r.ex.Facts.Output {
		if v.Action == gateway.ActionDeny {
			return "denied by a guardrail"
		}
	}
	if reason := notPrimary(r.ex.Facts.Attempts, r.lookup.targets); reason != "" {
		return reason
	}
	redact, personal := &r.ex.Plan.Redact, r.service.cfg.Personal
	if chat && redact.On() && personal != nil && personal(redact.Input, r.ex.Request.Dialect.ModelOutput(r.body)) {
		return "the answer holds personal data of its own"
	}
	return ""
}

// notPrimary returns why the target that answered is none of those that the key was made for.
func notPrimary(attempts []gateway.Attempt, targets []*gateway.Target) string {
	for i := len(attempts) - 1; i >= 0; i-- {
		a := &attempts[i]
		if a.Err != nil {
			continue
		}
		if a.Status != 0 && a.Status != 200 {
			return "the provider's status was not 200"
		}
		for _, t := range targets {
			if t.Path == a.Target {
				return ""
			}
		}
		return "it is a fallback target's answer"
	}
	return "no attempt succeeded"
}
