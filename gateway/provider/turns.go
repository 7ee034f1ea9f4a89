package provider

import (
	"crypto/sha256"
	"math/big"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// eachMessage returns a body with the messages that change returns for those of a chat; nil leaves a
// message as it is.
func eachMessage(raw []byte, change func(message []byte, index int) []byte) []byte {
	list := jsonx.Get(raw, "messages")
	if len(list) == 0 || list[0] != '[' {
		return raw
	}
	var edits []jsonx.Edit
	for m := range jsonx.Elements(list) {
		if m.Value[0] != '{' {
			continue
		}
		if changed := change(m.Value, m.Index); changed != nil {
			edits = append(edits, jsonx.Edit{Start: m.Start, End: m.End, New: changed})
		}
	}
	if edits == nil {
		return raw
	}
	return jsonx.Update(raw, jsonx.Change{Name: "messages", Value: jsonx.Splice(list, edits)})
}

// dropOldReasoning removes the reasoning of turns before the last one of the user's, which DeepSeek
// Takes for the calls of tools that it is about and refuses or ignores elsewhere
// (https://api-docs.deepseek.com/guides/thinking_mode).
func dropOldReasoning(raw []byte, req *gateway.Request) ([]byte, error) {
	if req.Op != gateway.OpChat {
		return raw, nil
	}
	last := -1
	for m := range jsonx.Elements(jsonx.Get(raw, "messages")) {
		if jsonx.String(jsonx.Get(m.Value, "role")) == "user" {
			last = m.Index
		}
	}
	return eachMessage(raw, func(message []byte, index int) []byte {
		if index > last || jsonx.Get(message, "reasoning_content") == nil {
			return nil
		}
		return jsonx.Update(message, jsonx.Change{Name: "reasoning_content"})
	}), nil
}

// shortCallIDs writes the ids of tool calls in the form that Mistral takes: nine letters and digits
// (https://docs.mistral.ai/capabilities/function_calling). An id of another form becomes a hash of it,
// so that a call and its result keep the same one.
func shortCallIDs(raw []byte, req *gateway.Request) ([]byte, error) {
	if req.Op != gateway.OpChat {
		return raw, nil
	}
	return eachMessage(raw, func(message []byte, _ int) []byte {
		out := message
		if id := jsonx.Get(message, "tool_call_id"); len(id) > 0 && id[0] == '"' && !isShortID(jsonx.String(id)) {
			out = jsonx.Update(out, jsonx.Change{Name: "tool_call_id", Value: jsonx.Quote(shortID(jsonx.String(id)))})
		}
		calls := jsonx.Get(message, "tool_calls")
		if len(calls) > 0 && calls[0] == '[' {
			var edits []jsonx.Edit
			for c := range jsonx.Elements(calls) {
				id := jsonx.Get(c.Value, "id")
				if len(id) == 0 || id[0] != '"' || isShortID(jsonx.String(id)) {
					continue
				}
				edits = append(edits, jsonx.Edit{Start: c.Start, End: c.End, New: jsonx.Update(c.Value, jsonx.Change{Name: "id", Value: jsonx.Quote(shortID(jsonx.String(id)))})})
			}
			if edits != nil {
				out = jsonx.Update(out, jsonx.Change{Name: "tool_calls", Value: jsonx.Splice(calls, edits)})
			}
		}
		if len(out) == len(message) && &out[0] == &message[0] {
			return nil
		}
		return out
	}), nil
}

// shortIDLength is the length of an id of Mistral's.
const shortIDLength = 9

func isShortID(id string) bool {
	return len(id) == shortIDLength && strings.Trim(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

func shortID(id string) string {
	sum := sha256.Sum256([]byte(id))
	text := new(big.Int).SetBytes(sum[:]).Text(62)
	return (text + strings.Repeat("0", shortIDLength))[:shortIDLength]
}
