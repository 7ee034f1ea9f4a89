package anthropic

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/sse"
	"github.com/sluicegate/sluice/internal/jsonx"
)

func feed(d *Decoder, events ...string) (err error) {
	for _, e := range events {
		if _, err = d.Feed(sse.Event{Data: []byte(e)}); err != nil {
			return err
		}
	}
	return nil
}

func TestDecoderFailures(t *testing.T) {
	for _, c := range []struct {
		name, event string
		kind        gateway.Kind
		status      int
		public      string
	}{
		{"overloaded", `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`, gateway.Upstream, 529, "Overloaded"},
		{"unknown error", `{"type":"error"}`, gateway.BadUpstream, 502, "The provider 'anthropic' failed."},
		{"another format", `{"error":{"message":"Nope","code":"429"}}`, gateway.Upstream, 429, "Nope"},
		{"no JSON", `{"type":`, gateway.BadUpstream, 502, "The provider's stream holds an event that is not valid JSON."},
	} {
		err := feed(NewDecoder("anthropic", &gateway.Request{}), c.event)
		var e *gateway.Error
		if !errors.As(err, &e) || e.Kind != c.kind || e.HTTPStatus() != c.status || !strings.Contains(e.Public, c.public) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestDecoderEnd(t *testing.T) {
	start := `{"type":"message_start","message":{"usage":{"input_tokens":10,"output_tokens":1}}}`
	for _, c := range []struct {
		events []string
		ok     bool
	}{
		{nil, false}, {[]string{start}, false},
		{[]string{start, `{"type":"message_delta","delta":{"stop_reason":null},"usage":{}}`}, false},
		{[]string{start, `{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{}}`}, true},
		{[]string{start, `{"type":"message_stop"}`}, true},
		{[]string{start, `{"type":"message_delta","delta":{"stop_reason":"end_turn"}}`, `[DONE]`}, true},
	} {
		d := NewDecoder("anthropic", &gateway.Request{})
		if err := feed(d, c.events...); err != nil && err != io.EOF {
			t.Fatal(err)
		}
		if _, err := d.End(); (err == nil) != c.ok {
			t.Errorf("%v: %v", c.events, err)
		}
	}
}

// An answer with a stop reason ends in message_stop, whatever the vendor ended it with.
func TestDecoderAddsMessageStop(t *testing.T) {
	finish := `{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{}}`
	done := sse.Event{Data: []byte("[DONE]")}
	for _, end := range []func(*Decoder) ([]gateway.Chunk, error){
		func(d *Decoder) ([]gateway.Chunk, error) { return d.End() },
		func(d *Decoder) ([]gateway.Chunk, error) { return d.Feed(done) },
	} {
		d := NewDecoder("anthropic", &gateway.Request{})
		if err := feed(d, `{"type":"message_start","message":{}}`, finish); err != nil {
			t.Fatal(err)
		}
		if cs, err := end(d); err != nil && err != io.EOF || len(cs) != 1 || string(cs[0].Raw) != `{"type":"message_stop"}` {
			t.Errorf("%v %v", cs, err)
		}
		if cs, err := d.End(); err != nil || len(cs) != 0 {
			t.Errorf("a second end: %v %v", cs, err)
		}
	}
}

// The last report repeats, completes or corrects the first one; a zero corrects nothing.
func TestDecoderMergesTheUsage(t *testing.T) {
	d := NewDecoder("anthropic", &gateway.Request{})
	_ = feed(d, `{"type":"message_start","message":{"usage":{"input_tokens":10,"cache_creation_input_tokens":5,"cache_read_input_tokens":80,"output_tokens":1}}}`)
	cs, err := d.Feed(sse.Event{Data: []byte(`{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":12,"cache_read_input_tokens":0,"output_tokens":9}}`)})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&gateway.Usage{Input: 97, Output: 9, CacheRead: 80, CacheWrite: 5}, cs[0].Usage); diff != "" {
		t.Fatal(diff)
	}
}

func TestDecoderBody(t *testing.T) {
	c, err := NewDecoder("anthropic", &gateway.Request{}).Body([]byte("\n" + everyBlock + "\n"))
	if err != nil || string(c.Raw) != everyBlock || c.Form != gateway.FormBody || len(c.Deltas) != 9 || c.Usage == nil {
		t.Fatalf("%v: %+v", err, c)
	}
	for _, body := range []string{``, `[]`, `{`, `{"id":"x"}`, `{"content":"x"}`, `{"type":"error","error":{"type":"api_error","message":"m"}}`} {
		if _, err := NewDecoder("anthropic", &gateway.Request{}).Body([]byte(body)); err == nil || gateway.AsError(err).Kind != gateway.BadUpstream {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// decode collects what a decoder makes of a stream.
func decode(r io.Reader) (raws []string, failed bool) {
	events, d := sse.NewReader(r, 0), NewDecoder("anthropic", &gateway.Request{})
	for {
		e, err := events.Next()
		if err != nil {
			rest, err := d.End()
			for _, c := range rest {
				raws = append(raws, string(c.Raw))
			}
			return raws, err != nil
		}
		cs, err := d.Feed(e)
		for _, c := range cs {
			raws = append(raws, string(c.Raw))
		}
		if err != nil {
			return raws, err != io.EOF
		}
	}
}

// FuzzDecoder: no stream makes the decoder panic, what it hands on is JSON, and it is the
// same wherever the bytes are cut.
func FuzzDecoder(f *testing.F) {
	f.Add([]byte("data: " + strings.ReplaceAll(everyEvent, "\n", "\n\ndata: ") + "\n\n"))
	f.Add([]byte("event: error\ndata: {}\n\ndata: {\"type\":\"content_block_delta\",\"type\":\"x\"}\n\n"))
	f.Add([]byte("data: {\"type\":\"message_delta\"}\n\ndata: {\"type\":\"content_block_delta\",\"index\":1e99}\n\n"))
	f.Fuzz(func(t *testing.T, stream []byte) {
		raws, failed := decode(bytes.NewReader(stream))
		for _, raw := range raws {
			if !jsonx.Valid([]byte(raw)) {
				t.Fatalf("%q", raw)
			}
		}
		again, alike := decode(iotest.OneByteReader(bytes.NewReader(stream)))
		if d := cmp.Diff(raws, again); d != "" || failed != alike {
			t.Fatal(d, failed, alike)
		}
	})
}

// FuzzReplay: a body, its replay as events, and the events folded again are the same answer,
// whatever its blocks hold.
func FuzzReplay(f *testing.F) {
	f.Add(everyBlock[strings.Index(everyBlock, "["):strings.Index(everyBlock, `,"stop_reason"`)])
	f.Add(`[{"type":"tool_use","input":"{\"a"},{"type":"tool_use","input":"{}"},{"type":"tool_use","input":null},{"type":"tool_use"},{"type":"text"},{"type":"text","text":5,"citations":[]},{"type":"thinking","thinking":"\ud800"}]`)
	f.Add(`[{"type":"tool_use","input":""},{"type":"text","text":"","citations":["x"]},{"type":"thinking","thinking":"a","signature":5},{"":1}]`)
	f.Fuzz(func(t *testing.T, content string) {
		if _, err := jsonx.Canonical([]byte(content)); err != nil || content[0] != '[' {
			return // names given twice are read one way or the other
		}
		for e := range jsonx.Elements([]byte(content)) {
			if e.Value[0] != '{' {
				return
			}
		}
		body := `{"id":"i","type":"message","content":` + content + `,"model":"m","stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":7}}`
		events, err := Dialect{}.Events([]byte(body), true)
		if err != nil {
			t.Fatal(err)
		}
		var a assembler
		for i := range events {
			a.Add(&events[i])
		}
		if d := cmp.Diff(decoded(t, []byte(body)), decoded(t, a.Body(nil))); d != "" {
			t.Fatal(d)
		}
	})
}
