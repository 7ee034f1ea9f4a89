package dialect_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/cohere"
	"github.com/sluicegate/sluice/gateway/dialect/ollama"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/internal/goldentest"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// clientFormats are by the word that a golden file's comment begins with.
var clientFormats = map[string]struct {
	format dialect.ClientFormat
	op     gateway.Op
}{
	"ollama-chat": {ollama.Dialect{}, gateway.OpChat}, "ollama-generate": {ollama.Generate{}, gateway.OpChat}, "ollama-embed": {ollama.Dialect{}, gateway.OpEmbeddings},
	"cohere-chat": {cohere.Dialect{}, gateway.OpChat}, "cohere-embed": {cohere.Dialect{}, gateway.OpEmbeddings},
}

// TestClients reads testdata/clients. The comment of a file names a format and says where it is
// documented. Of the request of a client it has what stages see of it, and of an answer in OpenAI's
// format, a "body" or a line for each of "events", what the client gets.
func TestClients(t *testing.T) {
	goldentest.Run(t, "testdata/clients/*.txtar", func(t *testing.T, in *txtar.Archive) *txtar.Archive {
		name, _, _ := strings.Cut(string(in.Comment), " ")
		client, ok := clientFormats[name]
		if !ok {
			t.Fatalf("no format %q", name)
		}
		tr, body, err := dialect.FromClient(client.format, openai.Dialect{}, client.op, bytes.TrimSpace(goldentest.Section(in, "request")))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := gateway.NewRequest(openai.Dialect{Client: client.format.Name()}, client.op, body); err != nil {
			t.Errorf("what stages get is refused: %v", err)
		}
		tr.SetAnswerID("01ANSWER")
		out := goldentest.With(in, txtar.File{Name: "openai", Data: append(body, '\n')})
		if whole := goldentest.Section(in, "body"); whole != nil {
			answer, err := tr.Body(bytes.TrimSpace(whole))
			if err != nil {
				t.Fatal(err)
			}
			out = goldentest.With(out, txtar.File{Name: "answer", Data: append(withoutTime(answer), '\n')})
		}
		if events := goldentest.Section(in, "events"); events != nil {
			lines, err := answered(tr, events)
			if err != nil {
				t.Fatal(err)
			}
			out = goldentest.With(out, txtar.File{Name: "lines", Data: withoutTime(lines)})
		}
		return out
	})
}

