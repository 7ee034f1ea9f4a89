package promptcache

import (
	"hash/maphash"
	"slices"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Config configures a Service. A field's zero value means its default.
type Config struct {
	MaxBytes  int64            // of all sessions; default 64 MiB
	MaxAge    time.Duration    // of a session since its last call; default 1 h
	MaxPrompt int              // bytes of a body that is compared; a larger one is not; default 8 MiB
	Now       func() time.Time // default time.Now
}

func (c Config) withDefaults() Config {
	if c.MaxBytes <= 0 {
		c.MaxBytes = 64 << 20
	}
	if c.MaxAge <= 0 {
		c.MaxAge = time.Hour
	}
	if c.MaxPrompt <= 0 {
		c.MaxPrompt = 8 << 20
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// maxConversations bounds the conversations of one session.
const maxConversations = 8

// Service remembers the prompts of sessions. It starts no goroutine.
type Service struct {
	cfg      Config
	seed     maphash.Seed
	sealer   *sealer
	sessions *store
}

// New returns a service that remembers nothing yet.
func New(cfg Config) *Service {
	cfg = cfg.withDefaults()
	return &Service{cfg: cfg, seed: maphash.MakeSeed(), sealer: newSealer(), sessions: newStore(cfg.MaxBytes, cfg.MaxAge)}
}

// Observe sets Facts.PromptCache of an exchange whose target has begun to answer. body is what
// was sent to it, in the dialect format. Other operations than chat, and bodies that hold no
// prompt of their own, get none.
func (s *Service) Observe(ex *gateway.Exchange, format gateway.Dialect, body []byte) {
	f := ex.Facts
	if ex.Request.Op != gateway.OpChat || ex.Principal == nil || f.Received == nil || f.RedactedRequest == nil || len(body) > s.cfg.MaxPrompt {
		return
	}
	c := s.readCall(ex, format, body)
	if c == nil {
		return
	}
	in := s.sessionOf(ex, c.stages[0].opening(s.seed))
	e := s.sessions.session(in.key, s.cfg.Now())
	e.mu.Lock()
	defer e.mu.Unlock()
	fact := s.compare(e, c, in.named())
	fact.Session, fact.Source = in.id, in.source
	f.PromptCache = &fact
	var size int64
	for _, v := range e.conversations {
		size += v.size()
	}
	s.sessions.resized(e, size)
}

// readCall takes the fingerprints of a call. It returns nil if a body holds no prompt that could
// be compared.
func (s *Service) readCall(ex *gateway.Exchange, format gateway.Dialect, body []byte) *call {
	callers, known := ex.Request.Dialect.(gateway.PromptFormat)
	targets, both := format.(gateway.PromptFormat)
	if !known || !both {
		return nil
	}
	f, t := ex.Facts, ex.Target
	c := &call{request: ex.ID, model: f.Received.Model(), body: body}
	c.target = maphash.Comparable(s.seed, [...]string{t.Provider, t.VirtualKey, t.BaseURL, format.Name(), ex.Request.Model()})
	var prompt gateway.Prompt // of the stage's request
	var before *gateway.Request
	for i, req := range [...]*gateway.Request{f.Received, f.RedactedRequest, rendered(f), ex.Request} {
		if req == before {
			c.stages[i] = c.stages[i-1]
			continue
		}
		before, prompt = req, callers.Prompt(req.Raw)
		c.stages[i] = s.fingerprintOf(req, &prompt, f.Prompt != nil && i < 2)
	}
	last := c.stages[len(c.stages)-1]
	if c.prompt, c.parts = prompt, last.parts; !sameBytes(body, ex.Request.Raw) || last.before > 0 {
		c.prompt = targets.Prompt(body)
		c.parts = s.fingerprintOf(&gateway.Request{Raw: body}, &c.prompt, false).parts
	}
	if len(c.parts) == 0 {
		return nil
	}
	return c
}

// rendered returns the request behind the stage "prompt".
func rendered(f *gateway.Facts) *gateway.Request {
	if f.Prompt != nil && f.Prompt.Rendered != nil {
		return f.Prompt.Rendered
	}
	return f.RedactedRequest
}

// sameBytes reports whether two bodies share their memory: a body that nobody changed is not
// read again.
func sameBytes(a, b []byte) bool { return len(a) == len(b) && len(a) > 0 && &a[0] == &b[0] }

// compare compares a call with the conversation that it goes on with, and notes it there.
func (s *Service) compare(e *entry, c *call, named bool) gateway.PromptCacheFact {
	v := e.conversationOf(c, named, func(v *conversation) bool { return v.target == c.target })
	if v == nil {
		fact := gateway.PromptCacheFact{State: gateway.PromptUnknown}
		if other := e.conversationOf(c, named, func(*conversation) bool { return true }); other != nil {
			fact = gateway.PromptCacheFact{State: gateway.PromptDeparted, Previous: other.request, Bytes: len(other.text.text), ChangedBy: gateway.ByRouting}
			if other.model != c.model {
				fact.ChangedBy, fact.Path = gateway.ByCaller, "model"
			}
		}
		e.add(newConversation(s.sealer, c))
		return fact
	}
	fact := v.compare(c)
	if fact.State == gateway.PromptDeparted { // the other one stays: the next call may go on with it
		e.add(newConversation(s.sealer, c))
		return fact
	}
	v.extend(c)
	e.add(v)
	return fact
}

// conversationOf returns the conversation that a call goes on with, of those that match; nil if
// it begins one.
func (e *entry) conversationOf(c *call, named bool, match func(*conversation) bool) *conversation {
	var best *conversation
	most := -1
	for _, v := range e.conversations {
		if !match(v) || !c.stages[0].continues(&v.stages[0], named) {
			continue
		}
		if k := c.stages[0].common(&v.stages[0]); k > most {
			best, most = v, k
		}
	}
	return best
}

// add moves a conversation to the front, or puts it there.
func (e *entry) add(v *conversation) {
	e.conversations = slices.DeleteFunc(e.conversations, func(o *conversation) bool { return o == v })
	e.conversations = slices.Insert(e.conversations, 0, v)
	e.conversations = e.conversations[:min(len(e.conversations), maxConversations)]
}
