package realtime

import (
	"sync"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/session"
	"github.com/sluicegate/sluice/internal/jsonx"
	"github.com/sluicegate/sluice/internal/sniff"
)

const (
	// maxContext is more than the context of any model of the API.
	maxContext = 128_000
	// maxResponse is the most that a response may write, also where its limit is "inf".
	maxResponse = 4_096
	// audioToken is how many bytes of base64 one token of audio has at least: a token is 100 ms, and
	// the smallest format has 8,000 bytes a second.
	audioToken = 1_000
	// imageTokens is what one image has at most.
	imageTokens = 5_000
	// maxOpen bounds the responses of a session that are written at one time.
	maxOpen = 64
)

// Tally counts what a session uses. Safe for concurrent use.
type Tally struct {
	mu      sync.Mutex
	account session.Account
	open    map[string]struct{} // ids of the responses that are being written
	lost    bool                // what a response used was not told
	writer  string              // the model that writes down what the caller says
}

// NewTally makes the tally of a session.
func NewTally() *Tally {
	return &Tally{account: session.Account{Limits: session.Limits{Context: maxContext, AudioToken: audioToken, Image: imageTokens}}}
}

// Sent counts an event of the caller's, a JSON object.
func (t *Tally) Sent(event []byte) {
	rest, audio, images := session.Sizes(event, (Dialect{}).Binary(event), sniff.IsDataURL)
	if eventType(event) == "input_audio_buffer.append" { // of which the model hears the audio only
		rest = 0
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.account.Sent(rest, audio, images)
}

// Received reads an event of the vendor's, and sets what it says of usage and cost.
func (t *Tally) Received(c *gateway.Chunk) {
	c.Read()
	t.mu.Lock()
	defer t.mu.Unlock()
	kind := eventType(c.Raw)
	switch kind {
	case "session.created", "session.updated":
		if kind == "session.created" {
			t.account.Tell(c)
		}
		for _, path := range [][]string{{"session", "audio", "input", "transcription", "model"}, {"session", "input_audio_transcription", "model"}} {
			if model := jsonx.String(jsonx.Get(c.Raw, path...)); model != "" {
				t.writer = model
			}
		}
	case "response.created":
		if len(t.open) < maxOpen {
			if t.open == nil {
				t.open = map[string]struct{}{}
			}
			t.open[responseID(c.Raw)] = struct{}{}
		}
		c.Cost = t.account.Begins(mostOf(jsonx.Get(c.Raw, "response")))
	case "response.done":
		t.done(c)
	case "conversation.item.input_audio_transcription.completed":
		if u := transcriptionUsage(jsonx.Get(c.Raw, "usage")); u != nil {
			c.Cost = &gateway.ExtraCost{Other: &gateway.ModelUsage{Model: t.writer, Usage: *u}}
		}
	}
}

// done counts a response that has ended. The caller holds mu.
func (t *Tally) done(c *gateway.Chunk) {
	delete(t.open, responseID(c.Raw))
	if c.Usage == nil {
		t.lost = true
		return
	}
	t.account.Reported(c)
}

// mostOf is the most that a response may write, and whether it speaks.
func mostOf(response []byte) (limit int64, speaks bool) {
	limit, speaks = maxResponse, true
	for _, name := range []string{"max_output_tokens", "max_response_output_tokens"} {
		if n, ok := gateway.ReadCount(jsonx.Get(response, name)); ok {
			limit = min(n, maxResponse)
		}
	}
	for _, name := range []string{"output_modalities", "modalities"} {
		if list := jsonx.Get(response, name); list != nil {
			speaks = false
			for e := range jsonx.Elements(list) {
				speaks = speaks || jsonx.String(e.Value) == "audio"
			}
		}
	}
	return limit, speaks
}

// Writing reports whether a response is being written.
func (t *Tally) Writing() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.open) > 0
}

// End is the last chunk of a session, without an event: whether it ends with usage that the
// vendor has not reported.
func (t *Tally) End() gateway.Chunk {
	t.mu.Lock()
	defer t.mu.Unlock()
	return gateway.Chunk{Dialect: Dialect{}, Cost: &gateway.ExtraCost{Lost: t.lost || len(t.open) > 0}}
}

func responseID(event []byte) string { return jsonx.String(jsonx.Get(event, "response", "id")) }
