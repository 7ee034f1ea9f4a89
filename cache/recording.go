package cache

import (
	"io"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// recording keeps the answer while it passes and stores it at its end. Only io.EOF is
// an end: then Meter and Router, further in, have written their facts.
type recording struct {
	gateway.Stream
	s  *Service
	ex *gateway.Exchange
	q  question

	body   []byte            // an answer that came whole
	finish bool              // every choice of it was finished properly
	fold   *gateway.Response // an answer that came in events
	size   int
	done   bool
}

func (r *recording) Next() (gateway.Chunk, error) {
	c, err := r.Stream.Next()
	switch {
	case err == nil:
		r.take(&c)
	case r.done:
	case err == io.EOF:
		r.done = true
		r.store()
		r.s.rooms.leave(&r.q)
		r.fold, r.body = nil, nil
	default:
		r.done = true
		r.refuse("the answer broke off")
	}
	return c, err
}

// take remembers one chunk. An answer over the limit is let go at once.
func (r *recording) take(c *gateway.Chunk) {
	if r.size += len(c.Raw); r.done || r.size > 4*r.s.MaxAnswer {
		r.fold, r.body = nil, nil // events weigh more than the answer they make
		return
	}
	if c.Form == gateway.FormEvent {
		if r.fold == nil {
			r.fold = new(gateway.Response)
		}
		r.fold.Fold(*c)
		return
	}
	if r.body = c.Raw; !c.Lasting {
		r.body = append([]byte(nil), c.Raw...)
	}
	r.finish = len(c.Deltas) > 0
	for i := range c.Deltas {
		r.finish = r.finish && proper(c.Deltas[i].Finish)
	}
}

func proper(finish string) bool {
	switch finish {
	case "stop", "length", "tool_calls", "function_call":
		return true
	}
	return false
}

func (r *recording) refuse(why string) {
	fact := &r.ex.Facts.Cache
	why = "not stored: " + why
	if fact.Reason != "" {
		why = fact.Reason + "; " + why
	}
	fact.Reason = why
	r.s.refused.Add(1)
}

// store keeps the answer unless something speaks against it.
func (r *recording) store() {
	if why := r.unfit(); why != "" {
		r.refuse(why)
		return
	}
	f, now := r.ex.Facts, r.s.Now()
	e := entry{id: r.q.key, alias: r.q.alias, part: r.q.part, text: r.q.text, body: r.body,
		origin: r.ex.ID, stored: now, expires: now.Add(r.q.maxAge)}
	e.part.workspace = r.q.workspace
	if f.Usage != nil {
		e.usage, e.counted = *f.Usage, true
	}
	if f.Cost.Known {
		e.cost = f.Cost.Nano
	}
	if len(f.Output) > 0 {
		e.output = append(e.output, f.Output...)
	}
	compared := r.q.tiers && r.s.Embedder != nil && !r.q.code && wordy(e.text)
	e.alone = compared && r.q.alone
	stored, gone := r.s.answers.put(&e, r.ex.Start)
	if stored == nil {
		r.refuse("no room")
		return
	}
	r.s.abandon(gone)
	f.Cache.Stored = true
	r.s.stored.Add(1)
	r.s.changes.Add(1)
	if compared && !stored.alone {
		r.s.index(pending{e: stored, vector: r.q.vector, sketch: r.q.sketch, begun: r.ex.Start})
	}
}

// unfit says why the answer must not be stored, and makes the body of one that came in
// events.
func (r *recording) unfit() string {
	if r.fold != nil && r.body == nil && len(r.fold.Choices) > 0 {
		r.finish = true
		for i := range r.fold.Choices {
			r.finish = r.finish && proper(r.fold.Choices[i].Finish)
		}
		r.body = r.fold.Body()
	}
	chat := r.ex.Request.Op == gateway.OpChat
	switch {
	case len(r.body) == 0 || r.size > 4*r.s.MaxAnswer || len(r.body) > r.s.MaxAnswer:
		return "the answer is empty or too large"
	case chat && !r.finish:
		return "the answer has no proper finish reason"
	case !chat && !gjson.GetBytes(r.body, "data.0").Exists():
		return "the answer holds no embeddings"
	}
	for i := range r.ex.Facts.Output {
		if v := &r.ex.Facts.Output[i]; v.Action == gateway.ActionDeny {
			return "denied by a guardrail"
		}
	}
	if why := r.unrouted(); why != "" {
		return why
	}
	// Last, because it reads the whole answer.
	if redact := &r.ex.Plan.Redact; chat && redact.On() && r.s.Personal != nil && r.s.Personal(redact.Input, choices(r.body)) {
		return "the answer holds personal data of its own"
	}
	return ""
}

// choices are what the model said, as JSON. Where they are not found, the whole body
// stands for them: what is looked for there must not be missed.
func choices(body []byte) []byte {
	c := cursor{raw: body}
	for key, ok := c.key(); ok; key, ok = c.key() {
		if value := c.skip(); string(key) == `"choices"` {
			return value
		}
	}
	return body
}

// unrouted says why the target that answered does not count as a primary one.
func (r *recording) unrouted() string {
	as := r.ex.Facts.Attempts
	for i := len(as) - 1; i >= 0; i-- {
		a := &as[i]
		if a.Err != nil {
			continue
		}
		if a.Status != 0 && a.Status != 200 {
			return "the provider's status was not 200"
		}
		for _, t := range r.q.targets {
			if t.Path == a.Target {
				return ""
			}
		}
		return "it is a fallback target's answer"
	}
	return "no attempt succeeded"
}