// TestClientsRefused: what a format cannot say, and what no other format can, is refused by its field.
func TestClientsRefused(t *testing.T) {
	for _, c := range []struct{ client, body, param string }{
		{"ollama-chat", `{"model":7,"messages":[]}`, "model"},
		{"ollama-chat", `{"model":"m"}`, "messages"},
		{"ollama-chat", `{"model":"m","messages":[]}`, "messages"},
		{"ollama-chat", `{"model":"m","messages":[{"role":"robot","content":"x"}]}`, "messages[0].role"},
		{"ollama-chat", `{"model":"m","messages":[{"role":"user","content":[{"text":"x"}]}]}`, "messages[0].content"},
		{"ollama-chat", `{"model":"m","messages":[{"role":"user","content":"x","images":["not base64"]}]}`, "messages[0].images[0]"},
		{"ollama-chat", `{"model":"m","messages":[{"role":"user","content":"x","images":["aGVsbG8gd29ybGQ="]}]}`, "messages[0].images[0]"},
		{"ollama-chat", `{"model":"m","messages":[{"role":"tool","content":"x"}]}`, "messages[0]"},
		{"ollama-chat", `{"model":"m","messages":[{"role":"assistant","tool_calls":[{"function":{"name":"a","arguments":"{}"}}]}]}`, "messages[0].tool_calls[0].function.arguments"},
		{"ollama-chat", `{"model":"m","messages":[{"role":"user","content":"x"}],"stream":"yes"}`, "stream"},
		{"ollama-chat", `{"model":"m","messages":[{"role":"user","content":"x"}],"format":"xml"}`, "format"},
		{"ollama-chat", `{"model":"m","messages":[{"role":"user","content":"x"}],"think":"hard"}`, "think"},
		{"ollama-chat", `{"model":"m","messages":[{"role":"user","content":"x"}],"options":[]}`, "options"},
		{"ollama-chat", `{"model":"m","messages":[{"role":"user","content":"x"}],"options":{"temperature":"hot"}}`, "options.temperature"},
		{"ollama-chat", `{"model":"m","messages":[{"role":"user","content":"x"}],"options":{"stop":[1]}}`, "options.stop"},
		{"ollama-chat", `{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{}}]}`, "tools[0].function.name"},
		{"ollama-generate", `{"model":"m"}`, "prompt"},
		{"ollama-generate", `{"model":"m","prompt":["x"]}`, "prompt"},
		{"ollama-generate", `{"model":"m","prompt":"x","suffix":"y"}`, "suffix"},
		{"ollama-generate", `{"model":"m","prompt":"x","context":[1,2]}`, "context"},
		{"ollama-embed", `{"model":"m"}`, "input"},
		{"ollama-embed", `{"model":"m","input":[]}`, "input"},
		{"ollama-embed", `{"model":"m","input":["a",1]}`, "input[1]"},
		{"cohere-chat", `{"model":7,"messages":[]}`, "model"},
		{"cohere-chat", `{"model":"m","messages":[]}`, "messages"},
		{"cohere-chat", `{"model":"m","messages":[{"role":"robot"}]}`, "messages[0].role"},
		{"cohere-chat", `{"model":"m","messages":[{"role":"user","content":7}]}`, "messages[0].content"},
		{"cohere-chat", `{"model":"m","messages":[{"role":"user","content":[{"type":"video"}]}]}`, "messages[0].content[0]"},
		{"cohere-chat", `{"model":"m","messages":[{"role":"tool","content":"x"}]}`, "messages[0].tool_call_id"},
		{"cohere-chat", `{"model":"m","messages":[{"role":"assistant","tool_calls":[{"function":{}}]}]}`, "messages[0].tool_calls[0]"},
		{"cohere-chat", `{"model":"m","messages":[{"role":"user","content":"x"}],"p":"high"}`, "p"},
		{"cohere-chat", `{"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":"7"}`, "max_tokens"},
		{"cohere-chat", `{"model":"m","messages":[{"role":"user","content":"x"}],"stream":1}`, "stream"},
		{"cohere-chat", `{"model":"m","messages":[{"role":"user","content":"x"}],"logprobs":true}`, "logprobs"},
		{"cohere-chat", `{"model":"m","messages":[{"role":"user","content":"x"}],"stop_sequences":[1]}`, "stop_sequences[0]"},
		{"cohere-chat", `{"model":"m","messages":[{"role":"user","content":"x"}],"response_format":{"type":"xml"}}`, "response_format.type"},
		{"cohere-chat", `{"model":"m","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_object","json_schema":1}}`, "response_format.json_schema"},
		{"cohere-chat", `{"model":"m","messages":[{"role":"user","content":"x"}],"thinking":{"type":"on"}}`, "thinking.type"},
		{"cohere-chat", `{"model":"m","messages":[{"role":"user","content":"x"}],"thinking":{"type":"enabled","token_budget":-1}}`, "thinking.token_budget"},
		{"cohere-chat", `{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{}]}`, "tools[0].function.name"},
		{"cohere-chat", `{"model":"m","messages":[{"role":"user","content":"x"}],"tool_choice":"auto"}`, "tool_choice"},
		{"cohere-embed", `{"model":"m"}`, "texts"},
		{"cohere-embed", `{"model":"m","texts":["a",1]}`, "texts[1]"},
		{"cohere-embed", `{"model":"m","texts":["a"],"images":["data:"]}`, "texts"},
		{"cohere-embed", `{"model":"m","inputs":[{"content":[{"type":"image_url"}]}]}`, "inputs[0].content[0]"},
		{"cohere-embed", `{"model":"m","inputs":[{"content":[]}]}`, "inputs[0].content"},
		{"cohere-embed", `{"model":"m","images":[5]}`, "images[0]"},
		{"cohere-embed", `{"model":"m","texts":["a"],"embedding_types":["float","float"]}`, "embedding_types"},
		{"cohere-embed", `{"model":"m","texts":["a"],"embedding_types":["int4"]}`, "embedding_types"},
	} {
		client := clientFormats[c.client]
		_, _, err := dialect.FromClient(client.format, openai.Dialect{}, client.op, []byte(c.body))
		if e := gateway.AsError(err); err == nil || e.Kind != gateway.Invalid || e.Param != c.param || !strings.Contains(e.Public, "'"+c.param+"'") {
			t.Errorf("%s %s: %v", c.client, c.body, err)
		}
	}
}

