package gateway

import (
	"errors"
	"testing"
)

// applied is Apply with a look-up for each default, a copy for each step, and the result
// read as a whole.
func applied(t *Target, req *Request) (*Request, error) {
	raw, err := req.Raw, error(nil)
	var changes []Change
	for m := MembersOf(t.Default); m.Next(); {
		if req.Field(string(m.Key)) == nil {
			changes = put(changes, Change{Name: string(m.Key), Value: m.Value})
		}
	}
	for m := MembersOf(t.Override); m.Next(); {
		changes = put(changes, Change{Name: string(m.Key), Value: m.Value})
	}
	model := t.Model != "" && Member(t.Override, "model") == nil
	if model && len(t.Drop) == 0 {
		changes = put(changes, Change{Name: "model", Value: AppendQuoted(nil, t.Model)})
	}
	if len(changes) > 0 {
		raw = rewritten(raw, changes)
	}
	if raw, err = dropPaths(raw, t.Drop); err != nil {
		return nil, err
	}
	if out, err := req.WithRaw(raw); err != nil || !model || len(t.Drop) == 0 {
		return out, err
	}
	return req.WithRaw(rewritten(raw, []Change{{Name: "model", Value: AppendQuoted(nil, t.Model)}}))
}

func rewritten(raw []byte, changes []Change) []byte {
	out := []byte("{")
	made := make([]bool, len(changes))
members:
	for m := MembersOf(raw); m.Next(); {
		for i, c := range changes {
			if c.Name != string(m.Key) {
				continue
			}
			if made[i] = true; c.Value != nil {
				out = append(comma(out), raw[m.start:m.at.pos-len(m.Value)]...)
				out = append(out, c.Value...)
			}
			continue members
		}
		out = append(comma(out), raw[m.start:m.at.pos]...)
	}
	for i, c := range changes {
		if !made[i] && c.Value != nil {
			out = append(AppendQuoted(comma(out), c.Name), ':')
			out = append(out, c.Value...)
		}
	}
	return append(out, '}')
}

// FuzzApply: one copy gives what the steps of Portkey's order give one after the other, and
// what is known of the result is what reading it tells.
func FuzzApply(f *testing.F) {
	for _, s := range [][5]string{
		{`{"model":"m","stream":true,"messages":[{"role":"user"}]}`, `{"temperature":1,"model":"d"}`, `{"stream":false,"x":[1]}`, "n", ""},
		{` { "a" : 1 , "b":2 ,"stream_options":{"include_usage":true}} `, `{"a":3}`, ``, "", ""},
		{`{"a":1,"b":2,"c":3}`, `{"d":4}`, `{"b":5,"model":"o"}`, "n", "a"},
		{`{"a":1,"model":"x"}`, `{}`, `{}`, "", "model"},
		{`{"model":"x","n":1}`, `{"model":"y"}`, `{"stream":"no","model":7}`, "", ""},
		{`{"messages":[{}],"model":"x"}`, ``, `{"model":1,"messages":[]}`, "", ""},
		{`{"model":"x","stream":true,"stream_options":{"include_usage":true}}`, `{"stream":null}`, `{"model":null,"stream_options":null,"stream":null}`, "", ""},
		{`{"\u0061":1,"é":2}`, `{"a":2,"é":3,"\u00e9":4}`, `{"\u0062\n":"\""}`, "é\"", ""},
		{`{}`, `{"a":1}`, ``, "", "b"}, {`{}`, ``, `{"a":1,"a":2}`, "m", "a"},
	} {
		f.Add([]byte(s[0]), []byte(s[1]), []byte(s[2]), s[3], s[4])
	}
	f.Fuzz(func(t *testing.T, raw, fill, beat []byte, model, drop string) {
		req, err := NewRequest(OpChat, raw)
		if err != nil || len(fill) > 0 && !ValidJSON(fill) || len(beat) > 0 && !ValidJSON(beat) {
			return
		}
		for m := MembersOf(fill); m.Next(); {
			if m.Key == nil {
				return // config allows objects alone
			}
		}
		for m := MembersOf(beat); m.Next(); {
			if m.Key == nil {
				return
			}
		}
		target := &Target{Default: fill, Override: beat, Model: model}
		if drop != "" {
			target.Drop = []string{drop}
		}
		want, wantErr := applied(target, req)
		got, err := target.Apply(req)
		if string(req.Raw) != string(raw) {
			t.Fatal("the request was written to")
		}
		if err != nil || wantErr != nil {
			var a, b *Error
			if !errors.As(err, &a) || !errors.As(wantErr, &b) || a.Public != b.Public || a.Param != b.Param || a.Op != b.Op {
				if !errors.As(err, &a) || a.Op != "gateway.Target.Apply" { // dropPaths alone tells less
					t.Fatalf("%v, want %v", err, wantErr)
				}
			}
			return
		}
		if len(fill)+len(beat)+len(drop) == 0 && (model == "" || model == req.Model()) {
			return // nothing to apply: as it was
		}
		if string(got.Raw) != string(want.Raw) {
			t.Fatalf("%s\nwant\n%s", got.Raw, want.Raw)
		}
		if got.Model() != want.Model() || got.Stream() != want.Stream() || got.WantsUsage() != want.WantsUsage() {
			t.Fatalf("%s: %+v, want %+v", got.Raw, got, want)
		}
	})
}
