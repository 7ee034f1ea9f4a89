package anthropic

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// mayHoldForeign reports whether WithoutForeign may have to change a body.
func mayHoldForeign(body []byte) bool {
	return hasEmpty(body, []byte(`"signature"`)) || hasEmpty(body, []byte(`"encrypted_index"`)) || bytes.Contains(body, []byte(`"`+message.Stamp(message.StampGoogle, "")))
}

// hasEmpty reports a member of that name, with its quotes, whose value is an empty string.
func hasEmpty(body, name []byte) bool {
	for {
		_, rest, found := bytes.Cut(body, name)
		if !found {
			return false
		}
		value, colon := bytes.CutPrefix(bytes.TrimLeft(rest[:min(len(rest), 8)], " \t\r\n"), []byte(":"))
		if colon && bytes.HasPrefix(bytes.TrimLeft(value, " \t\r\n"), []byte(`""`)) {
			return true
		}
		body = rest
	}
}

// WithoutForeign is a body without what targets of other formats left in the turns of the model, and
// Anthropic refuses: reasoning that Anthropic did not sign, and citations that it did not make. Of a
// run of turns that has such reasoning all reasoning goes; see message.KeepWholeTails. A call of a
// tool without its reasoning cannot stand in a request that thinks by a budget, so such a request
// does not think.
func WithoutForeign(body []byte) []byte {
	if !mayHoldForeign(body) {
		return body
	}
	list := jsonx.Get(body, "messages")
	messages := slices.Collect(jsonx.Elements(list))
	var edits []jsonx.Edit
	var empty [][]string // turns that say nothing else
	bare := false        // a call lost its reasoning
	for start := 0; start < len(messages); {
		end := start + 1
		for end < len(messages) && !beginsRun(messages[end].Value) {
			end++
		}
		lost := slices.ContainsFunc(messages[start:end], func(m jsonx.Element) bool { return hasForeignReasoning(m.Value) })
		for _, m := range messages[start:end] {
			content, calls := ownBlocks(m.Value, lost)
			if bare = bare || lost && calls; content == nil {
				continue
			}
			if len(content) == 0 {
				empty = append(empty, []string{strconv.Itoa(m.Index)})
			}
			edits = append(edits, jsonx.Edit{Start: m.Start, End: m.End, New: jsonx.Update(m.Value, jsonx.Change{Name: "content", Value: array(content)})})
		}
		start = end
	}
	changes := []jsonx.Change{{Name: "messages", Value: jsonx.DeleteAll(jsonx.Splice(list, edits), empty)}}
	if len(edits) == 0 {
		return body
	}
	if bare && jsonx.String(jsonx.Get(body, "thinking", "type")) == "enabled" {
		changes = append(changes, jsonx.Change{Name: "thinking"})
	}
	return jsonx.Update(body, changes...)
}

// beginsRun reports a turn of the user's that holds no result of a tool.
func beginsRun(message []byte) bool {
	for b := range jsonx.Elements(jsonx.Get(message, "content")) {
		if blockType(b.Value) == "tool_result" {
			return false
		}
	}
	return jsonx.String(jsonx.Get(message, "role")) == "user"
}

func blockType(block []byte) string { return jsonx.String(jsonx.Get(block, "type")) }

// hasForeignReasoning reports reasoning that Anthropic did not sign.
func hasForeignReasoning(message []byte) bool {
	for b := range jsonx.Elements(jsonx.Get(message, "content")) {
		switch blockType(b.Value) {
		case "thinking":
			if jsonx.String(jsonx.Get(b.Value, "signature")) == "" {
				return true
			}
		case "redacted_thinking":
			if isStamped(jsonx.String(jsonx.Get(b.Value, "data"))) {
				return true
			}
		}
	}
	return false
}

func isStamped(data string) bool { return message.Signature{Encrypted: data}.Stamped() }

// ownBlocks are the blocks of a turn that Anthropic takes, nil if it takes all of them. calls: a tool
// is called.
func ownBlocks(message []byte, withoutReasoning bool) (own [][]byte, calls bool) {
	own = [][]byte{}
	changed := false
	for b := range jsonx.Elements(jsonx.Get(message, "content")) {
		block := b.Value
		switch blockType(block) {
		case "thinking", "redacted_thinking":
			if withoutReasoning {
				changed = true
				continue
			}
		case "tool_use":
			calls = true
		case "text":
			if list, foreign := withoutForeignCitations(jsonx.Get(block, "citations")); foreign {
				block, changed = jsonx.Update(block, jsonx.Change{Name: "citations", Value: list}), true
			}
		}
		own = append(own, block)
	}
	if !changed {
		return nil, calls
	}
	return own, calls
}

// withoutForeignCitations returns nil for a list of which nothing stays.
func withoutForeignCitations(list []byte) (out []byte, foreign bool) {
	var own [][]byte
	for c := range jsonx.Elements(list) {
		if index, named := jsonx.Unquote(jsonx.Get(c.Value, "encrypted_index")); named && index == "" {
			foreign = true
			continue
		}
		own = append(own, c.Value)
	}
	if len(own) == 0 {
		return nil, foreign
	}
	return array(own), foreign
}
