package realtime

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// done is a response.done with usage as OpenAI's reference documents it.
const done = `{"type":"response.done","response":{"id":"r1","status":"completed","usage":{"total_tokens":253,"input_tokens":132,"output_tokens":121,
"input_token_details":{"text_tokens":100,"audio_tokens":12,"image_tokens":20,"cached_tokens":64,"cached_tokens_details":{"text_tokens":50,"audio_tokens":4,"image_tokens":10}},
"output_token_details":{"text_tokens":30,"audio_tokens":91}}}}`

func TestTally(t *testing.T) {
	tally := NewTally()
	event := func(raw string) gateway.Chunk {
		c := gateway.Chunk{Raw: []byte(raw), Dialect: Dialect{}}
		tally.Received(&c)
		return c
	}
	if c := event(`{"type":"session.created","session":{"id":"s","model":"gpt-realtime"}}`); c.Usage == nil || *c.Usage != (gateway.Usage{}) || c.Head.Model != "gpt-realtime" {
		t.Errorf("%+v", c)
	}
	tally.Sent([]byte(`{"type":"input_audio_buffer.append","audio":"` + strings.Repeat("A", 9_998) + `"}`))
	begins := event(`{"type":"response.created","response":{"id":"r1","output_modalities":["text"],"max_output_tokens":200}}`).Cost.Begins
	if *begins != (gateway.Usage{Input: 10, AudioInput: 10, Output: 200}) {
		t.Errorf("the first response uses at most %+v", *begins)
	}
	if !tally.Writing() || !tally.End().Cost.Lost {
		t.Error("no response is written")
	}
	tally.Sent([]byte(`{"type":"input_audio_buffer.append","audio":"` + strings.Repeat("A", 998) + `"}`)) // for the next one
	one := gateway.Usage{Input: 132, Output: 121, CacheRead: 64, AudioInput: 12, AudioCacheRead: 4, AudioOutput: 91, ImageInput: 20, ImageCacheRead: 10}
	if c := event(done); *c.Usage != one || c.Deltas[0].Finish != "stop" {
		t.Errorf("%+v", *c.Usage)
	}
	if tally.Writing() || tally.End().Cost.Lost {
		t.Error("the response has ended, and told its usage")
	}
	begins = event(`{"type":"response.created","response":{"id":"r1","max_output_tokens":"inf"}}`).Cost.Begins
	if *begins != (gateway.Usage{Input: 132 + 121 + 1, AudioInput: 12 + 91 + 1, Output: 4096, AudioOutput: 4096}) {
		t.Errorf("the second response uses at most %+v", *begins)
	}
	two := one
	two.Add(&one)
	if c := event(done); *c.Usage != two {
		t.Errorf("two responses: %+v", *c.Usage)
	}
	event(`{"type":"session.updated","session":{"input_audio_transcription":{"model":"whisper-1"}}}`)
	if o := event(`{"type":"conversation.item.input_audio_transcription.completed","usage":{"type":"duration","seconds":2.1}}`).Cost.Other; o.Model != "whisper-1" || o.Usage != (gateway.Usage{InputSeconds: 3}) {
		t.Errorf("%+v", o)
	}
	if event(`{"type":"response.done","response":{"id":"r9","status":"failed"}}`); !tally.End().Cost.Lost {
		t.Error("a response without usage is not lost")
	}
}

// TestSentIsBounded: whatever the caller sends, a response reads no more than a context holds.
func TestSentIsBounded(t *testing.T) {
	tally := NewTally()
	for range 100 {
		tally.Sent([]byte(`{"type":"conversation.item.create","item":{"content":[{"type":"input_image","image_url":"data:image/png;base64,` + strings.Repeat("A", 4000) + `"}]}}`))
	}
	c := gateway.Chunk{Raw: []byte(`{"type":"response.created"}`), Dialect: Dialect{}}
	tally.Received(&c)
	if u := c.Cost.Begins; u.Input != maxContext || u.AudioInput != 0 {
		t.Errorf("%+v", u)
	}
}

func FuzzTally(f *testing.F) {
	f.Add([]byte(done))
	f.Add([]byte(`{"type":"response.created","response":{"id":7,"max_output_tokens":-1,"modalities":{}}}`))
	f.Add([]byte(`{"type":"response.output_item.added","item":{"type":"function_call","call_id":"c","name":"n"}}`))
	f.Fuzz(func(t *testing.T, event []byte) {
		tally := NewTally()
		tally.Sent(event)
		c := gateway.Chunk{Raw: event, Dialect: Dialect{}}
		tally.Received(&c)
		if c.Usage != nil && (c.Usage.Input < 0 || c.Usage.Output < 0 || c.Usage.Input > maxCount) {
			t.Errorf("%+v", *c.Usage)
		}
		if c.Cost != nil && c.Cost.Begins != nil && (c.Cost.Begins.Input > maxContext || c.Cost.Begins.AudioInput > c.Cost.Begins.Input) {
			t.Errorf("%+v", *c.Cost.Begins)
		}
	})
}
