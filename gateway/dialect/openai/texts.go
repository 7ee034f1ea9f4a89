package openai

import (
	"slices"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
	"github.com/sluicegate/sluice/internal/sniff"
)

// routing lists top-level fields that choose or identify and are no prompt: Configure,
// Meter and the upstream call deal with them.
var routing = map[string]bool{
	"model": true, "models": true, "user": true, "metadata": true, "config": true,
	"safety_identifier": true, "prompt_cache_key": true, "service_tier": true,
	"encoding_format": true, "reasoning_effort": true, "verbosity": true,
}

// Texts implements gateway.RequestFormat: contents, names, tool arguments and results, tool
// definitions, embeddings input and whatever unknown fields hold. It leaves out the routing
// fields, "role" and "type", and binary data.
func (Dialect) Texts(raw []byte) []gateway.Text {
	var out []gateway.Text
	role := ""
	jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action { // raw was checked
		switch n.Kind {
		case jsonx.KindKey:
			if len(n.Path) == 1 && routing[n.Path.Key(0)] {
				return jsonx.Skip
			}
		case jsonx.KindObject:
			if len(n.Path) == 2 && n.Path.Key(0) == "messages" {
				role = jsonx.String(jsonx.Get(n.Raw(), "role")) // it may stand after the content
			}
		case jsonx.KindString:
			if isDeclaration(n) {
				break
			}
			t := gateway.Text{Path: n.Path.String(), Value: n.Text(), At: gateway.Span{Start: n.Start, End: n.End()}}
			if n.Path.Key(0) == "messages" && len(n.Path) > 2 {
				t.Role = role
			}
			t.Name, t.Handle = isFunctionName(n.Path, role), isHandle(n.Path)
			out = append(out, t)
		}
		return jsonx.Descend
	})
	slices.SortStableFunc(out, func(a, b gateway.Text) int { return rank(a.Path) - rank(b.Path) })
	return out
}

// isDeclaration reports a string that is no text: a word of the format, or binary data.
func isDeclaration(n jsonx.Node) bool {
	switch n.Path.Key(-1) {
	case "role", "type":
		return true
	}
	return isBinary(n)
}

// isFunctionName reports the path of the name of a function or schema. Inside arguments and
// schemas, "name" is the caller's own; in a message it is the speaker's, unless its role is
// that of a function.
func isFunctionName(path jsonx.Path, role string) bool {
	switch {
	case path.Key(-1) != "name":
		return false
	case len(path) == 3 && path.Key(0) == "messages":
		return role == "tool" || role == "function"
	}
	for _, step := range path {
		switch step.Key {
		case "parameters", "schema", "arguments", "metadata":
			return false
		}
	}
	switch path.Key(0) {
	case "messages", "tools", "tool_choice", "functions", "function_call", "response_format":
		return true
	}
	return false
}

// isHandle reports the path of the id of a call, or of the call that a result belongs to.
func isHandle(path jsonx.Path) bool {
	if path.Key(0) != "messages" {
		return false
	}
	return len(path) == 3 && path.Key(2) == "tool_call_id" || len(path) == 5 && path.Key(2) == "tool_calls" && path.Key(4) == "id"
}

// isBinary reports a string of base64 data, or a data: URL, in a place where the format has
// images, speech, videos and files. Anywhere else it is a text.
func isBinary(n jsonx.Node) bool {
	if n.Kind != jsonx.KindString || n.Path.Key(0) != "messages" && n.Path.Key(0) != "input" {
		return false
	}
	switch n.Path.Key(-1) {
	case "data":
		return n.Path.Key(-2) == "input_audio" && sniff.IsBinary(n.Raw())
	case "url":
		switch n.Path.Key(-2) {
		case "image_url", "video_url", "audio_url":
			return sniff.IsDataURL(n.Raw())
		}
	case "image_url", "file_data":
		return sniff.IsDataURL(n.Raw())
	}
	return false
}

// rank is the rank of the top-level field that a path leads into.
func rank(path string) int {
	return Dialect{}.Field(gateway.FieldOf(path)).Rank
}
