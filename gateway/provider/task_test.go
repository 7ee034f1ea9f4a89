package provider

import (
	"context"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/task"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// taskCase is one call of an operation besides chat and embeddings.
type taskCase struct {
	vendor, base string // base is a path; "" = "/v1"
	op           gateway.Op
	body         string
	files        []gateway.File
	kind, answer string // of the upstream

	path string // that the upstream is called at
	sent string // what it gets: the body, or the parts of a form
	text string // of the answer
	raw  string // the answer, if it is not the upstream's
	used gateway.Usage
}

func TestTasks(t *testing.T) {
	recording := []gateway.File{gatewaytest.File("file", "a.mp3", "audio/mpeg", []byte("\x00\xff sound"))}
	const form = `{"model":"m","file":{"filename":"[EMAIL_1].mp3","content_type":"audio/mpeg","bytes":8},"temperature":0.2,"stream":"STREAM","response_format":"FORMAT","timestamp_granularities[]":["word","segment"]}`
	formOf := func(stream, format string) string {
		return strings.NewReplacer("STREAM", stream, "FORMAT", format).Replace(form)
	}
	sentOf := func(stream, format string) string {
		return "model=m\nfile=[EMAIL_1].mp3 audio/mpeg \"\\x00\\xff sound\"\ntemperature=0.2\nstream=" + stream + "\nresponse_format=" + format + "\ntimestamp_granularities[]=word\ntimestamp_granularities[]=segment\n"
	}
	for name, c := range map[string]taskCase{
		"completion": {op: gateway.OpCompletions, body: `{"model":"m","prompt":"Hi"}`, path: "/v1/completions", sent: `{"model":"m","prompt":"Hi"}`,
			answer: `{"id":"cmpl-1","object":"text_completion","choices":[{"text":"Ho","index":0,"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}`, text: "Ho", used: gateway.Usage{Input: 3, Output: 2}},
		"streamed completion": {op: gateway.OpCompletions, body: `{"model":"m","prompt":"Hi","stream":true}`, path: "/v1/completions", sent: `{"model":"m","prompt":"Hi","stream":true,"stream_options":{"include_usage":true}}`,
			kind: "text/event-stream", answer: "data: {\"id\":\"cmpl-1\",\"choices\":[{\"text\":\"H\",\"index\":0,\"finish_reason\":null}]}\n\ndata: {\"choices\":[{\"text\":\"o\",\"index\":0,\"finish_reason\":\"stop\"}]}\n\ndata: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}\n\ndata: [DONE]\n\n",
			text: "Ho", raw: `{"id":"cmpl-1","object":"text_completion","created":0,"model":"","choices":[{"text":"Ho","index":0,"logprobs":null,"finish_reason":"stop"}]}`, used: gateway.Usage{Input: 3, Output: 2}},
		"rerank at Cohere": {vendor: "cohere", base: "/compatibility/v1", op: gateway.OpRerank, body: `{"model":"m","query":"q","documents":["a"]}`, path: "/v2/rerank", sent: `{"model":"m","query":"q","documents":["a"]}`,
			answer: `{"id":"r","results":[{"index":0,"relevance_score":0.9}],"meta":{"billed_units":{"search_units":1}}}`, used: gateway.Usage{Queries: 1}},
		"rerank at Jina": {vendor: "jina", op: gateway.OpRerank, body: `{"model":"m","query":"q","documents":["a"]}`, path: "/v1/rerank", sent: `{"model":"m","query":"q","documents":["a"]}`,
			answer: `{"model":"m","results":[{"index":0,"relevance_score":0.9,"document":{"text":"a"}}],"usage":{"total_tokens":12}}`, used: gateway.Usage{Input: 12}},
		"rerank by Cohere on Bedrock": {vendor: "bedrock", base: "/aws", op: gateway.OpRerank, body: `{"model":"cohere.rerank-v3-5:0","query":"q","documents":["a",{"text":"b"}],"top_n":1,"return_documents":true}`,
			path: "/aws/model/cohere.rerank-v3-5:0/invoke", sent: `{"query":"q","documents":["a","b"],"top_n":1,"api_version":2}`,
			answer: `{"results":[{"index":1,"relevance_score":0.9}]}`, raw: `{"results":[{"index":1,"relevance_score":0.9}],"meta":{"billed_units":{"search_units":1}}}`, used: gateway.Usage{Queries: 1}},
		"rerank by Amazon on Bedrock": {vendor: "bedrock", base: "/aws", op: gateway.OpRerank, body: `{"model":"amazon.rerank-v1:0","query":"q","documents":["a"` + strings.Repeat(`,"a"`, 100) + `]}`,
			path: "/aws/model/amazon.rerank-v1:0/invoke", sent: `{"query":"q","documents":["a"` + strings.Repeat(`,"a"`, 100) + `]}`,
			answer: `{"results":[{"index":0,"relevance_score":0.9}]}`, raw: `{"results":[{"index":0,"relevance_score":0.9}],"meta":{"billed_units":{"search_units":2}}}`, used: gateway.Usage{Queries: 2}},
		"rerank at Workers AI": {vendor: "workers-ai", base: "/accounts/1/ai/v1", op: gateway.OpRerank, body: `{"model":"@cf/baai/bge-reranker-base","query":"q","documents":["a",{"text":"b"}],"top_n":2}`,
			path: "/accounts/1/ai/run/@cf/baai/bge-reranker-base", sent: `{"query":"q","contexts":[{"text":"a"},{"text":"b"}],"top_k":2}`,
			answer: `{"result":{"response":[{"id":1,"score":0.9},{"id":0,"score":0.1}],"usage":{"prompt_tokens":12,"total_tokens":12}},"success":true,"errors":[],"messages":[]}`,
			raw:    `{"results":[{"index":1,"relevance_score":0.9},{"index":0,"relevance_score":0.1}],"usage":{"prompt_tokens":12,"total_tokens":12}}`, used: gateway.Usage{Input: 12}},
		"image by a form at Workers AI": {vendor: "workers-ai", base: "/accounts/1/ai", op: gateway.OpImage, body: `{"model":"@cf/black-forest-labs/flux-2-dev","prompt":"a cat","size":"512x256","steps":25}`,
			path: "/accounts/1/ai/run/@cf/black-forest-labs/flux-2-dev", sent: "prompt=a cat\nwidth=512\nheight=256\nsteps=25\n",
			answer: `{"result":{"image":"AAAA"},"success":true,"errors":[],"messages":[]}`, raw: `{"created":1785585600,"data":[{"b64_json":"AAAA"}]}`, used: gateway.Usage{Images: 1}},
		"speech at Workers AI": {vendor: "workers-ai", base: "/ai/v1", op: gateway.OpSpeech, body: `{"model":"@cf/deepgram/aura-1","input":"Hi","voice":"luna","response_format":"wav"}`,
			path: "/ai/run/@cf/deepgram/aura-1", sent: `{"text":"Hi","speaker":"luna","encoding":"linear16","container":"wav"}`,
			kind: "audio/wav", answer: "\x00\xff", raw: `{"content_type":"audio/wav","bytes":2}`},
		"speech in base64 at Workers AI": {vendor: "workers-ai", base: "/ai/v1", op: gateway.OpSpeech, body: `{"model":"@cf/myshell-ai/melotts","input":"Hi","voice":"v","lang":"fr"}`,
			path: "/ai/run/@cf/myshell-ai/melotts", sent: `{"prompt":"Hi","lang":"fr"}`,
			answer: `{"result":{"audio":"AP8A"},"success":true}`, raw: `{"content_type":"audio/mpeg","bytes":3}`},
		"transcription at Workers AI": {vendor: "workers-ai", base: "/ai/v1", op: gateway.OpTranscription, files: recording, body: `{"model":"@cf/openai/whisper-large-v3-turbo","file":{"filename":"a.mp3"},"language":"de","prompt":"p"}`,
			path: "/ai/run/@cf/openai/whisper-large-v3-turbo", sent: `{"task":"transcribe","language":"de","initial_prompt":"p","audio":"AP8gc291bmQ="}`,
			answer: `{"result":{"text":"Hello","transcription_info":{"duration":2.5}},"success":true}`, text: "Hello", raw: `{"text":"Hello","usage":{"type":"duration","seconds":2.5}}`, used: gateway.Usage{InputSeconds: 3}},
		"transcription of bytes at Workers AI": {vendor: "workers-ai", base: "/ai/v1", op: gateway.OpTranscription, files: recording, body: `{"model":"@cf/openai/whisper","file":{"filename":"a.mp3"}}`,
			path: "/ai/run/@cf/openai/whisper", sent: "\x00\xff sound",
			answer: `{"result":{"text":"Hello","word_count":1},"success":true}`, text: "Hello", raw: `{"text":"Hello"}`},
		"image edited at Workers AI": {vendor: "workers-ai", base: "/ai/v1", op: gateway.OpImageEdit, body: `{"model":"@cf/black-forest-labs/flux-2-dev","image[]":[{"filename":"[EMAIL_1].png"},{"filename":"b.png"}],"prompt":"a hat","n":"1","size":"512x256"}`,
			files: []gateway.File{gatewaytest.File("image[]", "a@b.c.png", "image/png", []byte("A")), gatewaytest.File("image[]", "b.png", "image/png", []byte("B"))},
			path:  "/ai/run/@cf/black-forest-labs/flux-2-dev", sent: "prompt=a hat\nwidth=512\nheight=256\ninput_image_0=input_image_0 image/png \"A\"\ninput_image_1=input_image_1 image/png \"B\"\n",
			answer: `{"result":{"image":"AAAA"},"success":true}`, raw: `{"created":1785585600,"data":[{"b64_json":"AAAA"}]}`, used: gateway.Usage{Images: 1}},
		"image in bytes at Workers AI": {vendor: "workers-ai", base: "/accounts/1/ai/v1/", op: gateway.OpImage, body: `{"model":"@cf/lykon/dreamshaper-8-lcm","prompt":"a cat"}`,
			path: "/accounts/1/ai/run/@cf/lykon/dreamshaper-8-lcm", sent: `{"prompt":"a cat"}`,
			kind: "image/png", answer: "\x00\x00\x00", raw: `{"created":1785585600,"data":[{"b64_json":"AAAA"}]}`, used: gateway.Usage{Images: 1}},
		"moderation": {op: gateway.OpModeration, body: `{"model":"m","input":"Hi"}`, path: "/v1/moderations", sent: `{"model":"m","input":"Hi"}`,
			answer: `{"id":"modr-1","model":"m","results":[{"flagged":false}]}`},
		"image by tokens": {op: gateway.OpImage, body: `{"model":"m","prompt":"a cat"}`, path: "/v1/images/generations", sent: `{"model":"m","prompt":"a cat"}`,
			answer: `{"created":1,"data":[{"b64_json":"AAAA","revised_prompt":"a small cat"}],"usage":{"input_tokens":5,"output_tokens":100,"input_tokens_details":{"text_tokens":3,"image_tokens":2}}}`,
			text:   "a small cat", used: gateway.Usage{Input: 5, Output: 100, ImageInput: 2, ImageOutput: 100, Images: 1}},
		"images by the piece": {op: gateway.OpImage, body: `{"model":"m","prompt":"a cat","n":2}`, path: "/v1/images/generations", sent: `{"model":"m","prompt":"a cat","n":2}`,
			answer: `{"created":1,"data":[{"url":"https://x/1"},{"url":"https://x/2"}]}`, used: gateway.Usage{Images: 2}},
		"streamed image": {op: gateway.OpImage, body: `{"model":"m","prompt":"a cat","stream":true}`, path: "/v1/images/generations", sent: `{"model":"m","prompt":"a cat","stream":true}`,
			kind: "text/event-stream", answer: "event: image_generation.partial_image\ndata: {\"type\":\"image_generation.partial_image\",\"b64_json\":\"AAAA\"}\n\nevent: image_generation.completed\ndata: {\"type\":\"image_generation.completed\",\"b64_json\":\"AAAA\",\"usage\":{\"input_tokens\":5,\"output_tokens\":9}}\n\n",
			raw: `{"type":"image_generation.completed","b64_json":"[4 characters of base64]","usage":{"input_tokens":5,"output_tokens":9}}`, used: gateway.Usage{Input: 5, Output: 9, ImageOutput: 9, Images: 1}},
		"transcription": {op: gateway.OpTranscription, body: formOf("false", "json"), files: recording, path: "/v1/audio/transcriptions", sent: sentOf("false", "json"),
			answer: `{"text":"Hello","usage":{"type":"duration","seconds":2.5}}`, text: "Hello", used: gateway.Usage{InputSeconds: 3}},
		"transcription with times": {op: gateway.OpTranscription, body: formOf("false", "verbose_json"), files: recording, path: "/v1/audio/transcriptions", sent: sentOf("false", "verbose_json"),
			answer: `{"text":"Hello","duration":"8.47","segments":[]}`, text: "Hello", used: gateway.Usage{InputSeconds: 9}},
		"transcription as text": {op: gateway.OpTranscription, body: formOf("false", "srt"), files: recording, path: "/v1/audio/transcriptions", sent: sentOf("false", "srt"),
			kind: "text/plain", answer: "1\n\"Hello\"\n", text: "1\n\"Hello\"\n", raw: `{"text":"1\n\"Hello\"\n"}`},
		"streamed transcription": {op: gateway.OpTranscription, body: formOf("true", "json"), files: recording, path: "/v1/audio/transcriptions", sent: sentOf("true", "json"),
			kind: "text/event-stream", answer: "data: {\"type\":\"transcript.text.delta\",\"delta\":\"Hel\"}\n\ndata: {\"type\":\"transcript.text.delta\",\"delta\":\"lo\"}\n\ndata: {\"type\":\"transcript.text.done\",\"text\":\"Hello\",\"usage\":{\"type\":\"tokens\",\"input_tokens\":14,\"output_tokens\":2,\"input_token_details\":{\"audio_tokens\":14}}}\n\n",
			text: "Hello", raw: `{"text":"Hello","usage":{"type":"tokens","input_tokens":14,"output_tokens":2,"input_token_details":{"audio_tokens":14}}}`, used: gateway.Usage{Input: 14, Output: 2, AudioInput: 14}},
		"speech": {op: gateway.OpSpeech, body: `{"model":"m","input":"Hällo","voice":"v"}`, path: "/v1/audio/speech", sent: `{"model":"m","input":"Hällo","voice":"v"}`,
			kind: "audio/mpeg", answer: strings.Repeat("\x00\xff", 100_000), raw: `{"content_type":"audio/mpeg","bytes":200000}`},
		"speech as events": {op: gateway.OpSpeech, body: `{"model":"m","input":"Hi","voice":"v","stream_format":"sse"}`, path: "/v1/audio/speech", sent: `{"model":"m","input":"Hi","voice":"v","stream_format":"sse"}`,
			kind: "text/event-stream", answer: "data: {\"type\":\"speech.audio.delta\",\"audio\":\"AAAA\"}\n\ndata: {\"type\":\"speech.audio.done\",\"usage\":{\"input_tokens\":4,\"output_tokens\":50}}\n\n",
			raw: `{}`, used: gateway.Usage{Input: 4, Output: 50, AudioOutput: 50}},
	} {
		t.Run(name, c.run)
	}
}

func (c taskCase) run(t *testing.T) {
	var path, sent string
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, sent = r.URL.Path, readSent(t, r)
		if got := r.Header.Get("Authorization"); got != "Bearer "+testKey {
			t.Errorf("Authorization: %q", got)
		}
		if c.kind == "" {
			c.kind = "application/json"
		}
		w.Header().Set("Content-Type", c.kind)
		_, _ = io.WriteString(w, c.answer)
	}))
	defer up.Close()
	ex, client := c.exchange(t, up.URL)
	defer client.Close()
	s, err := client.Handler()(context.Background(), ex)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := gatewaytest.Fold(s)
	if err != nil {
		t.Fatal(err)
	}
	if path != c.path || sent != c.sent {
		t.Errorf("the upstream gets %s\n%s\nwant %s\n%s", path, sent, c.path, c.sent)
	}
	text := ""
	if len(answer.Choices) > 0 {
		text = answer.Choices[0].Text()
	}
	want := c.raw
	if want == "" {
		want = c.answer
	}
	if got := undated(string(answer.Body())); text != c.text || got != want {
		t.Errorf("text %q, body %s, want %q, %s", text, got, c.text, want)
	}
	var used gateway.Usage
	if answer.Usage != nil {
		used = *answer.Usage
	}
	if d := cmp.Diff(c.used, used); d != "" {
		t.Error(d)
	}
}

