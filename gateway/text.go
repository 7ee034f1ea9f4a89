package gateway

import (
	"bytes"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// Text is one string (in template variables also a number) that the caller wrote,
// with its place in the Request.
type Text struct {
	Path  string // "messages[0].content", "variables.email"
	Value string // decoded
	Role  string // of the message it stands in, "" elsewhere
	// Signed: the text belongs to a part that the vendor signed or encrypted, such as
	// reasoning. A changed part is refused, so an edit may only undo an edit of the answer.
	Signed bool

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
	out := bodyTexts(r.Raw)
	if r.Prompt == nil || len(r.Prompt.Variables) == 0 {
		return out
	}
	_ = jsonx.Walk(r.Prompt.Variables, func(n jsonx.Node) jsonx.Action { // they were checked
		if n.Kind == jsonx.KindString || n.Kind == jsonx.KindNumber && len(n.Raw()) >= 7 {
			out = append(out, Text{Path: "variables." + n.Path.String(), Value: n.Text(), variables: true, start: n.Start, end: n.End()})
		}
		return jsonx.Descend
	})
	return out
}

func bodyTexts(raw []byte) []Text {
	var out []Text
	role := ""
	_ = jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action { // it was checked
		message := n.Path.Key(0) == "messages" && len(n.Path) >= 2
		switch {
		case n.Kind == jsonx.KindKey && (len(n.Path) == 1 && routing[n.Path.Key(0)]):
			return jsonx.Skip
		case n.Kind == jsonx.KindObject && message && len(n.Path) == 2:
			role = jsonx.Text(jsonx.Get(n.Raw(), "role")) // it may stand after the content
		case n.Kind == jsonx.KindString && n.Path.Key(-1) != "role" && n.Path.Key(-1) != "type" && !isFile(n.Raw()[1:]):
			t := Text{Path: n.Path.String(), Value: n.Text(), start: n.Start, end: n.End()}
			if message && len(n.Path) > 2 {
				t.Role = role
			}
			out = append(out, t)
		}
		return jsonx.Descend
	})
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

// With returns a copy of r with the edits applied. They must come from r.Texts();
// each New is encoded as a JSON string.
func (r *Request) With(edits []Edit) (*Request, error) {
	if len(edits) == 0 {
		return r, nil
	}
	var body, variables []jsonx.Edit
	for _, e := range edits {
		s := jsonx.Edit{Start: e.Text.start, End: e.Text.end, New: jsonx.Quote(e.New)}
		if e.Text.variables {
			variables = append(variables, s)
		} else {
			body = append(body, s)
		}
	}
	c := *r
	c.Raw = jsonx.Splice(r.Raw, body)
	if len(variables) > 0 {
		p := *r.Prompt
		p.Variables = jsonx.Splice(p.Variables, variables)
		c.Prompt = &p
	}
	return &c, nil
}
