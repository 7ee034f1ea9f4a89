package gatewaytest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

const openaiID = "chatcmpl-upstream"

func (a *answer) openaiUsage() string {
	in, out := a.input(), a.output()
	return `{"prompt_tokens":` + itoa(in) + `,"completion_tokens":` + itoa(out) + `,"total_tokens":` + itoa(in+out) +
		`,"prompt_tokens_details":{"cached_tokens":` + itoa(a.Cached) + `},"completion_tokens_details":{"reasoning_tokens":0}}`
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func (a *answer) openaiBody() string {
	message := `{"role":"assistant","content":` + quoted(a.Text)
	if a.Text == "" && len(a.Tools) > 0 {
		message = `{"role":"assistant","content":null`
	}
	if a.Reasoning != "" {
		message += `,"reasoning_content":` + quoted(a.Reasoning)
	}
	if len(a.Tools) > 0 {
		var calls []string
		for _, t := range a.Tools {
			calls = append(calls, `{`+idField(t.ID)+`"type":"function","function":{"name":`+quoted(t.Name)+`,"arguments":`+quoted(strings.Join(t.Args, ""))+`}}`)
		}
		message += `,"tool_calls":[` + strings.Join(calls, ",") + `]`
	}
	usage := `,"usage":` + a.openaiUsage()
	if a.Fault.Usage == UsageAbsent {
		usage = ""
	}
	finish := quoted(a.finish())
	if a.Fault.NoFinish {
		finish = "null"
	}
	return `{"id":"` + openaiID + `","object":"chat.completion","created":1750000000,"model":` + quoted(a.Model) + `,"choices":[{"index":0,"message":` +
		message + `},"logprobs":null,"finish_reason":` + finish + `}]` + usage + `,"service_tier":"default","system_fingerprint":"fp_upstream"}`
}

func idField(id string) string {
	if id == "" {
		return ""
	}
	return `"id":` + quoted(id) + `,`
}

func (a *answer) openaiFrames() []frame {
	var out []frame
	asked := gjson.GetBytes(a.body, "stream_options.include_usage").Bool()
	add := func(choices string, usage bool) {
		u := ""
		if asked && a.Fault.Usage != UsageAbsent {
			u = `,"usage":null`
		}
		if usage || a.Fault.Usage == UsageEarly {
			u = `,"usage":` + a.openaiUsage()
		}
		out = append(out, frame{data: `{"id":"` + openaiID + `","object":"chat.completion.chunk","created":1750000000,"model":` + quoted(a.Model) +
			`,"service_tier":"default","system_fingerprint":"fp_upstream","choices":[` + choices + `]` + u + `}`})
	}
	choice := func(delta, finish string) {
		add(`{"index":0,"delta":`+delta+`,"logprobs":null,"finish_reason":`+finish+`}`, false)
	}
	if a.Fault.EmptyFirst {
		add("", false)
	}
	choice(`{"role":"assistant","content":"","refusal":null}`, "null")
	if a.Reasoning != "" {
		for _, p := range a.reasoningPieces() {
			choice(`{"reasoning_content":`+quoted(p)+`}`, "null")
		}
	}
	for _, p := range a.pieces() {
		choice(`{"content":`+quoted(p)+`}`, "null")
	}
	for i, t := range a.Tools {
		n := strconv.Itoa(i)
		choice(`{"tool_calls":[{"index":`+n+`,`+idField(t.ID)+`"type":"function","function":{"name":`+quoted(t.Name)+`,"arguments":""}}]}`, "null")
		for _, piece := range a.argPieces(t) {
			choice(`{"tool_calls":[{"index":`+n+`,"function":{"arguments":`+quoted(piece)+`}}]}`, "null")
		}
	}
	if !a.Fault.NoFinish {
		choice(`{}`, quoted(a.finish()))
	}
	if asked && a.Fault.Usage != UsageAbsent && a.Fault.Usage != UsageEarly {
		add("", true)
	}
	if asked && a.Fault.Usage == UsageTwice {
		add("", true)
	}
	if !a.Fault.NoDone {
		out = append(out, frame{data: "[DONE]"})
	}
	return out
}

// embeddings returns vectors that depend on the text only.
func embeddings(body []byte, model string) string {
	dims := int(gjson.GetBytes(body, "dimensions").Int())
	if dims <= 0 || dims > 4096 {
		dims = 16
	}
	var inputs []string
	if in := gjson.GetBytes(body, "input"); in.IsArray() {
		in.ForEach(func(_, v gjson.Result) bool {
			inputs = append(inputs, v.String())
			return true
		})
	} else {
		inputs = append(inputs, in.String())
	}
	packed := gjson.GetBytes(body, "encoding_format").String() == "base64" // what OpenAI's clients ask for
	var b strings.Builder
	b.WriteString(`{"object":"list","data":[`)
	for i, text := range inputs {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{"object":"embedding","index":` + strconv.Itoa(i) + `,"embedding":`)
		v := make([]float32, dims)
		for d := range v {
			sum := sha256.Sum256([]byte(strconv.Itoa(d) + "\x00" + text))
			v[d] = float32(int(sum[0])-128) / 128
		}
		if packed {
			bytes := make([]byte, 0, 4*dims)
			for _, x := range v {
				bytes = binary.LittleEndian.AppendUint32(bytes, math.Float32bits(x))
			}
			b.WriteString(quoted(base64.StdEncoding.EncodeToString(bytes)))
		} else {
			list, _ := json.Marshal(v) // finite numbers always encode
			b.Write(list)
		}
		b.WriteString(`}`)
	}
	n := itoa(int64(2 * len(inputs)))
	return b.String() + `],"model":` + quoted(model) + `,"usage":{"prompt_tokens":` + n + `,"total_tokens":` + n + `}}`
}
