package httpapi

import (
	"bytes"
	"strconv"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Under /api/v1 the answer carries what OpenRouter's clients read beside OpenAI's
// fields: who answered, what it cost in USD, and a system_fingerprint where, and only
// where, their parser wants one.

var (
	noFingerprint = []byte(`"system_fingerprint":null`)
	hasProvider   = []byte(`"provider":`)
)

// withUsage asks for the usage of a stream on behalf of a caller who counts on it unasked:
// OpenRouter always sends it, with the cost.
func withUsage(req *gateway.Request) (*gateway.Request, error) {
	if !req.Stream() || req.WantsUsage() {
		return req, nil
	}
	path, value := "stream_options", `{"include_usage":true}`
	if options := req.Field(path); options != nil && options[0] == '{' {
		path, value = path+".include_usage", "true"
	}
	raw, err := sjson.SetRawBytes(req.Raw, path, []byte(value))
	if err != nil {
		return nil, &gateway.Error{Op: "httpapi.withUsage", Kind: gateway.Internal, Err: err}
	}
	return req.WithRaw(raw)
}

func (c *call) relayBody(body []byte) []byte {
	if c.ex.Request == nil || c.ex.Request.Op == gateway.OpRender {
		return body
	}
	root := gjson.GetManyBytes(body, "usage", "provider", "system_fingerprint")
	body = c.relayCost(body, root[0])
	if !root[1].Exists() {
		body = c.addProvider(body)
	}
	if c.ex.Request.Op == gateway.OpChat && !root[2].Exists() {
		body = addMember(body, noFingerprint)
	}
	return body
}

func (c *call) relayEvent(raw []byte) []byte {
	if bytes.Contains(raw, noFingerprint) {
		if cut, err := sjson.DeleteBytes(raw, "system_fingerprint"); err == nil {
			raw = cut
		}
	}
	if bytes.Contains(raw, hasProvider) { // as a key: inside a text the quotes are escaped
		return raw
	}
	return c.addProvider(bytes.Clone(raw))
}

// addProvider writes into object's own memory.
func (c *call) addProvider(object []byte) []byte {
	who := ""
	if a := lastAttempt(c.ex.Facts.Attempts); a != nil {
		who = a.Provider
	} else if t := onlyTarget(c.ex.Facts.Plan); t != nil {
		who = t.Provider
	}
	if who == "" {
		return object
	}
	return addMember(object, jsonx.AppendQuote([]byte(`"provider":`), who))
}

// relayCost puts cost into the usage object, which usage is of body, if it is known.
func (c *call) relayCost(body []byte, usage gjson.Result) []byte {
	cost := c.ex.Facts.Cost
	if !cost.Known || !usage.IsObject() || usage.Index == 0 || usage.Get("cost").Exists() {
		return body
	}
	at := usage.Index + len(usage.Raw) - 1 // of its closing brace
	member := []byte(`"cost":`)
	if len(bytes.TrimSpace([]byte(usage.Raw[1:len(usage.Raw)-1]))) > 0 {
		member = []byte(`,"cost":`)
	}
	member = strconv.AppendFloat(member, float64(cost.Nano)/1e9, 'f', -1, 64)
	out := make([]byte, 0, len(body)+len(member)+64)
	out = append(out, body[:at]...)
	out = append(out, member...)
	return append(out, body[at:]...)
}
