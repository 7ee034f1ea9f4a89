package guardrails

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

func run(t testing.TB, ex *gateway.Exchange, answer func(*gateway.Request) gateway.Stream) (*gateway.Request, gateway.Stream) {
	t.Helper()
	var seen []*gateway.Request
	s := New(Config{Key: []byte("k")})
	h := s.Redact().Wrap(upstream(&seen, answer))
	out, err := h(context.Background(), ex)
	if err != nil {
		t.Fatal(err)
	}
	return seen[0], out
}

func ok(*gateway.Request) gateway.Stream {
	return gateway.Chunks(body(`{"id":"1","choices":[{"index":0,"message":{"content":"ok"},"finish_reason":"stop"}]}`))
}

func TestRedactReplacesEverywhere(t *testing.T) {
	const secret = "alice@example.com"
	ex := exchange(t, `{"model":"m","seed":12345678901234567890,"messages":[
		{"role":"system","content":"Serve alice@example.com. [EMAIL_1] [email_3] are words."},
		{"role":"user","name":"bob@example.com","content":[{"type":"text","text":"I am alice\u0040example.com\n13800138000, card 4111 1111 1111 1111"}]},
		{"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"to\":\"alice\\u0040example.com\",\"bob@example.com\":1,\"card\":4111111111111111,\"deep\":\"{\\\"m\\\":\\\"alice@example.com\\\"}\",\"phone\":[\"4155552671\"]}"}}]},
		{"role":"tool","tool_call_id":"call_1","content":"{\"ok\":\"alice@example.com\"}"}],
		"tools":[{"type":"function","function":{"name":"f","description":"for alice@example.com","parameters":{"type":"object"}}}]}`, "email", "phone", "card")
	ex.Request.Prompt = &gateway.PromptCall{ID: "p", Variables: []byte(`{"mail":"alice@example.com","phone":4155552671,"order":4155552671,"card":4111111111111111}`)}
	before := string(ex.Request.Raw)
	got, stream := run(t, ex, ok)
	stream.Close()
	for _, leak := range []string{secret, "bob@", "4111111111111111", "4111 1111", "13800138000", "4155552671", `u0040`} {
		if strings.Contains(string(got.Raw), leak) {
			t.Errorf("%q went inwards:\n%s", leak, got.Raw)
		}
	}
	for path, want := range map[string]string{
		"seed":                      "12345678901234567890",
		"messages.0.content":        "Serve [EMAIL_1]. [EMAIL_2] [EMAIL_3] are words.",
		"messages.1.name":           "[EMAIL_4]",
		"messages.1.content.0.text": "I am [EMAIL_1]\n[PHONE_2], card [CARD_2]",
		"messages.2.tool_calls.0.function.arguments": `{"to":"[EMAIL_1]","[EMAIL_4]":1,"card":"[CARD_1]","deep":"{\"m\":\"[EMAIL_1]\"}","phone":["[PHONE_1]"]}`,
		"messages.3.content":                         `{"ok":"[EMAIL_1]"}`,
		"tools.0.function.description":               "for [EMAIL_1]",
	} {
		if s := gjson.GetBytes(got.Raw, path); s.String() != want && s.Raw != want {
			t.Errorf("%s: got %s, want %s", path, s.Raw, want)
		}
	}
	if want := `{"mail":"[EMAIL_1]","phone":"[PHONE_1]","order":4155552671,"card":"[CARD_1]"}`; string(got.Prompt.Variables) != want {
		t.Errorf("variables %s, want %s", got.Prompt.Variables, want)
	}
	if ex.Facts.RedactedRequest != got || string(ex.Request.Raw) != before {
		t.Error("Asked is not what went inwards, or the original was edited")
	}
	if h := ex.Facts.Redacted; len(h) != 3 || h[0] != (gateway.EntityHits{Entity: "card", Count: 2}) || h[1].Count != 2 || h[2].Count != 2 {
		t.Errorf("%+v", h)
	}
}

// If only variables change, the body is not copied. The caller's request is never modified.
func TestRedactOfVariablesAlone(t *testing.T) {
	ex := exchange(t, `{"model":"m","stream":true}`, "email")
	call := &gateway.PromptCall{ID: "p", Variables: []byte(`{"mail":"alice@example.com"}`)}
	ex.Request.Prompt = call
	got, stream := run(t, ex, ok)
	stream.Close()
	if &got.Raw[0] != &ex.Request.Raw[0] || got.Model() != "m" || !got.Stream() || got.Op != ex.Request.Op {
		t.Errorf("another body: %s", got.Raw)
	}
	if string(got.Prompt.Variables) != `{"mail":"[EMAIL_1]"}` || got.Prompt.ID != "p" {
		t.Errorf("%+v", got.Prompt)
	}
	if ex.Request == got || ex.Request.Prompt != call || string(call.Variables) != `{"mail":"alice@example.com"}` {
		t.Error("the caller's request was written to")
	}
}

func TestRedactOffStillFoldsTheAnswer(t *testing.T) {
	ex := exchange(t, `{"messages":[{"role":"user","content":"alice@example.com"}]}`)
	got, stream := run(t, ex, ok)
	if got != ex.Request || ex.Facts.RedactedRequest != ex.Request || ex.Facts.Redacted != nil {
		t.Error("something was done")
	}
	if _, err := drain(t, stream); err != nil {
		t.Fatal(err)
	}
	if a := ex.Facts.Answer; a == nil || a.Choices[0].Text() != "ok" {
		t.Errorf("%+v", a)
	}
}

