package provider

import (
	"net/http"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/tidwall/gjson"
)

// anthropicCodec translates to and from Anthropic's Messages format
// (https://docs.anthropic.com/en/api/messages). The request is written anew from the
// fields that have a counterpart; the rest of OpenAI's fields are dropped, but for those
// whose loss would change what the caller gets, which are refused by name.
type anthropicCodec struct {
	vendor Vendor
	places *places
}

const anthropicVersion = "2023-06-01"

func (c *anthropicCodec) Request(t *gateway.Target, req *gateway.Request, credential gateway.Secret) (*Post, error) {
	if req.Op == gateway.OpEmbeddings {
		return nil, noEmbeddings(&c.vendor, t)
	}
	b := t.BaseURL
	if strings.HasSuffix(strings.TrimRight(b, "/"), "/v1") { // written as OpenAI's SDK would take it
		fixed := *t
		fixed.BaseURL = strings.TrimSuffix(strings.TrimRight(b, "/"), "/v1")
		t = &fixed
	}
	to, err := c.places.at(&c.vendor, t, req.Model(), "/v1/messages")
	if err != nil {
		return nil, err
	}
	body, err := messagesBody(req)
	if err != nil {
		e := gateway.AsError(err)
		e.Target = t.Path
		return nil, e
	}
	out := newPost(to, body, req.Stream())
	out.set("Anthropic-Version", anthropicVersion)
	c.vendor.authorize(out, credential)
	return out, nil
}

func (c *anthropicCodec) Decoder(_ *gateway.Target, req *gateway.Request, h Header) Decoder {
	return &anthropicDecoder{vendor: c.vendor.ID, wanted: req.WantsUsage(), head: head{created: dated(h)}}
}

// dated is when the answer was made, in Unix seconds.
func dated(h Header) int64 {
	if at, err := http.ParseTime(h.Get("Date")); err == nil {
		return at.Unix()
	}
	return time.Now().Unix()
}

func (c *anthropicCodec) Error(status int, header Header, body []byte) *gateway.Error {
	return refusedBy(c.vendor.ID, status, header, body)
}

// finishReasons are OpenAI's words for Anthropic's stop reasons.
var finishReasons = map[string]string{
	"end_turn": "stop", "stop_sequence": "stop", "pause_turn": "stop",
	"max_tokens": "length", "model_context_window_exceeded": "length",
	"tool_use": "tool_calls", "refusal": "content_filter",
}

func finishReason(stop string) string {
	if f, ok := finishReasons[stop]; ok || stop == "" {
		return f
	}
	return "stop"
}

// readUsage takes in what u tells. Anthropic counts cached tokens beside input_tokens; a
// later report repeats or corrects an earlier one.
func readUsage(into *gateway.Usage, plain *int64, u gjson.Result) {
	u.ForEach(func(k, v gjson.Result) bool {
		if v.Type != gjson.Number {
			return true
		}
		switch k.String() {
		case "input_tokens":
			*plain = v.Int()
		case "output_tokens":
			into.Output = v.Int()
		case "cache_read_input_tokens":
			into.CacheRead = v.Int()
		case "cache_creation_input_tokens":
			into.CacheWrite = v.Int()
		}
		return true
	})
	into.Input = *plain + into.CacheRead + into.CacheWrite
}
