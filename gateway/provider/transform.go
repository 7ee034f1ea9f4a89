package provider

import (
	"slices"
	"strconv"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// transform changes a body in OpenAI's format into what a vendor takes. It returns raw
// itself where there is nothing to change.
type transform func(raw []byte, req *gateway.Request) ([]byte, error)

// transforms lists what a vendor's quirks need, in order.
func (q Quirks) transforms() []transform {
	list := []transform{askForUsage}
	if q.NoStreamOptions {
		list[0] = withoutField("stream_options")
	}
	for _, name := range q.Drop {
		list = append(list, withoutField(name))
	}
	if q.MaxTokens != "" {
		list = append(list, limitNamed(q.MaxTokens))
	}
	if q.NoDeveloper {
		list = append(list, withoutDeveloper)
	}
	return list
}

// askForUsage makes a stream report token counts. Decoder hides them from a caller who did
// not ask.
func askForUsage(raw []byte, req *gateway.Request) ([]byte, error) {
	if !req.Stream() || req.WantsUsage() {
		return raw, nil
	}
	if gjson.GetBytes(raw, "stream_options").IsObject() {
		return sjson.SetRawBytes(raw, "stream_options.include_usage", []byte("true"))
	}
	return sjson.SetRawBytes(raw, "stream_options", []byte(`{"include_usage":true}`))
}

func withoutField(name string) transform {
	return func(raw []byte, _ *gateway.Request) ([]byte, error) {
		return jsonx.Delete(raw, name), nil
	}
}

// limitNamed sends the limit of output tokens under the one name that the vendor takes.
func limitNamed(want string) transform {
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

// withoutDeveloper turns developer messages into system messages.
func withoutDeveloper(raw []byte, req *gateway.Request) ([]byte, error) {
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
