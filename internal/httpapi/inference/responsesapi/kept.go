package responsesapi

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/gateway/history"
	"github.com/sluicegate/sluice/internal/httpapi/inference/output"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// keptAnswer gives an answer the id that the caller may refer to, and keeps it before the caller
// has all of it. The answer of a target with the Responses API has its vendor's id.
type keptAnswer struct {
	gateway.Stream
	turn *turn
	ctx  context.Context // of the Handler's call; it lives until Close

	noted bool // the caller was told the id
}

// Next implements gateway.Stream. Events that a caller has already are left empty.
func (k *keptAnswer) Next() (gateway.Chunk, error) {
	c, err := k.next()
	if err == nil && k.turn.after >= 0 && c.Form != gateway.FormBody && output.Number(c.Raw) <= k.turn.after {
		c.Raw = nil
	}
	return c, err
}

func (k *keptAnswer) next() (gateway.Chunk, error) {
	c, err := k.Stream.Next()
	if err != nil || len(c.Raw) == 0 {
		return c, err
	}
	if c.Form == gateway.FormBody {
		c.Raw = k.forCaller(c.Raw, true)
		return c, nil
	}
	if response := jsonx.Get(c.Raw, "response"); c.Repeats && len(response) > 0 && response[0] == '{' {
		kind := responses.EventName(c.Raw)
		whole := kind == "response.completed" || kind == "response.incomplete"
		c.Raw = jsonx.Update(c.Raw, jsonx.Change{Name: "response", Value: k.forCaller(response, whole)})
	} else if k.isHit() {
		c.Raw = responses.EventWithItemID(c.Raw, k.turn.call.ID)
	}
	return c, nil
}

// forCaller is a response as the caller gets it. One that is whole is kept.
func (k *keptAnswer) forCaller(response []byte, whole bool) []byte {
	t := k.turn
	native := k.native()
	if !native {
		changes := []jsonx.Change{{Name: "id", Value: jsonx.Quote("resp_" + t.call.ID)}, {Name: "store", Value: boolean(t.keep)}}
		if t.previous != "" {
			changes = append(changes, jsonx.Change{Name: "previous_response_id", Value: jsonx.Quote(t.previous)})
		}
		response = jsonx.Update(response, changes...)
	}
	if k.isHit() {
		response = responses.WithItemIDs(response, t.call.ID)
	}
	background := t.begun != nil || t.call.Exchange.Request.Parameters().Background
	if (whole || background && !k.noted) && t.keep && !t.kept(k.ctx, response, native) && !native {
		response = jsonx.Update(response, jsonx.Change{Name: "store", Value: boolean(false)})
	}
	k.noted = true
	return response
}

func boolean(b bool) []byte {
	if b {
		return []byte("true")
	}
	return []byte("false")
}

// native reports whether the answer comes from a target with the Responses API, in this call.
func (k *keptAnswer) native() bool {
	a := k.turn.call.Exchange.Facts.Answered()
	return a != nil && a.Format == responses.Dialect{}.Name() && !k.isHit()
}

// isHit reports whether the answer comes from the cache. Its items then get ids of their own: what
// restored the stored answer's personal data was another call's.
func (k *keptAnswer) isHit() bool { return k.turn.call.Exchange.Facts.Cache.Status.Hit() }

// kept keeps a whole response, and reports whether it will be found again.
func (t *turn) kept(ctx context.Context, response []byte, native bool) bool {
	ex := t.call.Exchange
	id := jsonx.String(jsonx.Get(response, "id"))
	if id == "" {
		return false
	}
	e := history.Entry{ID: id, Workspace: ex.Principal.Workspace, APIKey: ex.Principal.APIKey, Native: native,
		Redacted: len(ex.Facts.Redacted) > 0, Input: t.input, Response: response}
	if a := ex.Facts.Answered(); a != nil {
		e.VirtualKey, e.Credential = a.VirtualKey, a.Credential
		if isUnfinished(response) {
			e.Unfinished = t.rest(a)
		}
	}
	return t.history.Keep(ctx, e)
}
