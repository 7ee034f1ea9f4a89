package responses

import (
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
	"github.com/sluicegate/sluice/internal/sniff"
)

// routing lists top-level fields that choose or identify and are no prompt: Configure, Meter and
// the upstream call deal with them.
var routing = map[string]bool{
	"model": true, "user": true, "metadata": true, "client_metadata": true, "config": true, "stream": true, "stream_options": true,
	"safety_identifier": true, "prompt_cache_key": true, "prompt_cache_retention": true, "prompt_cache_options": true,
	"service_tier": true, "reasoning": true, "include": true, "truncation": true, "previous_response_id": true,
	"conversation": true, "background": true, "store": true, "context_management": true,
}

// Texts implements gateway.RequestFormat: instructions, contents, arguments and results of tools,
// definitions of tools and whatever unknown fields hold. It leaves out the routing fields, "type"
// and "role", and binary data.
func (Dialect) Texts(raw []byte) []gateway.Text {
	var r textReader
	jsonx.Walk(raw, r.visit) // raw was checked
	slices.SortStableFunc(r.out, func(a, b gateway.Text) int { return rank(a.Path) - rank(b.Path) })
	return r.out
}

// rank is the rank of the top-level field that a path leads into.
func rank(path string) int {
	return Dialect{}.Field(gateway.FieldOf(path)).Rank
}

// textReader collects the texts of a request.
type textReader struct {
	out    []gateway.Text
	binary []gateway.Span // base64 data, encrypted reasoning included
	role   string         // of the item that is being read
	kind   string         // of that item
	sealed bool           // it is reasoning that a vendor with another format signed
}

func (r *textReader) visit(n jsonx.Node) jsonx.Action {
	switch n.Kind {
	case jsonx.KindKey:
		if len(n.Path) == 1 && routing[n.Path.Key(0)] {
			return jsonx.Skip
		}
	case jsonx.KindObject:
		if isItem(n.Path) && len(n.Path) == 2 {
			r.enter(n.Raw())
		}
	case jsonx.KindString:
		r.text(n)
	}
	return jsonx.Descend
}

// enter notes what an item says of its members: "type" and "role" may stand behind them.
func (r *textReader) enter(item []byte) {
	r.kind, r.role = jsonx.String(jsonx.Get(item, "type")), jsonx.String(jsonx.Get(item, "role"))
	r.sealed = r.kind == "reasoning" && isSealed(jsonx.String(jsonx.Get(item, "encrypted_content")))
	switch {
	case r.role != "":
	case strings.HasSuffix(r.kind, "_output"):
		r.role = "tool"
	case strings.HasSuffix(r.kind, "_call"), r.kind == "reasoning":
		r.role = "assistant"
	}
}

// isItem reports whether path leads into an item of the input.
func isItem(path jsonx.Path) bool {
	return len(path) >= 2 && path[0].Key == "input" && path[1].Index >= 0
}

func (r *textReader) text(n jsonx.Node) {
	key := n.Path.Key(-1)
	if key == "type" || key == "role" {
		return
	}
	at := gateway.Span{Start: n.Start, End: n.End()}
	if isBinary(n, r.kind) {
		r.binary = append(r.binary, at)
		return
	}
	t := gateway.Text{Path: n.Path.String(), Value: n.Text(), At: at, Name: isName(n.Path)}
	switch {
	case isItem(n.Path):
		t.Role = r.role
		t.Handle = len(n.Path) == 3 && (key == "id" || key == "call_id")
		t.Signed = key == "encrypted_content" || r.sealed && key == "text"
	case n.Path.Key(0) == "input" && len(n.Path) == 1:
		t.Role = "user"
	case n.Path.Key(0) == "instructions":
		t.Role = "system"
	}
	r.out = append(r.out, t)
	// Restoring never writes into encrypted data, so there is nothing to undo in it.
	if t.Signed && key != "text" && sniff.IsBase64(n.Raw()) {
		r.binary = append(r.binary, at)
	}
}

// isName reports the path of the name of a function. Inside arguments and schemas, "name" is the
// caller's own.
func isName(path jsonx.Path) bool {
	if path.Key(-1) != "name" {
		return false
	}
	switch path.Key(0) {
	case "tools":
		return isToolList(path)
	case "tool_choice":
		return len(path) == 2 || isToolList(path)
	case "text":
		return len(path) == 3 && path.Key(1) == "format"
	}
	return isItem(path) && (len(path) == 3 || isToolList(path) && path.Key(2) == "tools")
}

// isBinary reports base64 data, or a data: URL, in a place where the format has images, speech
// and files. Anywhere else it is a text. kind is the type of the item that holds it.
func isBinary(n jsonx.Node, kind string) bool {
	if !isItem(n.Path) {
		return false
	}
	switch n.Path.Key(-1) {
	case "image_url":
		return sniff.IsDataURL(n.Raw())
	case "file_data":
		return sniff.IsDataURL(n.Raw()) || sniff.IsBinary(n.Raw())
	case "data":
		return n.Path.Key(-2) == "input_audio" && sniff.IsBinary(n.Raw())
	case "result":
		return kind == "image_generation_call" && len(n.Path) == 3 && sniff.IsBinary(n.Raw())
	}
	return false
}
