package responses

import (
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// ReadCount implements dialect.CountFormat.
func (Dialect) ReadCount(body []byte) (message.Count, error) {
	n := gjson.GetBytes(body, "input_tokens")
	if n.Type != gjson.Number {
		return message.Count{}, vendorerror.Broken("responses.ReadCount", "The provider's answer has no 'input_tokens'.", nil)
	}
	return message.Count{Tokens: count(n)}, nil
}

// WriteCount implements dialect.CountFormat. An estimate is marked, which OpenAI's are not.
func (Dialect) WriteCount(c message.Count) []byte {
	var o jsonx.Object
	o.Text("object", "response.input_tokens")
	o.Int("input_tokens", c.Tokens)
	if c.Estimated {
		o.Raw("estimated", []byte("true"))
	}
	return o.JSON()
}
