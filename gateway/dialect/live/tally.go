package live

import (
	"sync"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/session"
	"github.com/sluicegate/sluice/internal/jsonx"
)

const (
	// maxContext is the context of the API's models.
	maxContext = 131_072
	// maxTurn is the most that a turn may write where the setup has no limit.
	maxTurn = 8_192
	// audioToken is how many bytes of base64 one token of audio has at least: 32 tokens are a second,
	// and the smallest format has 16,000 bytes a second.
	audioToken = 650
	// imageTokens is what one image has at most.
	imageTokens = 1_300
)

// Tally counts what a session uses. Safe for concurrent use.
type Tally struct {
	mu      sync.Mutex
	limit   int64 // tokens of output of one turn
	speaks  bool  // the model answers with audio
	account session.Account
	writing bool // a turn has begun and has not ended
	stopped bool // it was interrupted: its end and its usage follow
	pending bool // the last turn is not reported
	lost    bool // an earlier one was never reported
}

// NewTally makes the tally of a session with this request.
func NewTally(request []byte) *Tally {
	t := &Tally{limit: maxTurn, speaks: true, account: session.Account{Limits: session.Limits{Context: maxContext, AudioToken: audioToken, Image: imageTokens}}}
	config := jsonx.Get(request, "generationConfig")
	if config == nil {
		config = jsonx.Get(request, "generation_config")
	}
	for _, name := range []string{"maxOutputTokens", "max_output_tokens"} {
		if n, ok := gateway.ReadCount(jsonx.Get(config, name)); ok {
			t.limit = min(n, maxTurn)
		}
	}
	for _, name := range []string{"responseModalities", "response_modalities"} {
		if list := jsonx.Get(config, name); list != nil {
			t.speaks = false
			for e := range jsonx.Elements(list) {
				t.speaks = t.speaks || jsonx.String(e.Value) != "TEXT"
			}
		}
	}
	t.account.Sent(int64(len(request)), 0, 0)
	return t
}

// Sent counts a message of the caller's, a JSON object.
func (t *Tally) Sent(message []byte) {
	isImage := jsonx.Get(message, "realtimeInput", "video") != nil || jsonx.Get(message, "realtime_input", "video") != nil
	rest, audio, images := session.Sizes(message, (Dialect{}).Binary(message), func([]byte) bool { return isImage })
	t.mu.Lock()
	defer t.mu.Unlock()
	t.account.Sent(rest, audio, images)
}

// Received reads a message of the vendor's, and sets what it says of usage and cost.
func (t *Tally) Received(c *gateway.Chunk) {
	c.Read()
	t.mu.Lock()
	defer t.mu.Unlock()
	content := jsonx.Get(c.Raw, "serverContent")
	said := jsonx.Get(content, "modelTurn") != nil || jsonx.Get(c.Raw, "toolCall") != nil
	if said && (!t.writing || t.stopped) {
		t.lost = t.lost || t.pending
		t.writing, t.stopped, t.pending = true, false, true
		c.Cost = t.account.Begins(t.limit, t.speaks)
	}
	t.stopped = t.stopped || isTrue(content, "interrupted")
	switch {
	case c.Usage != nil:
		t.pending = false
		t.account.Reported(c)
	case jsonx.Get(c.Raw, "setupComplete") != nil:
		t.account.Tell(c)
	}
	if isTrue(content, "turnComplete") || t.stopped && !t.pending || jsonx.Get(c.Raw, "toolCall") != nil {
		t.writing, t.stopped = false, false
	}
}

// Writing reports whether a turn of the model's has begun and has not ended.
func (t *Tally) Writing() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.writing
}

// End is the last chunk of a session, without a message: whether it ends with usage that the
// vendor has not reported.
func (t *Tally) End() gateway.Chunk {
	t.mu.Lock()
	defer t.mu.Unlock()
	return gateway.Chunk{Dialect: Dialect{}, Cost: &gateway.ExtraCost{Lost: t.lost || t.pending}}
}
