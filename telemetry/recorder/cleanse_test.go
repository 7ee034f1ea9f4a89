package recorder_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/telemetry/recorder"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

var card = regexp.MustCompile(`4111 ?1111 ?1111 ?1111`)

func detector(s string) string { return card.ReplaceAllString(cleanse(s), "[CARD]") }

// TestCanary plants personal data wherever a caller or a provider can write, and looks for it
// in everything that was recorded.
func TestCanary(t *testing.T) {
	for _, content := range []recorder.Content{recorder.ContentRedacted, recorder.ContentNone, recorder.ContentFull} {
		sink := &telemetrytest.Sink{}
		r := start(t, recorder.Config{Writer: sink, Cleanse: detector, Content: content})
		ex := exchange(`{"model":"gpt-` + canary + `","n":4111111111111111,"created":4111111111111111,"user":"` + canary + `","metadata":{"` + canary + `":"x"},
			"messages":[{"role":"user","content":"mail\n` + canary + `, card 4111 1111 1111 1111, \u0063anary@secret.example"}]}`)
		ex.Trace.Ref, ex.Trace.SpanRef, ex.Trace.Name, ex.Trace.State = canary, canary, canary, "a="+canary
		ex.Envelope.Metadata = map[string]string{"mail": canary, canary: "k", "_user": canary, "team": "red"}
		ex.Envelope.UserAgent, ex.Envelope.ClientIP = "agent "+canary, canary
		ex.Facts.Attempts = []gateway.Attempt{{Provider: "openai", Model: canary, Served: canary, ResponseID: canary, Host: canary,
			Start: ex.Start, Err: &gateway.Error{Kind: gateway.Upstream, Public: "bad " + canary, Code: canary}}}
		ex.Facts.Input = []gateway.Verdict{{Guardrail: "g", Checks: []gateway.CheckResult{{ID: "c", Error: canary, Explanation: canary}}}}
		ex.Facts.Cache.Reason = canary
		ex.Facts.PromptCache = &gateway.PromptCacheFact{State: gateway.PromptDeparted, Session: canary, Previous: "01EARLIER", Path: "tools[0]." + canary, ChangedBy: gateway.ByCaller}
		ex.Facts.Received = ex.Request
		_ = answer(r, ex, &gateway.Error{Kind: gateway.Upstream, Status: 500, Public: "the mail " + canary, Param: canary}, body("dear "+canary))
		if err := r.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		rec := sink.Records()[0]
		bodies := string(rec.Request) + string(rec.Response)
		switch content {
		case recorder.ContentRedacted:
			if !json.Valid(rec.Request) || !json.Valid(rec.Response) || !strings.Contains(bodies, "[EMAIL]") || !strings.Contains(bodies, `"n":"[CARD]"`) {
				t.Errorf("%s", bodies)
			}
		case recorder.ContentNone:
			if bodies != "" {
				t.Errorf("%s", bodies)
			}
		case recorder.ContentFull:
			if !strings.Contains(bodies, canary) {
				t.Errorf("%s", bodies)
			}
			rec.Request, rec.Response = nil, nil
		}
		all := string(rec.Pack(nil)) + string(rec.PackBodies(nil)) + string(rec.JSON(true)) + string(sink.Audit()[0].Canonical) + string(sink.Audit()[0].JSON())
		for _, s := range []string{canary, "4111 1111"} {
			if i := strings.Index(all, s); i >= 0 {
				t.Errorf("%s: %q is recorded: …%q", content, s, all[max(i-60, 0):min(i+40, len(all))])
			}
		}
		var team, mail string
		for _, m := range rec.Metadata {
			switch m.Key {
			case "team":
				team = m.Value
			case "mail":
				mail = m.Value
			}
		}
		if team != "red" || !strings.HasPrefix(mail, "p_") {
			t.Errorf("team %q, mail %q", team, mail)
		}
	}
}

