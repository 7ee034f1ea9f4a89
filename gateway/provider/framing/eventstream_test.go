package framing

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"

	"github.com/sluicegate/sluice/gateway/sse"
)

// message encodes a message as Amazon's own encoder does. headers are pairs.
func message(t testing.TB, payload string, headers ...string) []byte {
	t.Helper()
	m := eventstream.Message{Payload: []byte(payload)}
	for i := 0; i < len(headers); i += 2 {
		m.Headers.Set(headers[i], eventstream.StringValue(headers[i+1]))
	}
	var out bytes.Buffer
	if err := eventstream.NewEncoder().Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func example(t testing.TB) ([]byte, string) {
	return bytes.Join([][]byte{
			message(t, `{"role":"assistant"}`, ":message-type", "event", ":event-type", "messageStart", ":content-type", "application/json"),
			message(t, `{"bytes":"eyJ0eXBlIjoicGluZyJ9","p":"abcd"}`, ":message-type", "event", ":event-type", "chunk"),
			message(t, ``, ":message-type", "event", ":event-type", "empty"),
			message(t, `{"message":"Too many requests"}`, ":message-type", "exception", ":exception-type", "throttlingException"),
			message(t, ``, ":message-type", "error", ":error-code", "InternalError", ":error-message", "oops"),
		}, nil), `messageStart {"role":"assistant"}
 {"type":"ping"}
empty 
error {"type":"error","error":{"type":"throttlingException","message":"Too many requests","code":429}}
error {"type":"error","error":{"type":"InternalError","message":"oops"}}
`
}

func read(r *EventStream) (out string, err error) {
	for {
		e, err := r.Next()
		if err != nil {
			return out, err
		}
		out += string(e.Name) + " " + string(e.Data) + "\n"
	}
}

func TestEventStreamCutAtEveryByte(t *testing.T) {
	raw, want := example(t)
	for i := range len(raw) + 1 {
		got, err := read(NewEventStream(io.MultiReader(bytes.NewReader(raw[:i]), bytes.NewReader(raw[i:])), 0))
		if got != want || err != io.EOF {
			t.Fatalf("cut at byte %d: %v\n%s", i, err, got)
		}
	}
	if got, err := read(NewEventStream(iotest.OneByteReader(bytes.NewReader(raw)), 0)); got != want || err != io.EOF {
		t.Errorf("byte by byte: %v\n%s", err, got)
	}
}

func TestEventStreamThatBreaksOff(t *testing.T) {
	raw, _ := example(t)
	first := int(binary.BigEndian.Uint32(raw))
	for i := 1; i < first; i++ {
		if _, err := NewEventStream(bytes.NewReader(raw[:i]), 0).Next(); err != io.ErrUnexpectedEOF {
			t.Fatalf("ends at byte %d: %v", i, err)
		}
	}
}

func TestEventStreamIsChecked(t *testing.T) {
	raw, _ := example(t)
	first := int(binary.BigEndian.Uint32(raw))
	for i := range first { // any flipped bit is noticed
		bad := bytes.Clone(raw[:first])
		bad[i] ^= 1
		if _, err := NewEventStream(bytes.NewReader(bad), 1<<20).Next(); err == nil {
			t.Fatalf("byte %d: a damaged message was read", i)
		}
	}
	if _, err := NewEventStream(bytes.NewReader(raw), 20).Next(); !errors.Is(err, sse.ErrTooLong) {
		t.Errorf("a message over the limit: %v", err)
	}
	huge := []byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0}
	if _, err := NewEventStream(bytes.NewReader(huge), 0).Next(); !errors.Is(err, sse.ErrTooLong) {
		t.Errorf("4 GiB: %v", err)
	}
	if _, err := NewEventStream(bytes.NewReader(make([]byte, 64)), 0).Next(); err == nil {
		t.Error("zeros were read")
	}
}

func TestReady(t *testing.T) {
	raw, _ := example(t)
	r := NewEventStream(bytes.NewReader(raw), 0)
	if r.Ready() {
		t.Error("ready before anything was read")
	}
	if _, err := r.Next(); err != nil || !r.Ready() {
		t.Errorf("not ready with messages in the buffer: %v", err)
	}
	r.Release()
	if _, err := r.Next(); err == nil {
		t.Error("read after the release")
	}
}

func FuzzEventStream(f *testing.F) {
	raw, _ := example(f)
	f.Add(raw)
	f.Add(raw[:len(raw)-1])
	f.Fuzz(func(t *testing.T, in []byte) {
		if out, _ := read(NewEventStream(bytes.NewReader(in), 1<<16)); len(out) > 4*len(in)+1024 {
			t.Fatalf("%d bytes became %d", len(in), len(out))
		}
	})
}
