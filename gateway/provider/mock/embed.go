package mock

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
)

const dims = 64

// embeddings hashes the words of each text into a vector of length one, so that texts with
// common words are similar.
func embeddings(req *gateway.Request) (gateway.Stream, error) {
	input := gjson.GetBytes(req.Raw, "input")
	var texts []string
	switch {
	case input.Type == gjson.String:
		texts = []string{input.Str}
	case input.IsArray() && input.Get("#").Int() > 0:
		for _, v := range input.Array() {
			if v.Type != gjson.String {
				return nil, gateway.InvalidField("mock.Answer", "input", "The field 'input' must be a string or a list of strings for the provider 'mock'.")
			}
			texts = append(texts, v.Str)
		}
	default:
		return nil, gateway.InvalidField("mock.Answer", "input", "The field 'input' must be a string or a list of strings for the provider 'mock'.")
	}
	var u gateway.Usage
	packed := gjson.GetBytes(req.Raw, "encoding_format").String() == "base64"
	out := []byte(`{"object":"list","data":[`)
	for i, text := range texts {
		u.Input += tokens(text)
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, `{"object":"embedding","index":`+strconv.Itoa(i)+`,"embedding":`...)
		out = append(appendVector(out, wordVector(text), packed), '}')
	}
	n := strconv.FormatInt(u.Input, 10)
	out = append(out, `],"model":"mock/embed","usage":{"prompt_tokens":`+n+`,"total_tokens":`+n+`}}`...)
	return gateway.Chunks(gateway.Chunk{Raw: out, Form: gateway.FormBody, Usage: &u, Dialect: openai.Dialect{}}), nil
}

func wordVector(text string) (v [dims]float64) {
	norm := 0.0
	for _, w := range strings.Fields(strings.ToLower(text)) {
		h := uint64(14695981039346656037) // FNV-1a
		for i := range len(w) {
			h = (h ^ uint64(w[i])) * 1099511628211
		}
		v[h%dims]++
		v[h>>32%dims]--
	}
	for _, x := range v {
		norm += x * x
	}
	if norm == 0 {
		v[0], norm = 1, 1
	}
	for i := range v {
		v[i] /= math.Sqrt(norm)
	}
	return v
}

// appendVector writes v as a list, or as base64 of little-endian 32-bit floats, which
// OpenAI's clients request by default.
func appendVector(dst []byte, v [dims]float64, packed bool) []byte {
	if packed {
		var b [4 * dims]byte
		for i, x := range v {
			binary.LittleEndian.PutUint32(b[4*i:], math.Float32bits(float32(x)))
		}
		dst = append(dst, '"')
		dst = base64.StdEncoding.AppendEncode(dst, b[:])
		return append(dst, '"')
	}
	dst = append(dst, '[')
	for i, x := range v {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendFloat(dst, x, 'f', 6, 64)
	}
	return append(dst, ']')
}