func (c taskCase) exchange(t *testing.T, url string) (*gateway.Exchange, *Client) {
	req, err := gateway.NewRequest(task.Dialect{Op: c.op}, c.op, []byte(c.body))
	if err != nil {
		t.Fatal(err)
	}
	req.Files = c.files
	if c.vendor == "" {
		c.vendor = "openai"
	}
	if c.base == "" {
		c.base = "/v1"
	}
	target := &gateway.Target{Path: "config", Provider: c.vendor, BaseURL: url + c.base, Credential: gateway.NewSecret(testKey)}
	return gatewaytest.Exchange(t, "", gatewaytest.WithRequest(req), gatewaytest.WithTarget(target)), New(Config{})
}

// readSent is a body as the upstream reads it, a form with a line for each part.
func readSent(t *testing.T, r *http.Request) string {
	kind, parameters, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	raw, err := io.ReadAll(r.Body)
	if err != nil || int64(len(raw)) != r.ContentLength {
		t.Errorf("%d bytes, announced %d: %v", len(raw), r.ContentLength, err)
	}
	if kind != "multipart/form-data" {
		return string(raw)
	}
	var b strings.Builder
	parts := multipart.NewReader(strings.NewReader(string(raw)), parameters["boundary"])
	for p, err := parts.NextPart(); err == nil; p, err = parts.NextPart() {
		data, _ := io.ReadAll(p)
		if name := p.FileName(); name != "" {
			b.WriteString(p.FormName() + "=" + name + " " + p.Header.Get("Content-Type") + " \"" + strings.NewReplacer("\x00", "\\x00", "\xff", "\\xff").Replace(string(data)) + "\"\n")
			continue
		}
		b.WriteString(p.FormName() + "=" + string(data) + "\n")
	}
	return b.String()
}

