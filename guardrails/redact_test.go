package guardrails

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

func run(t testing.TB, ex *gateway.Exchange, answer func(*gateway.Request) gateway.Stream) (*gateway.Request, gateway.Stream) {
	t.Helper()
	var seen []*gateway.Request
	s := New(Settings{Key: []byte("k")})
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
	for _, leak := range []string{secret, "bob@", "4111111111111111", "4111 1111", "13800138000", `u0040`} {
		if strings.Contains(string(got.Raw), leak) || leak != "4155552671" && strings.Contains(string(got.Prompt.Variables), leak) {
			t.Errorf("%q went inwards:\n%s\n%s", leak, got.Raw, got.Prompt.Variables)
		}
	}
	for path, want := range map[string]string{
		"seed":                      "12345678901234567890",
		"messages.0.content":        "Serve [EMAIL_2]. [EMAIL_1] [email_3] are words.",
		"messages.1.name":           "[EMAIL_4]",
		"messages.1.content.0.text": "I am [EMAIL_2]\n[PHONE_1], card [CARD_1]",
		"messages.2.tool_calls.0.function.arguments": `{"to":"[EMAIL_2]","[EMAIL_4]":1,"card":"[CARD_2]","deep":"{\"m\":\"[EMAIL_2]\"}","phone":["[PHONE_2]"]}`,
		"messages.3.content":                         `{"ok":"[EMAIL_2]"}`,
		"tools.0.function.description":               "for [EMAIL_2]",
	} {
		if s := gjson.GetBytes(got.Raw, path); s.String() != want && s.Raw != want {
			t.Errorf("%s: got %s, want %s", path, s.Raw, want)
		}
	}
	if want := `{"mail":"[EMAIL_2]","phone":"[PHONE_2]","order":4155552671,"card":"[CARD_2]"}`; string(got.Prompt.Variables) != want {
		t.Errorf("variables %s, want %s", got.Prompt.Variables, want)
	}
	if ex.Facts.Asked != got || string(ex.Request.Raw) != before {
		t.Error("Asked is not what went inwards, or the original was edited")
	}
	if h := ex.Facts.Redacted; len(h) != 3 || h[0] != (gateway.EntityHits{Entity: "card", Count: 2}) || h[1].Count != 2 || h[2].Count != 2 {
		t.Errorf("%+v", h)
	}
}

// Where only variables change, the body stays the one that was read, and the caller's call as it is.
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
	if got != ex.Request || ex.Facts.Asked != ex.Request || ex.Facts.Redacted != nil {
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
	one, two := New(Settings{Key: []byte("1")}), New(Settings{Key: []byte("2")})
	if one.Pseudonym("a@b.io") == two.Pseudonym("a@b.io") || one.Pseudonym("nobody") != "nobody" || one.Pseudonym(one.Pseudonym("a@b.io")) != one.Pseudonym("a@b.io") {
		t.Error("pseudonyms are not keyed, or not stable")
	}
}