func TestBodies(t *testing.T) {
	for _, c := range []struct {
		name, op, request, response, wantRequest, wantResponse string
		variables                                              string
		drop                                                   bool
	}{
		{name: "vectors are dropped", op: "embeddings", request: `{"model":"m","input":"x"}`, wantRequest: `{"model":"m","input":"x"}`,
			response:     `{"object":"list","data":[{"index":0,"embedding":[0.1,-2,3e4]},{"index":1,"embedding":"AAAA"}],"model":"m"}`,
			wantResponse: `{"object":"list","data":[{"index":0,"dimensions":3},{"index":1,"dimensions":6}],"model":"m"}`},
		{name: "an item that is no object is dropped", op: "embeddings", request: `{}`, response: `{"data":[[0.1],null],"embedding":[1]}`,
			wantRequest: `{}`, wantResponse: `{"data":[null,null],"embedding":[1]}`},
		{name: "other data is kept", op: "embeddings", request: `{}`, response: `{"data":{"a":[1],"embedding":{"embedding":1}}}`,
			wantRequest: `{}`, wantResponse: `{"data":{"a":[1],"embedding":{"embedding":1}}}`},
		{name: "images are shortened", op: "chat", request: `{"u":"data:image/png;base64,AAAA","v":"data: none"}`, response: `{}`,
			wantRequest: `{"u":"data:image/png;base64,[4 bytes]","v":"data: none"}`, wantResponse: `{}`},
		{name: "variables are kept", op: "chat", request: `{"model":"m"}`, variables: `{"mail":"` + canary + `"}`, response: `{}`,
			wantRequest: `{"model":"m","variables":{"mail":"[EMAIL]"}}`, wantResponse: `{}`},
		{name: "variables of an empty object", op: "chat", request: `{ }`, variables: `{"a":1}`, response: `{}`, wantRequest: `{"variables":{"a":1} }`, wantResponse: `{}`},
		{name: "variables that the call itself has are replaced", op: "chat", request: `{"variables":2,"n":1}`, variables: `{"a":1}`, response: `{}`,
			wantRequest: `{"variables":{"a":1},"n":1}`, wantResponse: `{}`},
		{name: "variables that are no JSON", op: "chat", request: `{"n":1}`, variables: `{"to":` + canary + `}`, response: `{}`,
			wantRequest: `"{\"n\":1,\"variables\":{\"to\":[EMAIL]}}"`, wantResponse: `{}`},
		{name: "variables that are too long", op: "chat", request: `{"n":1}`, variables: `{"to":"` + strings.Repeat("y", 250) + `"}`, response: `{}`,
			wantRequest: `{"omitted":"the body is larger than telemetry keeps","bytes":279}`, wantResponse: `{}`},
		{name: "variables that are a file", op: "chat", request: `{"n":1}`, variables: `{"to":"data:text/plain;base64,AAAA"}`, response: `{}`,
			wantRequest: `{"n":1,"variables":{"to":"data:text/plain;base64,[4 bytes]"}}`, wantResponse: `{}`},
		{name: "a word that JSON has not is a string", op: "chat", request: `{}`, response: `{"a":` + canary + `}`, wantRequest: `{}`, wantResponse: `"{\"a\":[EMAIL]}"`},
		{name: "nor does a number hide it", op: "chat", request: `{}`, response: `{"a":1` + canary + `}`, wantRequest: `{}`, wantResponse: `"{\"a\":1[EMAIL]}"`},
		{name: "a string without an end", op: "chat", request: `{}`, response: `{"a":"` + canary, wantRequest: `{}`, wantResponse: `"{\"a\":\"[EMAIL]"`},
		{name: "no JSON is a string", op: "chat", request: `{}`, response: "oops " + canary, wantRequest: `{}`, wantResponse: `"oops [EMAIL]"`},
		{name: "too large is left out", op: "chat", request: `{"x":"` + strings.Repeat("y", 300) + `"}`, response: `{}`,
			wantRequest: `{"omitted":"the body is larger than telemetry keeps","bytes":308}`, wantResponse: `{}`},
		{name: "debug false keeps none", op: "chat", request: `{}`, response: `{}`, drop: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			sink := &telemetrytest.Sink{}
			r := start(t, recorder.Config{Writer: sink, BodyMax: 250})
			ex := exchange(c.request)
			ex.Request.Op = gateway.Op(c.op)
			ex.Envelope.KeepBodies = !c.drop
			if c.variables != "" {
				ex.Request.Prompt = &gateway.PromptCall{ID: "p", Variables: []byte(c.variables)}
			}
			_ = answer(r, ex, nil, gateway.Chunk{Form: gateway.FormBody, Raw: []byte(c.response), Dialect: openai.Dialect{}})
			r.Close(t.Context())
			rec := sink.Records()[0]
			if string(rec.Request) != c.wantRequest || string(rec.Response) != c.wantResponse {
				t.Fatalf("%s\n%s", rec.Request, rec.Response)
			}
		})
	}
}
