package mock

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/task"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// answerTask answers an operation besides chat and embeddings, in OpenAI's format.
func answerTask(name string, req *gateway.Request) (gateway.Stream, error) {
	d := task.Dialect{Op: req.Op}
	if req.Op == gateway.OpSpeech {
		return speech(req, d)
	}
	used := gateway.Usage{}
	for _, t := range req.Texts() {
		used.Input += tokens(t.Value)
	}
	body := map[string]any{"model": "mock/" + name}
	switch req.Op {
	case gateway.OpCompletions:
		complete(name, req, body, &used)
	case gateway.OpRerank:
		used.Queries = 1
		body["id"], body["results"] = "rerank-mock", ranked(req)
		body["meta"] = map[string]any{"billed_units": map[string]any{"search_units": 1}}
	case gateway.OpModeration:
		body["id"], body["results"] = "modr-mock", judged(req)
	case gateway.OpTranscription, gateway.OpAudioTranslation:
		text := transcript(req)
		used.Output = tokens(text)
		body = map[string]any{"text": text, "usage": map[string]any{"type": "tokens", "input_tokens": used.Input, "output_tokens": used.Output, "total_tokens": used.Input + used.Output}}
	default:
		used.Images = max(1, min(req.Parameters().Choices, maxChoices))
		var data []any
		for range used.Images {
			data = append(data, map[string]any{"b64_json": pixel, "revised_prompt": gjson.GetBytes(req.Raw, "prompt").String()})
		}
		body["created"], body["data"] = time.Now().Unix(), data
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, &gateway.Error{Op: "mock.Answer", Kind: gateway.Internal, Err: err}
	}
	c := gateway.Chunk{Raw: raw, Form: gateway.FormBody, Dialect: d}
	c.Read()
	c.Usage = &used
	if !req.Stream() {
		return gateway.Chunks(c), nil
	}
	events, err := d.Events(raw, true)
	if err != nil {
		return nil, err
	}
	last := &events[len(events)-1]
	last.Usage = &used
	if len(last.Deltas) == 0 && !req.WantsUsage() && req.Op == gateway.OpCompletions {
		last.Raw = nil // nobody asked for it
	}
	return gateway.Chunks(events...), nil
}

// complete repeats the prompt.
func complete(name string, req *gateway.Request, body map[string]any, used *gateway.Usage) {
	prompt := gjson.GetBytes(req.Raw, "prompt")
	text := prompt.String()
	if prompt.IsArray() {
		text = prompt.Get("0").String()
	}
	if name == "hello" {
		text = "Hello! I am Sluice's built-in mock model. Nothing left this machine."
	}
	finish, params := "stop", req.Parameters()
	if words := splitWords(text); params.Bounded && params.MaxOutput > 0 && int64(len(words)) > params.MaxOutput {
		text, finish = strings.Join(words[:params.MaxOutput], ""), "length"
	}
	var choices []any
	for i := range min(params.Choices, maxChoices) {
		choices = append(choices, map[string]any{"text": text, "index": i, "logprobs": nil, "finish_reason": finish})
		used.Output += tokens(text)
	}
	if params.MaxOutput > 0 { // as every vendor does, it bills no more than the limit
		used.Output = min(used.Output, params.MaxOutput*int64(len(choices)))
	}
	body["id"], body["object"], body["created"], body["choices"] = "cmpl-mock", "text_completion", time.Now().Unix(), choices
	body["usage"] = map[string]any{"prompt_tokens": used.Input, "completion_tokens": used.Output, "total_tokens": used.Input + used.Output}
}

// ranked orders the documents by the words that they share with the query.
func ranked(req *gateway.Request) []any {
	type result struct {
		Index    int            `json:"index"`
		Score    float64        `json:"relevance_score"`
		Document map[string]any `json:"document,omitempty"`
	}
	query := wordVector(gjson.GetBytes(req.Raw, "query").String())
	var list []result
	for i, document := range gjson.GetBytes(req.Raw, "documents").Array() {
		text := document.String()
		if document.IsObject() {
			text = document.Get("text").String()
		}
		r := result{Index: i}
		for k, x := range wordVector(text) {
			r.Score += x * query[k]
		}
		r.Score = max(r.Score, 0)
		if gjson.GetBytes(req.Raw, "return_documents").Bool() {
			r.Document = map[string]any{"text": text}
		}
		list = append(list, r)
	}
	slices.SortStableFunc(list, func(a, b result) int { return cmp.Compare(b.Score, a.Score) })
	if n := gjson.GetBytes(req.Raw, "top_n").Int(); n > 0 && n < int64(len(list)) {
		list = list[:n]
	}
	out := make([]any, len(list))
	for i := range list {
		out[i] = list[i]
	}
	return out
}

// judged flags each text with the word "violence".
func judged(req *gateway.Request) []any {
	inputs := []gjson.Result{gjson.GetBytes(req.Raw, "input")}
	if inputs[0].IsArray() {
		inputs = inputs[0].Array()
	}
	var out []any
	for _, input := range inputs {
		flagged := strings.Contains(strings.ToLower(input.String()), "violence")
		score := 0.0
		if flagged {
			score = 1
		}
		out = append(out, map[string]any{"flagged": flagged, "categories": map[string]bool{"violence": flagged}, "category_scores": map[string]float64{"violence": score}})
	}
	return out
}

// transcript is the prompt, else what the recording is called and how large it is.
func transcript(req *gateway.Request) string {
	if prompt := gjson.GetBytes(req.Raw, "prompt").String(); prompt != "" {
		return prompt
	}
	for i := range req.Files {
		return "A recording of " + strconv.FormatInt(req.Files[i].Size, 10) + " bytes."
	}
	return "No recording."
}

// pixel is a PNG of one transparent pixel.
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg=="

// speech is silence, in pieces.
func speech(req *gateway.Request, d task.Dialect) (gateway.Stream, error) {
	const rate, most = 8000, 60 * 8000
	used := task.Spoken(req)
	n := min(int(used.InputCharacters)*rate/50, most)
	sound := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(36+n))
	sound = append(sound, "WAVEfmt "...)
	for _, v := range []uint32{16, 1 | 1<<16, rate, rate, 1 | 8<<16} {
		sound = binary.LittleEndian.AppendUint32(sound, v)
	}
	sound = binary.LittleEndian.AppendUint32(append(sound, "data"...), uint32(n))
	sound = append(sound, slices.Repeat([]byte{0x80}, n)...)
	if req.Stream() {
		var o jsonx.Object
		o.Text("type", "speech.audio.done")
		return gateway.Chunks(gateway.Chunk{Raw: o.JSON(), Dialect: d, Usage: used}), nil
	}
	var out []gateway.Chunk
	for piece := range slices.Chunk(sound, 16<<10) {
		out = append(out, gateway.Chunk{Raw: piece, Form: gateway.FormBytes, ContentType: "audio/wav", Dialect: d})
	}
	out[len(out)-1].Usage = used
	return gateway.Chunks(out...), nil
}
