package guardrails

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// ask returns a request with a known vault: [EMAIL_1] to [EMAIL_12], two of which begin alike,
// [PHONE_1], and [SECRET_1], a key with characters that JSON escapes.
func ask() string {
	mails := ""
	for i := range 12 {
		mails += fmt.Sprintf(" user%d@example.com", i+1)
	}
	return `{"messages":[{"role":"user","content":` + quote(mails+" 415-555-2671 "+pemKey) + `}]}`
}

const pemKey = "-----BEGIN PRIVATE KEY-----\n\"a\\b\"\té\n-----END PRIVATE KEY-----"

func restored(text string) string {
	for i := range 12 {
		text = strings.ReplaceAll(text, fmt.Sprintf("[EMAIL_%d]", i+1), fmt.Sprintf("user%d@example.com", i+1))
	}
	text = strings.ReplaceAll(text, "[email_1]", "user1@example.com")
	text = strings.ReplaceAll(text, "[SECRET_1]", pemKey)
	return strings.ReplaceAll(text, "[PHONE_1]", "415-555-2671")
}

func restoredArgs(text string) string {
	q := quote(pemKey)
	return restored(strings.ReplaceAll(text, "[SECRET_1]", q[1:len(q)-1]))
}

// Answers with placeholders, lookalikes, beginnings of placeholders and unknown numbers.
const (
	said    = "[EMAIL_1][email_1]: é[[PHONE_1]] [EMAIL_99] [EMAIL_1 [EMA] [SECRET_1]\n[EMAIL_12]"
	thought = "so [EMAIL_2] [PHONE_2] [EMAIL_1"
	refused = "no [PHONE_1]["
	argued  = `{"to":"[EMAIL_12]","key":"[SECRET_1]","n":["[EMAIL_01]"]}`
)

func pieces(text string, cut int) []string {
	if cut <= 0 || cut >= len(text) {
		return []string{text}
	}
	return []string{text[:cut], text[cut:]}
}

func TestRestoreAtEveryCut(t *testing.T) {
	for _, finish := range []string{"own event", "same event", "none"} {
		for cut := 0; cut < 90; cut++ {
			for second := cut; second <= min(cut+11, 90); second += 11 {
				var cs []gateway.Chunk
				texts := [][]string{nil, nil, nil, nil}
				for i, text := range []string{said, thought, refused, argued} {
					texts[i] = append(texts[i], pieces(text, cut)...)
					last := texts[i][len(texts[i])-1]
					texts[i] = append(texts[i][:len(texts[i])-1], pieces(last, second-cut)...)
				}
				if !validPieces(texts) {
					continue
				}
				for n := range 3 {
					var b []string
					at := func(i int) string {
						if n < len(texts[i]) {
							return texts[i][n]
						}
						return ""
					}
					for choice := range 2 {
						end := "null"
						if finish == "same event" && n == 2 {
							end = `"stop"`
						}
						b = append(b, fmt.Sprintf(`{"index":%d,"delta":{"content":%s,"reasoning":%s,"refusal":%s,"tool_calls":[{"index":0,"function":{"arguments":%s}},{"index":1,"custom":{"input":%s}}]},"finish_reason":%s}`,
							choice, quote(at(0)), quote(at(1)), quote(at(2)), quote(at(3)), quote(at(3)), end))
					}
					cs = append(cs, event("["+strings.Join(b, ",")+"]"))
				}
				if finish == "own event" {
					cs = append(cs, event(`[{"index":1,"delta":{},"finish_reason":"stop"}]`), event(`[{"index":0,"delta":{},"finish_reason":"stop"}]`))
				}
				ex := exchange(t, ask(), all...)
				_, s := run(t, ex, func(*gateway.Request) gateway.Stream { return gateway.Chunks(cs...) })
				got, err := drain(t, s)
				if err != nil {
					t.Fatal(err)
				}
				for i := range 2 {
					c, raw := &got.Choices[i], &ex.Facts.Answer.Choices[i]
					if c.Text() != restored(said) || c.Reasoning() != restored(thought) || c.Refusal() != restored(refused) || c.Tools[0].Args() != restoredArgs(argued) || c.Tools[1].Args() != restored(argued) {
						t.Fatalf("finish in %s, cut %d,%d:\n%v\n%v\n%v\n%v", finish, cut, second, c.Text(), c.Reasoning(), c.Refusal(), c.Tools)
					}
					if raw.Text() != said || raw.Tools[1].Args() != argued || raw.Reasoning() != thought {
						t.Fatalf("Facts.Answer was restored: %v", raw.Text())
					}
				}
			}
		}
	}
}

// validPieces reports whether every piece is valid UTF-8: JSON cannot carry half a character.
func validPieces(texts [][]string) bool {
	for _, ps := range texts {
		for _, p := range ps {
			if strings.ToValidUTF8(p, "") != p {
				return false
			}
		}
	}
	return true
}

func TestRestoreBody(t *testing.T) {
	raw := fmt.Sprintf(`{"id":"1","x":[1.50,null],"choices":[{"index":0,"message":{"role":"assistant","content":%s,"vendor":{"note":"for [PHONE_1]"},"reasoning_content":%s,"tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":%s}}]},"finish_reason":"stop"}],"usage":{"prompt_tokens":3}}`,
		quote(said), quote(thought), quote(argued))
	ex := exchange(t, ask(), all...)
	_, s := run(t, ex, func(*gateway.Request) gateway.Stream { return gateway.Chunks(body(raw)) })
	got, err := drain(t, s)
	if err != nil {
		t.Fatal(err)
	}
	c := &got.Choices[0]
	if c.Text() != restored(said) || c.Reasoning() != restored(thought) || c.Tools[0].Args() != restoredArgs(argued) || got.Usage.Input != 3 {
		t.Fatalf("%s", got.Body())
	}
	if !strings.Contains(string(got.Body()), `"x":[1.50,null]`) || !strings.Contains(string(got.Body()), "for 415-555-2671") {
		t.Fatalf("%s", got.Body())
	}
	if string(ex.Facts.Answer.Body()) != raw {
		t.Fatal("Facts.Answer was restored")
	}
}

