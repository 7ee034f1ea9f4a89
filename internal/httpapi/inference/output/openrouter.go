package output

import (
	"bytes"
	"strconv"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Under /api/v1 an answer carries fields that OpenRouter's clients read in addition to OpenAI's:
// the provider, the cost in USD, the model's thoughts under OpenRouter's name (reasoning.go), and
// system_fingerprint, which their parser requires in a body and refuses as null in an event.

var (
	noFingerprint = []byte(`"system_fingerprint":null`)
	hasProvider   = []byte(`"provider":`)
)

// openRouterBody adds the fields to a whole answer.
func openRouterBody(ex *gateway.Exchange, body []byte) []byte {
	if ex.Request == nil || ex.Request.Op == gateway.OpRender {
		return body
	}
	root := gjson.GetManyBytes(body, "usage", "provider", "system_fingerprint")
	body = openRouterCost(ex, body, root[0])
	if !root[1].Exists() {
		body = addProvider(ex, body)
	}
	if ex.Request.Op == gateway.OpChat && !root[2].Exists() {
		body = addMember(body, noFingerprint)
	}
	return body
}

// openRouterEvent adds the fields to one event.
func openRouterEvent(ex *gateway.Exchange, raw []byte) []byte {
	if bytes.Contains(raw, noFingerprint) {
		if cut, err := sjson.DeleteBytes(raw, "system_fingerprint"); err == nil {
			raw = cut
		}
	}
	if bytes.Contains(raw, hasProvider) { // as a key: inside a text the quotes are escaped
		return raw
	}
	return addProvider(ex, raw)
}

// addProvider adds the member "provider".
func addProvider(ex *gateway.Exchange, object []byte) []byte {
	provider := ex.Facts.Provider()
	if provider == "" {
		return object
	}
	return addMember(object, jsonx.AppendQuote([]byte(`"provider":`), provider))
}

// openRouterCost puts the cost, if it is known, into the usage object of body.
func openRouterCost(ex *gateway.Exchange, body []byte, usage gjson.Result) []byte {
	cost := ex.Facts.Cost
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
