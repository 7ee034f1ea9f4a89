package router

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
)

// callOnce calls t with one of its credentials. If the provider refuses the credential and not the
// call, it has done nothing for the call yet: callOnce goes on with the next one at once, with each
// of them at most once. These calls do not count against the retry policy, which says how often a
// failed call is repeated. called is false if no credential could be chosen.
func (w *execution) callOnce(ctx context.Context, t *gateway.Target, req *gateway.Request) (st gateway.Stream, called bool, err error) {
	if t.Pool == nil {
		st, err = w.attemptOnce(ctx, w.ex.WithTarget(t, req))
		return st, true, err
	}
	c, fixed := w.keptBy(t)
	if !fixed {
		if c, err = t.Pool.Choose(w.sessionOnce, nil); err != nil {
			return nil, false, withTarget(err, t)
		}
	}
	for tried := []string(nil); ; {
		st, err = w.attemptOnce(ctx, w.ex.WithTarget(t.WithCredential(c), req))
		if err == nil {
			t.Pool.Report(c, nil)
			return st, true, nil
		}
		if !t.Pool.Report(c, gateway.AsError(err)) || ctx.Err() != nil || fixed || req.Once() {
			return nil, true, err
		}
		tried = append(tried, c.Name)
		next, none := t.Pool.Choose(w.sessionOnce, tried)
		if none != nil {
			return nil, true, err
		}
		c = next
	}
}

// keptBy returns the one credential that can be used for a call that refers to what the vendor keeps
// for its account.
func (w *execution) keptBy(t *gateway.Target) (c gateway.Credential, ok bool) {
	by := gateway.VendorAccount{}
	if w.ex.Envelope != nil {
		by = w.ex.Envelope.KeptBy
	}
	if b := w.ex.Request.Background; b != nil {
		by = gateway.VendorAccount{VirtualKey: b.VirtualKey, Credential: b.Credential}
	}
	if by.Credential == "" || by.VirtualKey != t.VirtualKey {
		return c, false
	}
	return t.Pool.Named(by.Credential)
}

// sessionOnce is Config.Session of the exchange, which is asked at most once.
func (w *execution) sessionOnce() uint64 {
	if !w.sessionKnown && w.router.Session != nil {
		w.session = w.router.Session(w.ex)
	}
	w.sessionKnown = true
	return w.session
}
