package provider

import (
	"strconv"

	"github.com/sluicegate/sluice/gateway"
	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"
)

var withUsage = []byte(`{"include_usage":true}`)

// body is the request as the vendor takes it. Without a quirk and without a stream it is
// the caller's own bytes.
func (c *openaiCodec) body(t *gateway.Target, req *gateway.Request) ([]byte, error) {
	q, raw := &c.vendor.Quirks, req.Raw
	var err error
	step := func(f func() ([]byte, error)) {
		if err == nil {
			if out, e := f(); e != nil {
				err = e
			} else {
				raw = out
			}
		}
	}
	if req.Stream() && !req.WantsUsage() && !q.NoStreamOptions {
		step(func() ([]byte, error) {
			if gjson.GetBytes(raw, "stream_options").IsObject() {
				return sjson.SetRawBytes(raw, "stream_options.include_usage", []byte("true"))
			}
			return sjson.SetRawBytes(raw, "stream_options", withUsage)
		})
	}
	if q.NoStreamOptions && req.Field("stream_options") != nil {
		step(func() ([]byte, error) { return sjson.DeleteBytes(raw, "stream_options") })
	}
	for _, field := range q.Drop {
		if req.Field(field) != nil {
			step(func() ([]byte, error) { return sjson.DeleteBytes(raw, field) })
		}
	}
	if q.MaxTokens != "" && req.Op == gateway.OpChat {
		step(func() ([]byte, error) { return renameLimit(raw, q.MaxTokens) })
	}
	if q.NoDeveloper && req.Op == gateway.OpChat {
		step(func() ([]byte, error) { return withoutDeveloper(raw) })
	}
	if err != nil {
		return nil, &gateway.Error{Op: "provider.openai.body", Kind: gateway.Invalid, Target: t.Path,
			Public: "The request cannot be written for the provider '" + c.vendor.ID + "'.", Err: err}
	}
	return raw, nil
}

// renameLimit sends the limit of tokens under the one name the vendor takes.
func renameLimit(raw []byte, want string) ([]byte, error) {
	other := "max_tokens"
	if want == other {
		other = "max_completion_tokens"
	}
	v := gjson.GetBytes(raw, other)
	if !v.Exists() {
		return raw, nil
	}
	if !gjson.GetBytes(raw, want).Exists() {
		var err error
		if raw, err = sjson.SetRawBytes(raw, want, []byte(v.Raw)); err != nil {
			return nil, err
		}
	}
	return sjson.DeleteBytes(raw, other)
}

// withoutDeveloper turns developer messages into system messages.
func withoutDeveloper(raw []byte) ([]byte, error) {
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
