package gemini

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
)

type countAnswer struct {
	Total     int64 `json:"totalTokens"`
	Estimated bool  `json:"estimated,omitempty"` // Sluice's own
}

// ReadCount implements dialect.CountFormat.
func (Dialect) ReadCount(body []byte) (message.Count, error) {
	n := gjson.GetBytes(body, "totalTokens")
	if n.Type != gjson.Number {
		return message.Count{}, vendorerror.Broken("gemini.ReadCount", "The provider's answer has no 'totalTokens'.", nil)
	}
	return message.Count{Tokens: count(n)}, nil
}

// WriteCount implements dialect.CountFormat.
func (Dialect) WriteCount(c message.Count) []byte {
	raw, _ := json.Marshal(countAnswer{c.Tokens, c.Estimated}) // plain data always encodes
	return raw
}
