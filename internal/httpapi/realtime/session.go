package realtime

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/live"
	"github.com/sluicegate/sluice/gateway/dialect/realtime"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// errCallerLeft is why a session ends whose caller has closed the connection.
var errCallerLeft = errors.New("realtime: the caller has left")

// api is what differs between the APIs that have sessions.
type api struct {
	dialect gateway.Dialect
	kind    string // the member that each event of the caller's has; "" = none
	binary  bool   // an event may be a binary message
	// refuse is the event that refuses one of the caller's; nil: there is none, and the session ends.
	refuse func(e *gateway.Error, id, about string) []byte
}

var (
	openAI = &api{dialect: realtime.Dialect{}, kind: "type", refuse: errorEvent}
	gemini = &api{dialect: live.Dialect{}, binary: true}
)

// session is one connection of a caller and the vendor's answer to it.
type session struct {
	*api
	service *Service
	call    *httpapi.Call
	caller  *websocket.Conn
	stream  gateway.Stream
	vendor  gateway.RealtimeVendor
	rate    *rate.Limiter
	first   []byte       // an event that is sent before the caller's; nil = none
	last    atomic.Int64 // Unix nanoseconds of the last event of either side

	ctx context.Context // of the session; its cause is why it ends
	end context.CancelCauseFunc
}

func newSession(s *Service, c *httpapi.Call, caller *websocket.Conn, stream gateway.Stream, of *api) *session {
	n := &session{api: of, service: s, call: c, caller: caller, stream: stream, vendor: c.Exchange.Request.Realtime.Vendor,
		rate: rate.NewLimiter(rate.Limit(s.Limits.Rate), s.Limits.Rate)}
	n.ctx, n.end = context.WithCancelCause(c.Context())
	n.active()
	return n
}

// run serves the session to its end.
func (s *session) run() {
	var others sync.WaitGroup
	others.Go(s.fromCaller)
	others.Go(s.watch)
	err := s.toCaller()
	s.end(err) // unless something else has ended it
	s.farewell(context.Cause(s.ctx), err)
	others.Wait()
}

func (s *session) active() { s.last.Store(time.Now().UnixNano()) }

// toCaller hands on the vendor's events until the answer ends. Once the session is ending, nobody
// listens, but what the vendor still tells of its usage counts.
func (s *session) toCaller() error {
	for {
		c, err := s.stream.Next()
		if err != nil {
			return err
		}
		if len(c.Raw) == 0 || s.ctx.Err() != nil {
			continue
		}
		s.active()
		s.send(c.Raw)
	}
}

// send sends an event to the caller. One that takes nothing has left.
func (s *session) send(event []byte) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), s.service.Limits.Stall)
	defer cancel()
	if s.caller.Write(ctx, websocket.MessageText, event) != nil {
		s.end(errCallerLeft)
	}
}

// fromCaller hands on the caller's events. It ends when the connection is closed.
func (s *session) fromCaller() {
	if s.first != nil {
		if err := s.pass(websocket.MessageText, s.first); err != nil {
			s.end(err)
		}
	}
	for s.ctx.Err() == nil {
		// Not with the session's context: the end of one closes the connection, and nothing could be said.
		kind, from, err := s.caller.Reader(context.WithoutCancel(s.ctx))
		if err != nil {
			s.end(errCallerLeft)
			return
		}
		event, free, err := s.call.Message(from, s.service.Limits.Event+1, func() { s.end(errLateEvent) })
		if err != nil {
			s.end(endOfCaller(err))
			return
		}
		s.active()
		if s.rate.Wait(s.ctx) != nil {
			return
		}
		err = s.pass(kind, event)
		if free(); err == nil {
			continue
		}
		e := gateway.AsError(err)
		if s.refuse == nil || s.ctx.Err() != nil || e.Kind == gateway.BadUpstream || e.Kind == gateway.Internal || e.Kind == gateway.Cancelled {
			s.end(err)
			return
		}
		s.send(s.refuse(e, s.call.NewID(), jsonx.String(jsonx.Get(event, "event_id"))))
	}
}

