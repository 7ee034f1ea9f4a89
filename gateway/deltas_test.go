package gateway

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// read is ReadDeltas as it would be if it looked up each member by a walk of its own. What
// the fast one reads, and what is read of its notes, is the same.
func read(c *Chunk) (id, model string) {
	part := "delta"
	if c.Form == FormBody {
		part = "message"
	}
	for m := MembersOf(c.Raw); m.Next(); {
		switch string(m.Key) {
		case "choices":
			for choice := MembersOf(m.Value); choice.Next(); {
				c.Deltas = append(c.Deltas, readChoice(choice.Value, part, len(c.Deltas)))
			}
		case "usage":
			if m.Value[0] == '{' {
				c.Usage = readUsage(m.Value)
			}
		}
	}
	return TextOf(Member(c.Raw, "id")), TextOf(Member(c.Raw, "model"))
}

func readChoice(choice []byte, part string, at int) Delta {
	d := Delta{At: at}
	for m := MembersOf(choice); m.Next(); {
		switch string(m.Key) {
		case "index":
			d.Choice = int(intOf(m.Value))
		case "finish_reason":
			d.Finish = TextOf(m.Value)
		case part:
			for m := MembersOf(m.Value); m.Next(); {
				switch string(m.Key) {
				case "content":
					d.Text = contentOf(m.Value, false)
				case "reasoning_content", "reasoning":
					if m.Value[0] == '"' {
						d.Reasoning = TextOf(m.Value)
					}
				case "refusal":
					d.Refusal = TextOf(m.Value)
				case "tool_calls":
					d.Tools = toolsOf(m.Value)
				}
			}
		}
	}
	return d
}

func readUsage(raw []byte) *Usage {
	u := &Usage{}
	for m := MembersOf(raw); m.Next(); {
		switch string(m.Key) {
		case "prompt_tokens":
			u.Input = tokens(m.Value)
		case "completion_tokens":
			u.Output = tokens(m.Value)
		case "prompt_cache_hit_tokens", "cached_tokens":
			u.CacheRead = max(u.CacheRead, tokens(m.Value))
		case "prompt_tokens_details":
			u.CacheRead = max(u.CacheRead, tokens(Member(m.Value, "cached_tokens")))
			u.CacheWrite = tokens(Member(m.Value, "cache_write_tokens"))
		case "completion_tokens_details":
			u.Reasoning = tokens(Member(m.Value, "reasoning_tokens"))
		}
	}
	return u
}

// FuzzReadDeltas: one walk reads what a walk for each level reads, and stays inside any text.
func FuzzReadDeltas(f *testing.F) {
	for _, s := range []string{body, `{}`, `[]`, ``, `"a"`, `{"choices":5,"usage":null}`, `{"usage":[1],"choices":{"a":{"index":1,"delta":{"content":"x"}}}}`,
		`{"id":"a","id":"b","model":7,"model":null,"created":"5","usage":{"prompt_tokens":1},"usage":{"cached_tokens":2}}`,
		` { "choices" : [ { "delta" : [ "content" ] , "index" : 2 , "finish_reason":"content_filter" } , [ ] , null , "x" ] , "\u0069d" : "\u00e9\"" } `,
		`{"choices":[{"message":{"content":[{"type":"text","text":"a"},{"text":"b\n"}],"refusal":"no","reasoning":"r"},"finish_reason":"length"}],"system_fingerprint":"f"}`,
		`{"choices":[{"delta":{"tool_calls":[{"index":3,"id":"t","function":{"name":"n","arguments":"{"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens_details":{"cached_tokens":-4},"completion_tokens_details":{"reasoning_tokens":3}}}`,
		`{"choices":[`, `{"choices":[{`, `{"choices":[{"delta":`, `{"choices":[,,]}`, `{"usage":}`, `{"usage":{"a"`, `{"choices":[}]}`, `{"a":"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, c := range []Chunk{{Raw: raw}, {Raw: raw, Form: FormBody}, {Raw: raw, Form: FormBody, Lasting: true}} {
			want := c
			id, model := read(&want)
			c.ReadDeltas(nil)
			var folded, walked Response
			folded.heading(&c)
			walked.heading(&want)
			gotID, gotModel := c.Names()
			if !ValidJSON(raw) {
				continue
			}
			if d := cmp.Diff(want.Deltas, c.Deltas, cmpopts.IgnoreUnexported(Delta{})); d != "" && len(want.Deltas)+len(c.Deltas) > 0 {
				t.Fatalf("%s:\n%s", raw, d)
			}
			if d := cmp.Diff(want.Usage, c.Usage); d != "" {
				t.Fatalf("%s:\n%s", raw, d)
			}
			if d := cmp.Diff(walked, folded, cmp.AllowUnexported(Response{}, Choice{}, pieces{})); d != "" {
				t.Fatalf("%s:\n%s", raw, d)
			}
			if id != gotID || model != gotModel {
				t.Fatalf("%s: %q %q, want %q %q", raw, gotID, gotModel, id, model)
			}
		}
	})
}

// What was read of a Raw does not stand for another one.
func TestTheHeadingIsThatOfRaw(t *testing.T) {
	c := Chunk{Form: FormBody, Lasting: true, Raw: []byte(body)}
	c.ReadDeltas(nil)
	c.Raw = []byte(`{"id":"c2","model":"n"}`)
	var r Response
	if r.Fold(c); r.ID != "c2" || r.Model != "n" || r.Created != 0 {
		t.Errorf("%+v", r)
	}
	if id, model := c.Names(); id != "c2" || model != "n" {
		t.Error(id, model)
	}
}
