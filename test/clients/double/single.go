package double

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"net/http"
	"strings"

	"github.com/tidwall/gjson"
)

// single answers what is not streamed: embeddings, counts of tokens and lists of models.
func single(w http.ResponseWriter, r *http.Request, body gjson.Result) (status int, refused string) {
	path := r.URL.Path
	refuse := func(f format, status int, message string) (int, string) {
		reply(w, status, f.failure(status, message))
		return status, message
	}
	var answer any
	switch {
	case strings.HasSuffix(path, "/embeddings"):
		if !(chat{}).authorised(r) {
			return refuse(chat{}, http.StatusUnauthorized, "the upstream does not know this credential")
		}
		if err := known(body, "model input encoding_format dimensions user"); err != nil {
			return refuse(chat{}, http.StatusBadRequest, err.Error())
		}
		answer = embeddings(body)
	case strings.HasSuffix(path, ":batchEmbedContents"), strings.HasSuffix(path, ":embedContent"):
		if !(gemini{}).authorised(r) {
			return refuse(gemini{}, http.StatusUnauthorized, "the upstream does not know this credential")
		}
		answer = geminiEmbeddings(body)
	case strings.HasSuffix(path, "/responses/input_tokens"):
		answer = object{"object": "response.input_tokens", "input_tokens": InputTokens}
	case strings.HasSuffix(path, "/messages/count_tokens"):
		answer = object{"input_tokens": InputTokens}
	case strings.HasSuffix(path, ":countTokens"):
		answer = object{"totalTokens": InputTokens}
	default:
		return refuse(chat{}, http.StatusNotFound, "the double serves no "+path)
	}
	reply(w, http.StatusOK, answer)
	return http.StatusOK, ""
}

// vector is the same for the same text: its length, and one.
func vector(text string) []float32 { return []float32{float32(len(text)), 1, 0, 0.5} }

func embeddings(body gjson.Result) any {
	inputs := []string{body.Get("input").String()}
	if list := body.Get("input"); list.IsArray() {
		inputs = nil
		for _, v := range list.Array() {
			inputs = append(inputs, v.String())
		}
	}
	var data []object
	for i, text := range inputs {
		var v any = vector(text)
		if body.Get("encoding_format").String() == "base64" {
			var raw []byte
			for _, f := range vector(text) {
				raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(f))
			}
			v = base64.StdEncoding.EncodeToString(raw)
		}
		data = append(data, object{"object": "embedding", "index": i, "embedding": v})
	}
	return object{"object": "list", "data": data, "model": body.Get("model").String(), "usage": object{"prompt_tokens": InputTokens, "total_tokens": InputTokens}}
}

func geminiEmbeddings(body gjson.Result) any {
	values := func(content gjson.Result) object { return object{"values": vector(plainText(content.Get("parts")))} }
	if list := body.Get("requests"); list.Exists() {
		var all []object
		for _, v := range list.Array() {
			all = append(all, values(v.Get("content")))
		}
		return object{"embeddings": all}
	}
	return object{"embedding": values(body.Get("content"))}
}
