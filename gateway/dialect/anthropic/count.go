package anthropic

import (
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
)

// ReadCount implements dialect.CountFormat.
func (Dialect) ReadCount(body []byte) (message.Count, error) {
	n := gjson.GetBytes(body, "input_tokens")
	if n.Type != gjson.Number {
		return message.Count{}, vendorerror.Broken("anthropic.ReadCount", "The provider's answer has no 'input_tokens'.", nil)
	}
	return message.Count{Tokens: count(n)}, nil
}

// WriteCount implements dialect.CountFormat. An estimate is marked, which Anthropic's are
// not.
func (Dialect) WriteCount(c message.Count) []byte {
	var o object
	o.raw("input_tokens", number(c.Tokens))
	if c.Estimated {
		o.raw("estimated", []byte("true"))
	}
	return o.json()
}