// withoutTime leaves out when an answer without a time of its own was written.
func withoutTime(raw []byte) []byte {
	return regexp.MustCompile(`"created_at":"202[^"]*"`).ReplaceAll(raw, []byte(`"created_at":"now"`))
}

// answered translates the events of an answer, one a line.
func answered(tr *dialect.Translation, events []byte) ([]byte, error) {
	var chunks []gateway.Chunk
	for line := range bytes.Lines(events) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		c := gateway.Chunk{Raw: line, Dialect: openai.Dialect{}}
		c.Read()
		chunks = append(chunks, c)
	}
	stream, err := tr.Answer(gateway.Chunks(chunks...))
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	var out []byte
	for {
		c, err := stream.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if len(c.Raw) > 0 {
			out = append(append(out, c.Raw...), '\n')
		}
	}
}

// FuzzClients: what stages get of any request of a client is a request, and any answer to it becomes
// lines of JSON.
func FuzzClients(f *testing.F) {
	f.Add([]byte(`{"model":"m","messages":[{"role":"assistant","tool_calls":[{"function":{"name":"a","arguments":{}}}]},{"role":"tool","tool_name":"a","content":"x"}],"options":{"stop":["a"],"num_predict":1e3},"think":true,"format":{}}`),
		[]byte(`{"choices":[{"index":0,"delta":{"content":"x","tool_calls":[{"index":0,"function":{"name":"a","arguments":"{"}}]},"finish_reason":"stop"}],"usage":{}}`))
	f.Add([]byte(`{"prompt":"x","images":["iVBORw0KGgo="],"system":"s","input":["a"],"stream":false}`), []byte(`{"data":[{"embedding":[1]}],"choices":[{"message":{"content":"x"}}]}`))
	f.Fuzz(func(t *testing.T, request, answer []byte) {
		if gateway.CheckBody("test", request) != nil {
			return
		}
		for name, client := range clientFormats {
			tr, body, err := dialect.FromClient(client.format, openai.Dialect{}, client.op, request)
			if err != nil {
				if e := gateway.AsError(err); e.Kind != gateway.Invalid {
					t.Fatalf("%s: %v", name, err)
				}
				continue
			}
			if !jsonx.Valid(body) {
				t.Fatalf("%s: %s became %s", name, request, body)
			}
			if !jsonx.Valid(answer) {
				continue
			}
			if out, err := tr.Body(answer); err == nil && !json.Valid(out) {
				t.Fatalf("%s: %s became %s", name, answer, out)
			}
			if client.op == gateway.OpEmbeddings {
				continue
			}
			if lines, err := answered(tr, bytes.ReplaceAll(answer, []byte("\n"), nil)); err == nil {
				for line := range bytes.Lines(lines) {
					if !json.Valid(line) {
						t.Fatalf("%s: %s became %s", name, answer, line)
					}
				}
			}
		}
	})
}