// If the model repeats the request, the caller gets back exactly what it wrote.
func TestRedactThenRestoreIsIdentity(t *testing.T) {
	for _, text := range []string{
		"alice@example.com and Alice@Example.com, [EMAIL_1] and [email_2]", "手机１３８００１３８０００或138\u200b0013\u200b8000，邮箱ａ＠163.com",
		`C:\u0040 x\u0040y.io "quoted@x.org"`, "4111 1111 1111 1111 / 4111111111111111", pemKey + pemKey, "plain",
	} {
		ex := exchange(t, `{"messages":[{"role":"user","content":`+quote(text)+`}]}`, all...)
		inwards, s := run(t, ex, func(r *gateway.Request) gateway.Stream {
			var cs []gateway.Chunk
			for _, b := range strings.Split(r.Texts()[0].Value, "") {
				cs = append(cs, event(`[{"index":0,"delta":{"content":`+quote(b)+`}}]`))
			}
			return gateway.Chunks(cs...)
		})
		got, err := drain(t, s)
		if err != nil || got.Choices[0].Text() != text {
			t.Errorf("%v\ngot  %q\nwant %q\nvia  %q", err, got.Choices[0].Text(), text, inwards.Texts()[0].Value)
		}
	}
}

func TestTailComesOutBeforeAnError(t *testing.T) {
	broken := &gateway.Error{Kind: gateway.BadUpstream, Public: "gone"}
	ex := exchange(t, ask(), all...)
	_, s := run(t, ex, func(*gateway.Request) gateway.Stream {
		return &failing{gateway.Chunks(event(`[{"index":0,"delta":{"content":"mail [EMAIL_"}}]`)), broken}
	})
	got, err := drain(t, s)
	if !errors.Is(err, broken) || got.Choices[0].Text() != "mail [EMAIL_" {
		t.Fatalf("%v %q", err, got.Choices[0].Text())
	}
	if _, again := s.Next(); again != error(broken) {
		t.Fatal(again)
	}
	if ex.Facts.Answer.Choices[0].Text() != "mail [EMAIL_" {
		t.Fatal("what came is not in Facts")
	}
}

func TestCloseBeforeTheEndKeepsWhatCame(t *testing.T) {
	ex := exchange(t, ask(), all...)
	_, s := run(t, ex, func(*gateway.Request) gateway.Stream {
		return gateway.Chunks(event(`[{"index":0,"delta":{"content":"one"}}]`), event(`[{"index":0,"delta":{"content":"two"}}]`))
	})
	if _, err := s.Next(); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if a := ex.Facts.Answer; a == nil || a.Choices[0].Text() != "one" {
		t.Fatalf("%+v", a)
	}
	if _, err := s.Next(); err != io.EOF {
		t.Fatal(err)
	}
}

// A chunk without placeholders keeps its bytes, and the chunks of the upstream are not modified.
func TestUntouchedAndShared(t *testing.T) {
	plain := event(`[{"index":0,"delta":{"content":"a [b] c [1"}}]`)
	marked := event(`[{"index":0,"delta":{"content":"[EMAIL_1]","tool_calls":[{"index":0,"function":{"arguments":"[EMAIL_2]"}}]}}]`)
	ex := exchange(t, ask(), all...)
	_, s := run(t, ex, func(*gateway.Request) gateway.Stream { return gateway.Chunks(plain, marked) })
	c, err := s.Next()
	if err != nil || &c.Raw[0] != &plain.Raw[0] {
		t.Error("an untouched chunk was encoded anew")
	}
	if c, _ = s.Next(); c.Deltas[0].Text != "user1@example.com" {
		t.Error(c.Deltas[0].Text)
	}
	s.Close()
	if d := marked.Deltas[0]; d.Text != "[EMAIL_1]" || d.Tools[0].Args != "[EMAIL_2]" || !strings.Contains(string(marked.Raw), "[EMAIL_1]") {
		t.Error("the upstream's own chunk was edited")
	}
}

// An original with quotes and line ends is escaped in an answer that was requested as JSON.
func TestRestoreIntoJSONContent(t *testing.T) {
	const key = "-----BEGIN PRIVATE KEY-----\n\"\\\n-----END PRIVATE KEY-----"
	const text = `{"key":"[SECRET_1]"}`
	for name, chunks := range map[string][]gateway.Chunk{
		"whole":    {body(`{"id":"1","choices":[{"index":0,"message":{"content":` + quote(text) + `},"finish_reason":"stop"}]}`)},
		"streamed": {event(`[{"index":0,"delta":{"content":` + quote(text[:12]) + `}}]`), event(`[{"index":0,"delta":{"content":` + quote(text[12:]) + `},"finish_reason":"stop"}]`)},
	} {
		ex := exchange(t, `{"response_format":{"type":"json_object"},"messages":[{"role":"user","content":`+quote(key)+`}]}`, all...)
		_, s := run(t, ex, func(*gateway.Request) gateway.Stream { return gateway.Chunks(chunks...) })
		got, err := drain(t, s)
		if err != nil {
			t.Fatal(err)
		}
		if c := got.Choices[0].Text(); gjson.Get(c, "key").String() != key || !gjson.Valid(c) {
			t.Errorf("%s: %s", name, c)
		}
	}
}