func TestIdentifiersBecomePseudonyms(t *testing.T) {
	ex := exchange(t, `{"messages":[{"role":"user","content":"hi"}], "user": "alice@example.com","safety_identifier":"u-17","prompt_cache_key":"13800138000",
		"metadata":{"who":"alice@example.com","n":13800138000,"plan":"gold"}}`, "card")
	got, stream := run(t, ex, ok)
	stream.Close()
	p := gjson.GetBytes(got.Raw, "user").String()
	if !strings.HasPrefix(p, "pseudo_") || len(p) != 23 || gjson.GetBytes(got.Raw, "metadata.who").String() != p {
		t.Error(string(got.Raw))
	}
	if strings.Contains(string(got.Raw), "138001") || gjson.GetBytes(got.Raw, "safety_identifier").String() != "u-17" || gjson.GetBytes(got.Raw, "metadata.plan").String() != "gold" {
		t.Error(string(got.Raw))
	}
	one, two := New(Config{Key: []byte("1")}), New(Config{Key: []byte("2")})
	if one.Pseudonym("a@b.io") == two.Pseudonym("a@b.io") || one.Pseudonym("nobody") != "nobody" || one.Pseudonym(one.Pseudonym("a@b.io")) != one.Pseudonym("a@b.io") {
		t.Error("pseudonyms are not keyed, or not stable")
	}
}

// Nothing goes inwards when the detector panics, and the error does not quote the panic.
func TestRedactFailsClosed(t *testing.T) {
	s := New(Config{Known: func() []gateway.Secret { panic("alice@example.com") }})
	h := s.Redact().Wrap(func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
		t.Error("went inwards")
		return gateway.Chunks(), nil
	})
	_, err := h(context.Background(), exchange(t, `{"messages":[{"role":"user","content":"alice@example.com"}]}`, "email"))
	var e *gateway.Error
	if !errors.As(err, &e) || e.Kind != gateway.Internal || strings.Contains(err.Error(), "alice") {
		t.Error(err)
	}
}

func TestUnknownEntityIsRefused(t *testing.T) {
	h := New(Config{}).Redact().Wrap(func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
		t.Error("went inwards")
		return gateway.Chunks(), nil
	})
	_, err := h(context.Background(), exchange(t, `{"user":"bob","messages":[{"role":"user","content":"alice@example.com"}]}`, "emial"))
	var e *gateway.Error
	if !errors.As(err, &e) || e.Kind != gateway.Invalid || strings.Contains(err.Error(), "alice") {
		t.Error(err)
	}
}

func TestRedactReadsKeysNumbersAndWhatOnlyLooksLikeAFile(t *testing.T) {
	const image = "data:image/png;base64,aGk4539578763621486+/="
	ex := exchange(t, `{"model":"m","seed":4539578763621486,"bob@example.com":1,"messages":[{"role":"bob@example.com","content":4539578763621486,"bob@example.com":[4539578763621486]},
		{"role":"user","content":"data: bob@example.com"},{"role":"user","content":"data:a/b;base64,bob@example.com"},{"role":"user","content":"`+image+`"},
		{"role":"tool","tool_call_id":"4155552671","content":"\u005bEMAIL_1] 4155552671"}]}`, "email", "phone", "card")
	got, stream := run(t, ex, ok)
	stream.Close()
	want := `{"model":"m","seed":4539578763621486,"[EMAIL_1]":1,"messages":[{"role":"[EMAIL_1]","content":"[CARD_1]","[EMAIL_1]":["[CARD_1]"]},
		{"role":"user","content":"data: [EMAIL_1]"},{"role":"user","content":"data:a/b;base64,[EMAIL_1]"},{"role":"user","content":"` + image + `"},
		{"role":"tool","tool_call_id":"4155552671","content":"[EMAIL_2] 4155552671"}]}`
	if string(got.Raw) != want {
		t.Errorf("got  %s\nwant %s", got.Raw, want)
	}
}

func TestAModelIsNoPlaceForPersonalData(t *testing.T) {
	for _, body := range []string{`{"model":"bob@example.com"}`, `{"models":["m","bob@example.com"]}`, `{"model":"sk-proj-0123456789abcdef"}`} {
		h := New(Config{}).Redact().Wrap(func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
			t.Error("went inwards")
			return gateway.Chunks(), nil
		})
		_, err := h(context.Background(), exchange(t, body, "email"))
		var e *gateway.Error
		if !errors.As(err, &e) || e.Kind != gateway.Invalid || !strings.HasPrefix(e.Param, "model") || strings.Contains(err.Error(), "bob") {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// A stored credential is found although it looks like no vendor's key, in any JSON spelling,
// also if it was stored after the start.
func TestKnownSecrets(t *testing.T) {
	keys := []gateway.Secret{gateway.NewSecret("none"), gateway.NewSecret("plain words as key")}
	s := New(Config{Known: func() []gateway.Secret { return keys }})
	const later = "added afterwards"
	keys = append([]gateway.Secret{gateway.NewSecret(later)}, keys...)
	h := gatewaytest.NewHandler(gatewaytest.Answer("use [SECRET_1]"))
	plan := gatewaytest.Plan()
	plan.Redact = gateway.RedactPolicy{Input: []string{"email"}, Restore: true}
	ex := gatewaytest.Exchange(t, `{"model":"m","messages":[{"role":"user","content":"none of a@b.example, plain wor\u0064s as key, `+later+`"}]}`, gatewaytest.WithPlan(plan))
	stream, err := s.Redact().Wrap(h.Handle)(context.Background(), ex)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	if got := string(ex.Facts.RedactedRequest.Raw); !strings.Contains(got, `"none of [EMAIL_1], [SECRET_1], [SECRET_2]"`) {
		t.Error(got)
	}
	if got := s.Cleanse("a " + later + " b"); got != "a [SECRET] b" {
		t.Error(got)
	}
	if got := s.Pseudonym(later); !strings.HasPrefix(got, "pseudo_") {
		t.Error(got)
	}
}
