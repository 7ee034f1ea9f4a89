package vendorerror

import (
	"bytes"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// IsEndMark reports whether the data of an event ends a stream in OpenAI's format. Proxies that speak
// that format send it at the end of other formats' streams, too.
func IsEndMark(data []byte) bool { return string(bytes.TrimSpace(data)) == "[DONE]" }

// Event returns the data of an event of a stream, which must be a JSON object. It is nil where there is
// none.
func Event(op string, data []byte) ([]byte, error) {
	data = bytes.TrimSpace(data)
	if len(data) > 0 && (data[0] != '{' || !jsonx.Valid(data)) {
		return nil, Broken(op, "The provider's stream holds an event that is not valid JSON.", nil)
	}
	return data, nil
}

// Body returns the body of an answer, which must be a JSON object.
func Body(op string, body []byte) ([]byte, error) {
	body = bytes.TrimSpace(body)
	switch {
	case len(body) == 0:
		return nil, Broken(op, "The provider's answer is empty.", nil)
	case body[0] != '{' || !jsonx.Valid(body):
		return nil, Broken(op, "The provider's answer is not a JSON object.", nil)
	}
	return body, nil
}

// BodyWith returns the body of an answer that must be a JSON object with the member field, as has tells.
// Without it, the error is the one that the body tells.
func BodyWith(op, vendor string, body []byte, field string, has func(gjson.Result) bool) ([]byte, gjson.Result, error) {
	body, err := Body(op, body)
	if err != nil {
		return nil, gjson.Result{}, err
	}
	root := gjson.ParseBytes(body)
	if !has(root.Get(field)) {
		if err := FromBody(op, body, vendor); err != nil {
			return nil, root, err
		}
		return nil, root, Broken(op, "The provider's answer has no '"+field+"'.", nil)
	}
	return body, root, nil
}
