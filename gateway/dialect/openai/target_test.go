package openai

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// applied is Apply on decoded bodies; drop is the name of one top-level field.
func applied(raw, fill, beat map[string]any, model, drop string) map[string]any {
	for name, value := range fill {
		if _, ok := raw[name]; !ok {
			raw[name] = value
		}
	}
	for name, value := range beat {
		raw[name] = value
	}
	delete(raw, drop)
	if _, ok := beat["model"]; !ok && model != "" {
		raw["model"] = model
	}
	return raw
}

// FuzzApply: the result is what maps give, and what is known of it is what reading it tells.
func FuzzApply(f *testing.F) {
	for _, s := range [][5]string{
		{`{"model":"m","stream":true,"messages":[{"role":"user"}]}`, `{"temperature":1,"model":"d"}`, `{"stream":false,"x":[1]}`, "n", ""},
		{` { "a" : 1 , "b":2 ,"stream_options":{"include_usage":true}} `, `{"a":3}`, `{}`, "", ""},
		{`{"a":1,"b":2,"c":3}`, `{"d":4}`, `{"b":5,"model":"o"}`, "n", "a"},
		{`{"a":1,"model":"x"}`, `{}`, `{}`, "", "model"}, {`{"a":1,"model":"x"}`, `{}`, `{}`, "y", "model"},
		{`{"model":"x","n":1}`, `{"model":"y"}`, `{"stream":"no","model":7}`, "", ""},
		{`{"model":"x","stream":true,"stream_options":{"include_usage":true}}`, `{"stream":null}`, `{"model":null,"stream_options":null,"stream":null}`, "m", ""},
		{`{"\u0061":1,"é":2}`, `{"a":2,"é":3,"\u00e9":4}`, `{"\u0062\n":"\""}`, "é\"", ""},
		{`{}`, `{"a":1}`, `{}`, "", "b"}, {`{}`, `{}`, `{"a":1,"a":2}`, "m", "a"},
	} {
		f.Add([]byte(s[0]), []byte(s[1]), []byte(s[2]), s[3], s[4])
	}
	f.Fuzz(func(t *testing.T, raw, fill, beat []byte, model, drop string) {
		req, err := NewRequest(gateway.OpChat, raw)
		if err != nil || jsonx.String(jsonx.Quote(model)) != model || !plainName(drop) {
			return
		}
		var body, fills, beats map[string]any
		_ = json.Unmarshal(raw, &body)
		if json.Unmarshal(fill, &fills) != nil || json.Unmarshal(beat, &beats) != nil || fills == nil || beats == nil {
			return // a config has objects only
		}
		target := &gateway.Target{Default: fill, Override: beat, Model: model}
		if drop != "" {
			target.Drop = []string{drop}
		}
		got, err := target.Apply(req)
		if string(req.Raw) != string(raw) {
			t.Fatal("the request was written to")
		}
		if err != nil {
			return
		}
		var after map[string]any
		if err := json.Unmarshal(got.Raw, &after); err != nil {
			t.Fatalf("%s: %v", got.Raw, err)
		}
		if d := cmp.Diff(applied(body, fills, beats, model, drop), after); d != "" {
			t.Fatalf("%s:\n%s", got.Raw, d)
		}
		if again, err := NewRequest(gateway.OpChat, got.Raw); err == nil && (got.Model() != again.Model() || got.Stream() != again.Stream() || got.WantsUsage() != again.WantsUsage()) {
			t.Fatalf("%s: %+v, want %+v", got.Raw, got, again)
		}
	})
}

// plainName reports a name that stands for itself in a path.
func plainName(s string) bool {
	for _, c := range []byte(s) {
		if c < 'a' || c > 'z' {
			return false
		}
	}
	return true
}
