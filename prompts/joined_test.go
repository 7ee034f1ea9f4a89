package prompts

import (
	"testing"
	"unicode/utf8"

	"github.com/sluicegate/sluice/gateway"
)

// FuzzJoined: a rendered request that is not validated again would be found valid, and a
// template that breaks it is refused as before.
func FuzzJoined(f *testing.F) {
	for _, c := range [][3]string{
		{`{"messages":[{"role":"user","content":"Say {{x}}!"}],"parameters":{"stop":["\u00e9"]},"model":"m"}`, `{"x":"two\nlines \"and\" é"}`, `{"temperature":0.2}`},
		{`{"messages":[{"role":"system","content":[{"type":"text","text":"{{#a}}{{b}},{{/a}}{{x.y}}"}]}]}`, `{"a":[{"b":1e3},{"b":null}],"x":{"y":{"z":[true]}}}`, `{"messages":[{"role":"user","content":"\ud83d"}],"n":1}`},
		{"{\"messages\":[{\"role\":\"user\",\"content\":\"{{x}}\",\"name\":\"\xff\"}]}", `{"x":"y"}`, `{}`},
		{"{\"prompt\":\"\xff {{x}}\",\"parameters\":{\"k\\u00e9\":\"\xc3\"}}", `{"x":"y"}`, `{"variables":null}`},
		{`{"prompt":"{{x}}","model":"a\"b"}`, `{"x":[[[1]]]}`, `{"model":"c\\d","messages":[]}`},
	} {
		f.Add(c[0], c[1], c[2])
	}
	f.Fuzz(func(t *testing.T, template, given, call string) {
		b, ps := parseBody([]byte(template))
		if len(ps) > 0 {
			return
		}
		e, ps := compile(b, 1, library{partial: func(string) (string, error) { return "p", nil }})
		if _, err := gateway.NewRequest(gateway.OpChat, []byte(`{"variables":`+given+`}`)); err != nil || len(ps) > 0 {
			return
		}
		if _, err := gateway.NewRequest(gateway.OpChat, []byte(call)); err != nil {
			return
		}
		vs, err := readVariables([]byte(given))
		if err != nil {
			return
		}
		a := &e.arms[0]
		raw, err := a.request([]byte(call), vs, false)
		if err != nil {
			return
		}
		got, gotErr := a.read(raw)
		want, wantErr := gateway.NewRequest(gateway.OpChat, raw, "messages")
		if (gotErr == nil) != (wantErr == nil) || gotErr == nil && got.Model() != want.Model() {
			t.Fatalf("%q: %v, want %v", raw, gotErr, wantErr)
		}
		if a.sound && !utf8.Valid(raw) {
			t.Fatalf("not UTF-8: %q", raw)
		}
		if gotErr != nil && gotErr.Error() != wantErr.Error() {
			t.Fatalf("%v, want %v", gotErr, wantErr)
		}
	})
}
