package responses_test

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/gateway/sse"
)

// FuzzRequest: whatever a caller sends is refused by a text that the caller may see, or is written
// as JSON for every target; and no edit breaks it.
func FuzzRequest(f *testing.F) {
	for _, s := range []string{
		`{"model":"m","input":"x","instructions":"y","tools":[{"type":"custom","name":"f"}],"tool_choice":{"type":"custom","name":"f"}}`,
		`{"model":"m","input":[{"type":"reasoning","summary":[{"text":"a"}],"encrypted_content":"sluice1_e30"},{"type":"function_call","call_id":"c","name":"f","namespace":"n","arguments":"{}"}]}`,
		`{"input":[{"role":"user","content":[{"type":"input_file","file_data":"AA=="},{"type":"input_image","image_url":"data:image/png;base64,AA=="}]},{"type":"additional_tools","tools":[{"type":"namespace","name":"n","tools":[{}]}]}]}`,
		`{"input":[],"text":{"format":{"type":"json_schema","schema":{}}},"max_output_tokens":1e3,"previous_response_id":null}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		req, err := responses.NewRequest(gateway.OpChat, in)
		if err != nil {
			if gateway.AsError(err).Public == "" {
				t.Fatalf("an error without a text: %v", err)
			}
			return
		}
		for _, raw := range [][]byte{responses.Dialect{}.WithMaxOutput(in, 5), responses.Dialect{}.Join(in, in), responses.Items(req.Field("input"), req.Field("input")), responses.WithoutSealed(in)} {
			if !json.Valid(raw) {
				t.Fatalf("%q became %q", in, raw)
			}
		}
		if at, ok := (responses.Dialect{}).Question(in); ok && !json.Valid(in[at.Start:at.End]) {
			t.Fatalf("the question is %q", in[at.Start:at.End])
		}
		req.Judged()
		req.Parameters()
		for _, to := range []dialect.Format{openai.Dialect{}, anthropic.Dialect{}} {
			if _, out, err := dialect.Translate(responses.Dialect{}, to, req); err == nil && !json.Valid(out.Raw) {
				t.Fatalf("%q became %q", in, out.Raw)
			} else if err != nil && gateway.AsError(err).Public == "" {
				t.Fatalf("an error without a text: %v", err)
			}
		}
	})
}

// FuzzAnswer: whatever a provider sends, in one body or in events, is handed on as JSON or is an
// error with a text, and can be folded, replayed and translated.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{
		`{"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}}`,
		`{"type":"response.output_text.delta","output_index":9,"content_index":-1,"delta":"x"}`,
		`{"type":"response.completed","response":{"id":"r","status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"a"}]}],"usage":{"input_tokens":-1}}}`,
		`{"id":"r","output":[{"type":"reasoning","summary":[{"text":"x"}],"content":[{}]},{"type":"custom_tool_call","input":7},{}]}`,
		`{"type":"response.failed","response":{"error":{"code":"server_error"}}}`, `{"type":"error"}`,
	} {
		f.Add([]byte(s))
	}
	req, err := responses.NewRequest(gateway.OpChat, []byte(`{"model":"m","input":"x","stream":true}`))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var r gateway.Response
		reader, writer := responses.Dialect{}.ReadAnswer(), openai.Dialect{}.WriteAnswer(&message.Request{})
		take := func(c gateway.Chunk) {
			if !json.Valid(c.Raw) {
				t.Fatalf("not JSON: %q", c.Raw)
			}
			r.Fold(c)
			es, err := reader.Read(&c)
			if err == nil && c.Form == gateway.FormEvent {
				_, err = writer.Events(es)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		d := responses.NewDecoder("openai", req)
		for range 3 {
			chunks, err := d.Feed(sse.Event{Data: bytes.Clone(in)})
			if err != nil && err != io.EOF && gateway.AsError(err).Public == "" {
				t.Fatalf("an error without a text: %v", err)
			}
			for _, c := range chunks {
				take(c)
			}
		}
		if body := r.Body(); body != nil && !json.Valid(body) {
			t.Fatalf("folded: %q", body)
		}
		c, err := responses.NewDecoder("openai", req).Body(bytes.Clone(in))
		if err != nil {
			if gateway.AsError(err).Public == "" {
				t.Fatalf("an error without a text: %v", err)
			}
			return
		}
		events, err := responses.Dialect{}.Events(c.Raw, true)
		if err != nil {
			t.Fatal(err)
		}
		for i := range events {
			if !json.Valid(events[i].Raw) {
				t.Fatalf("replayed: %q", events[i].Raw)
			}
		}
		for i := range c.Deltas {
			for _, field := range []gateway.Field{gateway.FieldText, gateway.FieldReasoning, gateway.FieldArgs, gateway.FieldName} {
				if raw, err := (responses.Dialect{}).Replace(&c, i, field, 0, "new"); err == nil && !json.Valid(raw) {
					t.Fatalf("replaced: %q", raw)
				}
			}
		}
	})
}
