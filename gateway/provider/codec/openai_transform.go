package codec

import (
	"crypto/sha256"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// transform changes a body in OpenAI's format to what a vendor accepts. It returns raw
// itself if nothing changes.
type transform func(raw []byte, req *gateway.Request) ([]byte, error)

// transformsOf returns the transforms for a vendor's quirks, in order.
func transformsOf(q *vendor.Quirks) []transform {
	list := []transform{includeUsage}
	if q.NoStreamOptions {
		list[0] = dropField("stream_options")
	}
	for _, name := range q.DropFields {
		list = append(list, dropField(name))
	}
	if q.MaxTokens != "" {
		list = append(list, renameMaxTokens(q.MaxTokens))
	}
	if q.NoDeveloperRole {
		list = append(list, developerToSystem)
	}
	if q.ShortCallIDs {
		list = append(list, shortCallIDs)
	}
	if q.OldReasoning {
		list = append(list, dropOldReasoning)
	}
	if !q.TakesReasoning {
		list = append(list, plainReasoning(q.ReasoningSwitch))
	}
	return list
}

// includeUsage asks for token counts in a stream. The decoder removes them for a caller who
// did not ask.
func includeUsage(raw []byte, req *gateway.Request) ([]byte, error) {
	if !req.Stream() || req.WantsUsage() {
		return raw, nil
	}
	if gjson.GetBytes(raw, "stream_options").IsObject() {
		return sjson.SetRawBytes(raw, "stream_options.include_usage", []byte("true"))
	}
	return sjson.SetRawBytes(raw, "stream_options", []byte(`{"include_usage":true}`))
}

func dropField(name string) transform {
	return func(raw []byte, _ *gateway.Request) ([]byte, error) {
		return jsonx.Delete(raw, name), nil
	}
}

// renameMaxTokens sends the limit of output tokens under the only name that the vendor
// accepts.
func renameMaxTokens(want string) transform {
	other := "max_tokens"
	if want == other {
		other = "max_completion_tokens"
	}
	return func(raw []byte, req *gateway.Request) ([]byte, error) {
		limit := jsonx.Get(raw, other)
		if limit == nil || req.Op != gateway.OpChat {
			return raw, nil
		}
		limit = slices.Clone(limit)
		return jsonx.Update(raw, jsonx.Change{Name: other}, jsonx.Change{Name: want, Value: limit, IfAbsent: true}), nil
	}
}

// plainReasoning writes OpenRouter's object "reasoning" as reasoning_effort.
func plainReasoning(keepSwitch bool) transform {
	return func(raw []byte, req *gateway.Request) ([]byte, error) {
		if req.Op != gateway.OpChat {
			return raw, nil
		}
		return openai.PlainReasoning(raw, keepSwitch)
	}
}

// developerToSystem changes developer messages to system messages.
func developerToSystem(raw []byte, req *gateway.Request) ([]byte, error) {
	if req.Op != gateway.OpChat {
		return raw, nil
	}
	var err error
	i := -1
	gjson.GetBytes(raw, "messages").ForEach(func(_, m gjson.Result) bool {
		if i++; m.Get("role").String() == "developer" {
			raw, err = sjson.SetRawBytes(raw, "messages."+strconv.Itoa(i)+".role", []byte(`"system"`))
		}
		return err == nil
	})
	return raw, err
}

// ForTarget adapts a translated request to the vendor's token limit field. OpenAI's newest
// models accept only max_completion_tokens; most other vendors with its format accept only
// max_tokens.
func ForTarget(v *vendor.Vendor, t *gateway.Target, req *gateway.Request) *gateway.Request {
	if v.Format != vendor.FormatOpenAI || v.Quirks.MaxTokens != "" || v.ID == "openai" && t.BaseURL == "" || v.Quirks.DeploymentPath != "" {
		return req
	}
	c := *req
	c.Raw, _ = renameMaxTokens("max_tokens")(req.Raw, req) // never fails
	return &c
}

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