func TestRedactFailsClosed(t *testing.T) {
	for name, entities := range map[string][]string{"unknown entity": {"emial"}, "panic": {"email"}} {
		s := New(Settings{})
		if name == "panic" {
			s.scanners["email"], _ = nil, error(nil)
			s.key = nil
			s.full = nil // identify will dereference it
		}
		h := s.Redact().Wrap(func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
			t.Error(name + ": went inwards")
			return gateway.Chunks(), nil
		})
		_, err := h(context.Background(), exchange(t, `{"user":"bob","messages":[{"role":"user","content":"alice@example.com"}]}`, entities...))
		var e *gateway.Error
		if !errors.As(err, &e) || strings.Contains(err.Error(), "alice") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCleanse(t *testing.T) {
	s := New(Settings{})
	for in, want := range map[string]string{
		"plain text":                       "plain text",
		"mail alice@example.com [EMAIL_1]": "mail [EMAIL] [EMAIL_1]",
		`{"card":4111111111111111,"t":"\n13800138000","k":"sk-ant-abcdefgh123","u":"\u624b13800138000"}`: `{"card":"[CARD]","t":"\n[CN_MOBILE]","k":"[SECRET]","u":"手[CN_MOBILE]"}`,
		`{"a":"{\"m\":\"x\\u0040y.io\"}"}`: `{"a":"{\"m\":\"[EMAIL]\"}"}`,
		`data: {"m":"x\u0040y.io"`:         `data: {"m":"[EMAIL]"`,
		`{"phone":"4155552671"}`:           `{"phone":"[PHONE]"}`,
	} {
		got := s.Cleanse(in)
		if got != want {
			t.Errorf("%s\ngot  %s\nwant %s", in, got, want)
		}
		if again := s.Cleanse(got); again != got {
			t.Errorf("twice: %s", again)
		}
	}
}

const chat = `{"model":"gpt-mock","messages":[{"role":"system","content":"You are a helpful assistant of a shop that sells garden tools. Answer shortly and kindly, and never promise what is not in stock."},{"role":"user","content":"Good morning, I ordered a spade two weeks ago and it has not come yet. Could you look where it is? %s It was the green one with the long handle, and a pair of gloves in size nine."},{"role":"assistant","content":"I am sorry to hear that. I will gladly look for your parcel. May I ask when exactly you ordered it?"},{"role":"user","content":"On the third of November in the evening, I think it was about eight. The confirmation came at once, but nothing since then. My neighbour ordered the same one a day later and has had it for a week, so I wonder whether mine was lost on its way. If it was, please send another one, but only if it can be here before the first frost, because the garden will not wait for me any longer."}],"temperature":0.3,"stream":true}`

func BenchmarkRedact(b *testing.B) {
	for name, extra := range map[string]string{"nothing": "", "found": "I am alice@example.com, 415-555-2671, card 4111 1111 1111 1111."} {
		b.Run(name, func(b *testing.B) {
			ex := exchange(b, strings.Replace(chat, "%s", extra, 1), "email", "phone", "card")
			s := New(Settings{Key: []byte("k")})
			b.SetBytes(int64(len(ex.Request.Raw)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := s.redact(ex.Plan.Redact.Input, ex.Request); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestRedactReadsKeysNumbersAndWhatOnlyLooksLikeAFile(t *testing.T) {
	const image = "data:image/png;base64,aGk4539578763621486+/="
	ex := exchange(t, `{"model":"m","seed":4539578763621486,"bob@example.com":1,"messages":[{"role":"bob@example.com","content":4539578763621486,"bob@example.com":[4539578763621486]},
		{"role":"user","content":"data: bob@example.com"},{"role":"user","content":"data:a/b;base64,bob@example.com"},{"role":"user","content":"`+image+`"},
		{"role":"tool","tool_call_id":"4155552671","content":"\u005bEMAIL_1] 4155552671"}]}`, "email", "phone", "card")
	got, stream := run(t, ex, ok)
	stream.Close()
	want := `{"model":"m","seed":4539578763621486,"[EMAIL_2]":1,"messages":[{"role":"[EMAIL_2]","content":"[CARD_1]","[EMAIL_2]":["[CARD_1]"]},
		{"role":"user","content":"data: [EMAIL_2]"},{"role":"user","content":"data:a/b;base64,[EMAIL_2]"},{"role":"user","content":"` + image + `"},
		{"role":"tool","tool_call_id":"4155552671","content":"\u005bEMAIL_1] 4155552671"}]}`
	if string(got.Raw) != want {
		t.Errorf("got  %s\nwant %s", got.Raw, want)
	}
}

func TestAModelIsNoPlaceForPersonalData(t *testing.T) {
	for _, body := range []string{`{"model":"bob@example.com"}`, `{"models":["m","bob@example.com"]}`, `{"model":"sk-proj-0123456789abcdef"}`} {
		h := New(Settings{}).Redact().Wrap(func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
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

// BenchmarkPromptCall is what a call of a prompt costs from its variables to the model: an address
// in a letter of 1 KB is replaced, and what the template made of it is looked at once more.
func BenchmarkPromptCall(b *testing.B) {
	words := strings.Fields("the parcel arrived before my neighbour could open a door and nobody said that it was broken already")
	r := rand.New(rand.NewPCG(1, 2))
	list := make([]*gateway.Request, 64)
	for i := range list {
		var letter strings.Builder
		for letter.Len() < 850 {
			letter.WriteString(words[r.IntN(len(words))] + " ")
		}
		ex := exchange(b, `{"temperature":0.2}`)
		ex.Request.Prompt = &gateway.PromptCall{ID: "answer", Variables: []byte(`{"letter":"` + letter.String() + `Write to anna.smith@example.com."}`)}
		list[i] = ex.Request
	}
	entities := []string{"email", "phone", "card", "ip", "iban", "ssn", "cn_id", "cn_mobile"}
	s := New(Settings{Key: []byte("k"), Known: func() []gateway.Secret { return nil }})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		req, _, err := s.redact(entities, list[i%len(list)])
		if err != nil {
			b.Fatal(err)
		}
		letter := req.Prompt.Variables[len(`{"letter":`) : len(req.Prompt.Variables)-1]
		raw := append(append([]byte(`{"model":"m","messages":[{"role":"system","content":"Answer kindly."},{"role":"user","content":`), letter...), `}],"max_tokens":400}`...)
		if req, err = req.WithRaw(raw); err != nil {
			b.Fatal(err)
		}
		if _, v, err := s.assembled(entities, req, list[i%len(list)].Prompt.Variables); err != nil || v != nil {
			b.Fatal(err, v)
		}
	}
}