// TestTasksThatBreak: an answer that is cut, or none, is an error.
func TestTasksThatBreak(t *testing.T) {
	for name, c := range map[string]struct {
		op               gateway.Op
		body, kind, data string
		announced        string // Content-Length
	}{
		"speech cut":             {op: gateway.OpSpeech, body: `{"model":"m","input":"x"}`, kind: "audio/mpeg", data: "abc", announced: "100"},
		"images cut":             {op: gateway.OpImage, body: `{"model":"m","prompt":"x","stream":true}`, kind: "text/event-stream", data: "data: {\"type\":\"image_generation.partial_image\"}\n\n"},
		"no results":             {op: gateway.OpRerank, body: `{"model":"m","query":"x","documents":[]}`, kind: "application/json", data: `{"id":"x"}`},
		"no JSON":                {op: gateway.OpModeration, body: `{"model":"m","input":"x"}`, kind: "application/json", data: `<html>`},
		"a stream that is sound": {op: gateway.OpSpeech, body: `{"model":"m","input":"x","stream_format":"sse"}`, kind: "audio/mpeg", data: "data: \x00\x01\n\n"},
	} {
		t.Run(name, func(t *testing.T) {
			up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", c.kind)
				if c.announced != "" {
					w.Header().Set("Content-Length", c.announced)
				}
				_, _ = io.WriteString(w, c.data)
			}))
			defer up.Close()
			ex, client := taskCase{op: c.op, body: c.body}.exchange(t, up.URL)
			defer client.Close()
			s, err := client.Handler()(context.Background(), ex)
			if err == nil {
				_, err = gatewaytest.Fold(s)
			}
			if e := gateway.AsError(err); e == nil || e.Kind != gateway.BadUpstream {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestRerankOnBedrockRefused: documents must be texts, and the model one that orders them.
func TestRerankOnBedrockRefused(t *testing.T) {
	for _, c := range []struct{ model, documents, param string }{
		{"cohere.rerank-v3-5:0", `["a",{"title":"b"}]`, "documents[1].text"}, {"cohere.rerank-v3-5:0", `[{"text":7}]`, "documents[0].text"},
		{"amazon.nova-pro-v1:0", `["a"]`, "model"}, {"rerank v1", `["a"]`, "model"},
	} {
		ex, client := taskCase{vendor: "bedrock", base: "/aws", op: gateway.OpRerank, body: `{"model":"` + c.model + `","query":"q","documents":` + c.documents + `}`}.exchange(t, "http://127.0.0.1:1")
		_, err := client.Handler()(context.Background(), ex)
		client.Close()
		if e := gateway.AsError(err); err == nil || e.Kind != gateway.Invalid || e.Param != c.param {
			t.Errorf("%s %s: %v", c.model, c.documents, err)
		}
	}
}

// TestTasksOfOtherFormats: a vendor that speaks no format of OpenAI's is not asked.
func TestTasksOfOtherFormats(t *testing.T) {
	ex, client := taskCase{vendor: "anthropic", op: gateway.OpImage, body: `{"model":"m","prompt":"x"}`}.exchange(t, "http://127.0.0.1:1")
	defer client.Close()
	_, err := client.Handler()(context.Background(), ex)
	if e := gateway.AsError(err); e == nil || e.Kind != gateway.Invalid || e.Param != "model" || !strings.Contains(e.Public, "'anthropic'") {
		t.Errorf("%v", err)
	}
}
