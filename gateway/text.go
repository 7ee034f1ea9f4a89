package gateway

import (
	"bytes"

	"github.com/tidwall/gjson"
)

// Text is one string (in template variables also a number) that the caller wrote,
// with its place in the Request.
type Text struct {
	Path  string // "messages[0].content", "variables.email"
	Value string // decoded
	Role  string // of the message it stands in, "" elsewhere

	variables  bool
	start, end int // with quotes
}

// Edit replaces the value of a Text of the same Request.
type Edit struct {
	Text Text
	New  string
}

// routing lists top-level fields that choose or identify and are no prompt: Configure,
// Meter and the upstream call deal with them.
var routing = map[string]bool{
	"model": true, "models": true, "user": true, "metadata": true, "config": true,
	"safety_identifier": true, "prompt_cache_key": true, "service_tier": true,
	"encoding_format": true, "reasoning_effort": true, "verbosity": true,
}

// Texts yields every string the caller wrote: contents, names, tool arguments and
// results, tool definitions, template variables, embeddings input and whatever
// unknown fields hold. It leaves out the routing fields, "role" and "type", and
// data: URLs. In variables, numbers of seven digits or more are texts as well: a
// card number need not be quoted.
func (r *Request) Texts() []Text {
	out := make([]Text, 0, 8)
	role := ""
	d := document{cursor: cursor{raw: r.Raw}, path: make([]step, 0, 8), buf: make([]byte, 0, 64)}
	d.enter = func(d *document, start int) bool {
		if len(d.path) == 2 && string(d.top()) == "messages" {
			role = gjson.GetBytes(d.raw[start:], "role").String() // it may stand after the content
		}
		return len(d.path) != 1 || !routing[string(d.top())]
	}
	d.visit = func(d *document, start, end int) {
		if d.raw[start] != '"' || len(d.path) == 1 && routing[string(d.top())] {
			return
		}
		if k := string(d.last()); k == "role" || k == "type" || isFile(d.raw[start+1:end]) {
			return
		}
		of := ""
		if len(d.path) > 2 && string(d.top()) == "messages" {
			of = role
		}
		out = append(out, Text{Path: d.at(), Value: unquote(d.raw[start:end]), Role: of, start: start, end: end})
	}
	d.value()
	if r.Prompt == nil || len(r.Prompt.Variables) == 0 {
		return out
	}
	v := document{cursor: cursor{raw: r.Prompt.Variables}}
	v.visit = func(d *document, start, end int) {
		value := string(d.raw[start:end])
		if d.raw[start] == '"' {
			value = unquote(d.raw[start:end])
		} else if end-start < 7 {
			return
		}
		out = append(out, Text{Path: "variables." + d.at(), Value: value, variables: true, start: start, end: end})
	}
	v.value()
	return out
}

// isFile reports a data: URL in base64, quote included. What only begins like one is a text.
func isFile(s []byte) bool {
	if !bytes.HasPrefix(s, []byte("data:")) {
		return false
	}
	head, rest, _ := bytes.Cut(s, []byte(","))
	return bytes.HasSuffix(head, []byte(";base64")) && len(head) < 256 && bytes.IndexFunc(rest, func(r rune) bool {
		return !(r|0x20 >= 'a' && r|0x20 <= 'z' || r >= '0' && r <= '9' || r == '+' || r == '/' || r == '\\' || r == '=' || r == '-' || r == '_' || r == '"')
	}) < 0
}

// With returns a copy of r with the edits applied. They must come from r.Texts(), in
// that order; each New is encoded as a JSON string.
func (r *Request) With(edits []Edit) (*Request, error) {
	if len(edits) == 0 {
		return r, nil
	}
	cut := 0
	for cut < len(edits) && !edits[cut].Text.variables {
		cut++
	}
	c := *r
	c.Raw = splice(r.Raw, edits[:cut])
	if cut < len(edits) {
		p := *r.Prompt
		p.Variables = splice(p.Variables, edits[cut:])
		c.Prompt = &p
	}
	return &c, nil
}

func splice(raw []byte, edits []Edit) []byte {
	if len(edits) == 0 {
		return raw
	}
	out := make([]byte, 0, len(raw)+16*len(edits))
	at := 0
	for _, e := range edits {
		out = append(out, raw[at:e.Text.start]...)
		out = AppendQuoted(out, e.New)
		at = e.Text.end
	}
	return append(out, raw[at:]...)
}
