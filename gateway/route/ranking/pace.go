package ranking

import (
	"math"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

const (
	halfLife   = 5 * time.Minute  // of the weight of a measurement
	memory     = 8                // calls that the past counts like, at most
	firstCalls = 3                // that go first to a target without a measurement
	exploring  = 0.05             // share of calls that go first to another target than the fastest
	setback    = 10 * time.Second // after a failure; doubled by each one that follows at once
	maxSetback = 5 * time.Minute
	maxModel   = 256 // bytes of a name; targets of longer ones are not measured
)

// paceKey tells apart what is measured: a model at a server, with the credential of a workspace.
type paceKey struct {
	workspace, virtualKey, provider, address, model string
	op                                              gateway.Op
	stream                                          bool
}

// pace is what was measured of one paceKey.
type pace struct {
	trials atomic.Int32 // calls that went first to it before it was measured
	state  atomic.Pointer[paceState]
}

// paceState is replaced, not changed.
type paceState struct {
	sum, weight float64 // of the seconds of calls, and of the calls, as they count at
	at          time.Time
	failures    int       // in a row
	until       time.Time // the failures put it back for so long
}

func (s *paceState) measured() bool { return s.weight > 0 }

// seconds is the mean, if it is measured.
func (s *paceState) seconds() float64 { return s.sum / s.weight }

// current is the state, which is not nil.
func (p *pace) current() *paceState {
	if s := p.state.Load(); s != nil {
		return s
	}
	return &paceState{}
}

// change replaces the state by what f makes of it. f may run several times.
func (p *pace) change(f func(*paceState)) {
	for {
		old := p.state.Load()
		var next paceState
		if old != nil {
			next = *old
		}
		f(&next)
		if p.state.CompareAndSwap(old, &next) {
			return
		}
	}
}

// answered counts a call that waited for d.
func (p *pace) answered(d time.Duration, now time.Time) {
	p.change(func(s *paceState) {
		s.failures, s.until = 0, time.Time{}
		s.add(d, now)
	})
}

func (s *paceState) add(d time.Duration, now time.Time) {
	kept := 1.0
	if age := now.Sub(s.at); age > 0 && s.weight > 0 {
		kept = math.Exp2(-age.Seconds() / halfLife.Seconds())
	}
	if w := s.weight * kept; w > memory {
		kept *= memory / w
	}
	s.sum, s.weight, s.at = s.sum*kept+d.Seconds(), s.weight*kept+1, now
}

// failed puts the target back, for as long as the vendor says if that is longer.
func (p *pace) failed(retryAfter time.Duration, now time.Time) {
	p.change(func(s *paceState) {
		s.failures++
		d := min(max(setback<<min(s.failures-1, 10), retryAfter), maxSetback)
		if until := now.Add(d); until.After(s.until) {
			s.until = until
		}
	})
}

// left counts a call whose caller did not wait any longer: the answer would have taken more than d.
func (p *pace) left(d time.Duration, now time.Time) {
	p.change(func(s *paceState) {
		if s.measured() && d.Seconds() > s.seconds() {
			s.add(d, now)
		}
	})
}

// claim reports whether a call may go first to the target. After failures one call may; the others wait
// for what becomes of it.
func (p *pace) claim(now time.Time) bool {
	s := p.state.Load()
	if s == nil || s.failures == 0 || now.Before(s.until) {
		return true
	}
	next := *s
	next.until = now.Add(setback)
	return p.state.CompareAndSwap(s, &next)
}

// Began records that a call waited for its first chunk for d. ex has the target and what it was sent.
func (r *Ranker) Began(ex *gateway.Exchange, d time.Duration) {
	if p := r.paceOf(ex); p != nil {
		p.answered(d, r.Now())
	}
}

// Failed records that a call failed after d. A caller that sets a short timeout does not make a target
// fail: it only did not wait longer.
func (r *Ranker) Failed(ex *gateway.Exchange, err *gateway.Error, d time.Duration) {
	impatient := err.Kind == gateway.Cancelled || err.Kind == gateway.Timeout && err.Code != gateway.CodeFirstByte
	if !impatient && !failing(err) {
		return
	}
	p := r.paceOf(ex)
	switch {
	case p == nil:
	case impatient:
		p.left(d, r.Now())
	default:
		p.failed(err.RetryAfter, r.Now())
	}
}

// failing reports whether an error tells that the target, and not the call, is at fault.
func failing(e *gateway.Error) bool {
	if e.Kind == gateway.Upstream {
		switch e.HTTPStatus() {
		case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusNotFound:
			return true
		}
	}
	return e.Counted()
}

// paceOf is the pace of the target of an attempt; nil if it is not measured.
func (r *Ranker) paceOf(ex *gateway.Exchange) *pace { return r.pace(ex, ex.Target, ex.Request) }

// pace is that of a call of t with req.
func (r *Ranker) pace(ex *gateway.Exchange, t *gateway.Target, req *gateway.Request) *pace {
	model := req.Model()
	if ex.Principal == nil || len(model) > maxModel || req.Pass != nil || req.Realtime != nil || req.Background != nil {
		return nil
	}
	k := paceKey{ex.Principal.Workspace, t.VirtualKey, t.Provider, t.BaseURL, model, req.Op, req.Stream()}
	if p, ok := r.paces.GetIfPresent(k); ok {
		return p
	}
	k.model, k.address = strings.Clone(model), strings.Clone(t.BaseURL) // copied: they may share memory with a request
	p, _ := r.paces.SetIfAbsent(k, &pace{})
	return p
}

// measured is the place of a child of a fastest node.
func (r *Ranker) measured(ex *gateway.Exchange, n *gateway.Node) place {
	seconds, reason, p := r.paceAt(ex, n)
	out := place{node: n, pace: p, figure: seconds, behind: behind[reason], Place: gateway.Place{Node: n.Path, Reason: reason}}
	if p != nil {
		if s := p.current(); s.measured() {
			out.Known, out.Time = true, time.Duration(s.seconds()*float64(time.Second))
		}
	} else if reason == gateway.RankByFigure {
		out.Known, out.Time = true, time.Duration(seconds*float64(time.Second))
	}
	return out
}

// paceAt tells how fast n answers such a call: the mean in seconds, and the pace of the target that it
// asks first, if that is one. Of a target that fails, the figure is how long it is put back for.
func (r *Ranker) paceAt(ex *gateway.Exchange, n *gateway.Node) (seconds float64, reason gateway.RankReason, p *pace) {
	switch {
	case n.Target != nil:
		return r.paceOfTarget(ex, n.Target)
	case n.Mode == gateway.ModeLoadbalance && !n.Ordered:
		seconds, reason = mean(n, func(child *gateway.Node) (float64, gateway.RankReason) {
			x, reason, _ := r.paceAt(ex, child)
			return x, reason
		})
		return seconds, reason, nil
	}
	if first := r.first(ex, n); first != nil {
		return r.paceAt(ex, first)
	}
	return 0, gateway.RankRefused, nil
}

func (r *Ranker) paceOfTarget(ex *gateway.Exchange, t *gateway.Target) (float64, gateway.RankReason, *pace) {
	req, ok := usable(ex, t)
	if !ok {
		return 0, gateway.RankRefused, nil
	}
	p := r.pace(ex, t, req)
	if p == nil {
		return 0, gateway.RankUnmeasured, nil
	}
	s := p.current()
	switch now := r.Now(); {
	case now.Before(s.until):
		return s.until.Sub(now).Seconds(), gateway.RankFailing, p
	case !s.measured():
		return 0, gateway.RankUnmeasured, p
	}
	return s.seconds(), gateway.RankByFigure, p
}
