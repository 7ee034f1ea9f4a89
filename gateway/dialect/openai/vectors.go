package openai

import (
	"bytes"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// Recordable implements gateway.AnswerFormat: each embedding is replaced by its dimension.
func (Dialect) Recordable(op gateway.Op, body []byte) []byte {
	if op != gateway.OpEmbeddings {
		return body
	}
	data := gjson.GetBytes(body, "data")
	if !data.IsArray() {
		return body
	}
	var list [][]byte
	data.ForEach(func(_, item gjson.Result) bool {
		list = append(list, withoutVector(item))
		return true
	})
	var out bytes.Buffer
	out.Write(body[:data.Index])
	out.WriteByte('[')
	out.Write(bytes.Join(list, []byte(",")))
	out.WriteByte(']')
	out.Write(body[data.Index+len(data.Raw):])
	return out.Bytes()
}

func withoutVector(item gjson.Result) []byte {
	if !item.IsObject() {
		return []byte("null")
	}
	out := []byte{'{'}
	item.ForEach(func(k, v gjson.Result) bool {
		if len(out) > 1 {
			out = append(out, ',')
		}
		if k.Str != "embedding" {
			out = append(append(append(out, k.Raw...), ':'), v.Raw...)
			return true
		}
		n := len(v.Raw)
		if v.IsArray() {
			n = int(v.Get("#").Int())
		}
		out = strconv.AppendInt(append(out, `"dimensions":`...), int64(n), 10)
		return true
	})
	return append(out, '}')
}
