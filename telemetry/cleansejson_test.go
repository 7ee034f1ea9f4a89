package telemetry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails"
)

// tokens is what token and between know, in other words.
var tokens = regexp.MustCompile(`(?s)^(?:"(?:[^"\\]|\\.)*"|true|false|null|[-+.0-9eE]+|[{}\[\],: \t\n\r])`)

// tokenwise is pass without its memories.
func tokenwise(body string, detect func(string) string) (out []byte, ok bool) {
	numberKey := ""
	for body != "" {
		t := tokens.FindString(body)
		if t == "" {
			return nil, false
		}
		body = body[len(t):]
		clean, s := t, t
		if t[0] == '"' {
			if isKey(body, 0) {
				numberKey = t[1 : len(t)-1]
			}
			s = unquoted(t)
			clean = s
			if cut := dataURL(t[1 : len(t)-1]); cut != nil {
				out = append(out, cut...)
				continue
			}
			if len(t)-2 >= shortest && len(s) >= shortest {
				clean = detect(s)
			}
		} else if len(t) >= 7 && !clocks[numberKey] && digits(t) {
			clean = detect(t)
		}
		if clean != s {
			out = gateway.AppendQuoted(out, clean)
		} else {
			out = append(out, t...)
		}
	}
	return out, true
}

func unquoted(raw string) string {
	var s string
	if !strings.Contains(raw, `\`) || json.Unmarshal([]byte(raw), &s) != nil {
		return raw[1 : len(raw)-1]
	}
	return s
}

func FuzzPass(f *testing.F) {
	for _, s := range []string{
		`{"a":"x@example.com","n":4111111111111111,"created":1763820000,"b":[true,false,null,-1.5e+3]}`, `{"a":"\\","b":"\"x@example.com\\\""}`,
		`"\`, `"\\\"`, `"\\\\"`, `"a`, `{"url":"data:text/plain;base64,AAAA"}`, `tru`, "[1 , 2\n]", "\x00", `"\ud83d\ude00 \ud83d \/x@example.com\n"`, "\"\\nx@example.com\xff\"", "\"\\q x@example.com\"", "\"\\n\n x@example.com\"", `"x@example.com" "x@example.com" "and a text of more than so many letters"`,
		`{"key \u0078@example.com":"4111111111111111"}`, "",
	} {
		f.Add(s, "")
		f.Add(s, s)
	}
	f.Add(`{"created":1763820000123,"number":1763820000123,"data:text/plain;base64,AAAA":"number\"","\\number":0}`, `{"number":1763820000123,"created":"number","number\"":"data:text/plain;base64,AAAA"}`)
	mail := regexp.MustCompile(`\w+@[a-z.]+|\d{16}`)
	detect := func(s string) string { return mail.ReplaceAllString(s, "[X]") }
	c := newCleanser(&Settings{Cleanse: detect})
	f.Fuzz(func(t *testing.T, first, second string) {
		for i, body := range []string{first, second, first, first, second, first} {
			if i%3 == 0 {
				c.row()
			}
			want, ok := tokenwise(body, detect)
			var room texts
			if got := c.piece(&room, []byte(body), true); got != ok || ok && !bytes.Equal(room, want) {
				t.Fatalf("%q: %q %v, want %q %v", body, room, got, want, ok)
			}
		}
	})
}

// What the order of the row before says is what the memo would say, and is forgotten with it.
func TestMemoKeepsToRows(t *testing.T) {
	asked := map[string]int{}
	m := newMemo()
	get := func(s, want string) {
		t.Helper()
		got := m.get(s, func(s string) string {
			asked[s]++
			return strings.ReplaceAll(s, "secret", "[X]")
		})
		if got != want {
			t.Fatalf("%q became %q", s, got)
		}
	}
	for i := range 4 {
		m.next = 0
		get("a model", "a model")
		if i%2 == 1 {
			get("a secret", "a [X]")
		}
		get("a route", "a route")
		get("a secret", "a [X]")
	}
	if len(asked) != 3 || asked["a secret"] != 1 || asked["a route"] != 1 {
		t.Fatal(asked)
	}
	m.forget()
	get("a model", "a model")
	if asked["a model"] != 2 {
		t.Error("remembered for ever")
	}
	for i := range 3 * memoMax {
		m.get(fmt.Sprint("text ", i), strings.ToUpper)
	}
	if len(m.texts) > memoMax || len(m.order) > memoRow {
		t.Error(len(m.texts), len(m.order))
	}
}

// BenchmarkBodies is the cleansing of a request with variables and of an answer, of 1 KB each,
// all different in their words; with line ends, too.
func BenchmarkBodies(b *testing.B) {
	const words = "the parcel arrived before my neighbour could open a door and nobody said that it was broken already"
	b.Run("plain", func(b *testing.B) { benchmarkBodies(b, strings.Fields(words)) })
	b.Run("lines", func(b *testing.B) { benchmarkBodies(b, strings.Fields(words+` \n`)) })
}

func benchmarkBodies(b *testing.B, words []string) {
	guards := guardrails.New(guardrails.Settings{})
	defer guards.Close()
	r := rand.New(rand.NewPCG(1, 2))
	letter := func() string {
		var s strings.Builder
		for s.Len() < 850 {
			s.WriteString(words[r.IntN(len(words))] + " ")
		}
		return s.String()
	}
	type bodies struct{ asked, variables, answer []byte }
	list := make([]bodies, 64)
	for i := range list {
		one := letter()
		list[i] = bodies{
			[]byte(`{"model":"bench","temperature":0.2,"messages":[{"role":"system","content":"You answer customers of a parcel service, briefly and kindly."},{"role":"user","content":"` + one + `"}],"max_tokens":400}`),
			[]byte(`{"letter":"` + one + `"}`),
			[]byte(`{"id":"chatcmpl-` + one[:9] + `","object":"chat.completion","created":1790000000,"model":"bench","choices":[{"index":0,"message":{"role":"assistant","content":"` + letter() + `","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":240,"completion_tokens":160,"total_tokens":400,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}},"system_fingerprint":"fp_bench"}`),
		}
	}
	build := builder{cleanser: newCleanser(&Settings{Cleanse: guards.Cleanse}), bodyMax: 1 << 20}
	var room texts
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		room = room[:0]
		one := &list[i%len(list)]
		if i%len(list) == 0 {
			build.cleanser.clean.forget() // texts that were there before are not the measure
		}
		build.cleanser.row()
		build.withVariables(&room, one.asked, one.variables)
		build.body(&room, one.answer)
	}
}
