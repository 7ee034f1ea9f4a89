package provider

import (
	"slices"
	"strconv"

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

// forTarget adapts a translated request to the vendor's token limit field. OpenAI's newest
// models accept only max_completion_tokens; most other vendors with its format accept only
// max_tokens.
func forTarget(v *vendor.Vendor, t *gateway.Target, req *gateway.Request) *gateway.Request {
	if v.Format != vendor.FormatOpenAI || v.Quirks.MaxTokens != "" || v.ID == "openai" && t.BaseURL == "" || v.Quirks.DeploymentPath != "" {
		return req
	}
	c := *req
	c.Raw, _ = renameMaxTokens("max_tokens")(req.Raw, req) // never fails
	return &c
}
