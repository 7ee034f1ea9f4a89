package live

import (
	"sync"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

const (
	// maxContext is the context of the API's models.
	maxContext = 131_072
	// maxTurn is the most that a turn may write where the setup has no limit.
	maxTurn = 8_192
	// soundToken is how many bytes of base64 one token of sound has at least: 32 tokens are a second,
	// and the thinnest format has 16,000 bytes a second.
	soundToken = 650
	// imageTokens is what one picture has at most.
	imageTokens = 1_300
)

// Tally counts what a session uses. Safe for concurrent use.
type Tally struct {
	mu      sync.Mutex
	limit   int64         // tokens of output of one turn
	speaks  bool          // the model answers with sound
	used    gateway.Usage // of the turns that were reported
	before  gateway.Usage // what the next turn reads of those: Input, AudioInput
	sent    gateway.Usage // the most tokens that the caller has sent since: Input, AudioInput
	writing bool          // a turn has begun and has not ended
	pending bool          // the last turn is not reported
	lost    bool          // an earlier one was never reported
}

// NewTally makes the tally of a session with this request.
func NewTally(request []byte) *Tally {
	t := &Tally{limit: maxTurn, speaks: true}
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
	t.sent.Input = int64(len(request))
	return t
}

// Sent counts a message of the caller's, a JSON object.
func (t *Tally) Sent(message []byte) {
	sound, rest, images := int64(0), int64(len(message)), int64(0)
	pictures := jsonx.Get(message, "realtimeInput", "video") != nil || jsonx.Get(message, "realtime_input", "video") != nil
	for _, span := range (Dialect{}).Binary(message) {
		size := int64(span.End - span.Start)
		rest -= size
		if pictures {
			images++
		} else {
			sound += size
		}
	}
	tokens := (sound + soundToken - 1) / soundToken
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sent.Input = min(t.sent.Input+rest+tokens+images*imageTokens, maxContext)
	t.sent.AudioInput = min(t.sent.AudioInput+tokens, maxContext)
}

// Received reads a message of the vendor's, and sets what it says of usage and cost.
func (t *Tally) Received(c *gateway.Chunk) {
	c.Read()
	t.mu.Lock()
	defer t.mu.Unlock()
	content := jsonx.Get(c.Raw, "serverContent")
	said := jsonx.Get(content, "modelTurn") != nil || jsonx.Get(c.Raw, "toolCall") != nil
	if said && !t.writing {
		t.lost = t.lost || t.pending
		t.writing, t.pending = true, true
		c.Cost = &gateway.SessionCost{Begins: t.most()}
	}
	switch {
	case c.Usage != nil:
		u := *c.Usage
		t.used.Add(&u)
		t.before = gateway.Usage{Input: u.Input + u.Output, AudioInput: u.AudioInput + u.AudioOutput}
		t.sent, t.pending = gateway.Usage{}, false
		t.tell(c)
	case jsonx.Get(c.Raw, "setupComplete") != nil:
		t.tell(c)
	}
	if isTrue(content, "turnComplete") || isTrue(content, "interrupted") || jsonx.Get(c.Raw, "toolCall") != nil {
		t.writing = false
	}
}

// tell sets what the session has used. The caller holds mu.
func (t *Tally) tell(c *gateway.Chunk) {
	used := t.used
	c.Usage = &used
}

// most is what a turn can use that begins now. The caller holds mu.
func (t *Tally) most() *gateway.Usage {
	u := gateway.Usage{Input: min(t.before.Input+t.sent.Input, maxContext), Output: t.limit}
	u.AudioInput = min(t.before.AudioInput+t.sent.AudioInput, u.Input)
	if t.speaks {
		u.AudioOutput = u.Output
	}
	return &u
}

// Writing reports whether a turn of the model's has begun and has not ended.
func (t *Tally) Writing() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.writing
}

// End is the last chunk of a session, without a message: whether it ends with usage that nobody has
// told.
func (t *Tally) End() gateway.Chunk {
	t.mu.Lock()
	defer t.mu.Unlock()
	return gateway.Chunk{Dialect: Dialect{}, Cost: &gateway.SessionCost{Lost: t.lost || t.pending}}
}