// pass judges an event and hands it on.
func (s *session) pass(kind websocket.MessageType, event []byte) error {
	if kind != websocket.MessageText && !s.binary {
		return gateway.InvalidField("realtime.pass", "", "An event must be a JSON text, not a binary message.")
	}
	ex := s.call.Exchange
	var required []string
	if s.kind != "" {
		required = []string{s.kind}
	}
	req, err := gateway.NewRequest(s.dialect, gateway.OpRealtime, event, required...)
	if err != nil {
		return err
	}
	if req, err = s.named(req); err != nil {
		return err
	}
	if plan := ex.Facts.Plan; plan != nil && len(plan.Input) > 0 {
		facts := &gateway.Facts{Principal: ex.Principal, Plan: plan, Received: req, RedactedRequest: req}
		err = s.service.Judge(s.ctx, &gateway.Exchange{ID: s.call.NewID(), Start: s.call.Now(), Trace: ex.Trace, Envelope: ex.Envelope, Principal: ex.Principal,
			Plan: plan, Request: req, Facts: facts, ErrorStatus: ex.ErrorStatus})
		if err != nil {
			return err
		}
	}
	return s.vendor.Send(s.ctx, req.Raw)
}

// named takes the model out of an event that names the session's by the name that the caller opened
// it with: the vendor may know it by another one, and changes it in no session.
func (s *session) named(req *gateway.Request) (*gateway.Request, error) {
	model := jsonx.String(jsonx.Get(req.Raw, "session", "model"))
	if model == "" || model != s.call.Exchange.Request.Model() {
		return req, nil
	}
	return req.WithRaw(jsonx.Delete(req.Raw, "session", "model"))
}

// watch ends the session when it has lasted long enough, was silent, the caller's key is not good any
// more, or the server stops. Then it ends the vendor's side.
func (s *session) watch() {
	limits := s.service.Limits
	length, limit := limits.Length, "This session has lasted "+limits.Length.String()+", which is the limit."
	if g := s.call.Grant(); g != nil && !g.Until.IsZero() && g.Until.Sub(s.call.Now()) < length {
		length, limit = g.Until.Sub(s.call.Now()), "The sessions of this ephemeral token end at "+g.Until.Format(time.RFC3339)+"."
	}
	whole := time.NewTimer(length)
	defer whole.Stop()
	recheck := time.NewTicker(limits.Recheck)
	defer recheck.Stop()
	silence := time.NewTimer(limits.Silence)
	defer silence.Stop()
	for s.ctx.Err() == nil {
		select {
		case <-s.ctx.Done():
		case <-whole.C:
			s.end(expired("session_expired", limit))
		case <-silence.C:
			quiet := time.Since(time.Unix(0, s.last.Load()))
			if silence.Reset(limits.Silence - quiet); quiet >= limits.Silence {
				s.end(expired("session_idle", "This session was silent for "+limits.Silence.String()+", which is the limit."))
			}
		case <-recheck.C:
			if _, err := s.call.Identify(); err != nil && gateway.AsError(err).Kind == gateway.Unauthorized {
				s.end(err)
			}
		case <-s.service.draining:
			s.end(errDraining)
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), limits.Ending)
	defer cancel()
	s.vendor.End(ctx)
}

// farewell tells the caller why the session has ended, and closes its connection. failed is what the
// answer ended with.
func (s *session) farewell(cause, failed error) {
	switch {
	case errors.Is(cause, errCallerLeft):
		_ = s.caller.CloseNow() // it is closed
		return
	case cause == io.EOF || cause == nil:
		code, reason := s.vendor.Closed()
		_ = s.caller.Close(closeCode(code), gateway.Clip(reason, maxReason)) // the caller may have left
		return
	case errors.Is(cause, context.Canceled) && failed != nil && failed != io.EOF:
		cause = failed
	}
	e := gateway.AsError(cause)
	if s.refuse != nil {
		s.send(s.refuse(e, s.call.NewID(), ""))
	}
	_ = s.caller.Close(codeOf(e), gateway.Clip(e.Public, maxReason)) // the caller may have left
}
