package gemini_test

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/sse"
	"github.com/sluicegate/sluice/internal/goldentest"
)

// TestGolden runs each file of testdata:
//
//	openai.json, anthropic.json  a request in another format  → to_gemini.json, or refused.txt
//	gemini.json                  a request in this format     → to_openai.json, to_anthropic.json, or an error
//	answer.sse, answer.json      an answer in this format     → events.txt, to_openai.*, to_anthropic.*, folded.json
//	openai.sse, anthropic.sse    an answer in another format  → to_gemini.sse, to_gemini.json
func TestGolden(t *testing.T) {
	goldentest.Run(t, "testdata/*.txtar", func(t *testing.T, in *txtar.Archive) *txtar.Archive {
		out, made := &txtar.Archive{Comment: in.Comment}, []txtar.File{}
		for _, f := range in.Files {
			if run, ok := runs[f.Name]; ok {
				out.Files = append(out.Files, f)
				made = append(made, run(t, bytes.TrimSpace(f.Data))...)
			}
		}
		out.Files = append(out.Files, made...)
		return out
	})
}

var runs = map[string]func(*testing.T, []byte) []txtar.File{
	"openai.json": func(_ *testing.T, data []byte) []txtar.File {
		return []txtar.File{rewritten("to_gemini.json", openai.Dialect{}, gemini.Dialect{}, data)}
	},
	"anthropic.json": func(_ *testing.T, data []byte) []txtar.File {
		return []txtar.File{rewritten("to_gemini.json", anthropic.Dialect{}, gemini.Dialect{}, data)}
	},
	"gemini.json": func(_ *testing.T, data []byte) []txtar.File {
		return []txtar.File{rewritten("to_openai.json", gemini.Dialect{}, openai.Dialect{}, data), rewritten("to_anthropic.json", gemini.Dialect{}, anthropic.Dialect{}, data)}
	},
	"answer.sse": func(t *testing.T, data []byte) []txtar.File {
		chunks := decoded(t, gemini.NewDecoder("google", &gateway.Request{Op: gateway.OpChat}), data)
		out := []txtar.File{{Name: "events.txt", Data: events(t, chunks)}, {Name: "folded.json", Data: line(folded(chunks))}}
		for _, to := range []dialect.Format{openai.Dialect{}, anthropic.Dialect{}} {
			out = append(out, txtar.File{Name: "to_" + to.Name() + ".sse", Data: streamed(translated(t, to, gemini.Dialect{}, chunks))})
		}
		return out
	},
	"answer.json": func(t *testing.T, data []byte) []txtar.File {
		c, err := gemini.NewDecoder("google", &gateway.Request{Op: gateway.OpChat}).Body(data)
		if err != nil {
			t.Fatal(err)
		}
		out := []txtar.File{{Name: "events.txt", Data: events(t, []gateway.Chunk{c})}}
		for _, to := range []dialect.Format{openai.Dialect{}, anthropic.Dialect{}} {
			body := translated(t, to, gemini.Dialect{}, []gateway.Chunk{c})
			out = append(out, txtar.File{Name: "to_" + to.Name() + ".json", Data: line(body[0].Raw)})
		}
		return out
	},
	"openai.sse": func(t *testing.T, data []byte) []txtar.File {
		return toGemini(t, openai.Dialect{}, decoded(t, openai.NewDecoder("openai", chat(t, openai.Dialect{})), data))
	},
	"anthropic.sse": func(t *testing.T, data []byte) []txtar.File {
		return toGemini(t, anthropic.Dialect{}, decoded(t, anthropic.NewDecoder("anthropic", chat(t, anthropic.Dialect{})), data))
	},
}

// rewritten is a request in another format, or why it is refused.
func rewritten(name string, from, to dialect.Format, body []byte) txtar.File {
	out, err := dialect.Rewrite(from, to, body)
	if err != nil {
		return txtar.File{Name: "refused_" + strings.TrimSuffix(name, ".json") + ".txt", Data: line([]byte(err.Error()))}
	}
	if _, err := gateway.NewRequest(to, gateway.OpChat, out); err != nil {
		return txtar.File{Name: name, Data: line([]byte("invalid: " + err.Error() + "\n" + string(out)))}
	}
	return txtar.File{Name: name, Data: line(out)}
}

// toGemini is an answer of another vendor in this format. Streamed and whole it is the same.
func toGemini(t *testing.T, from dialect.Format, chunks []gateway.Chunk) []txtar.File {
	t.Helper()
	stream := translated(t, gemini.Dialect{}, from, chunks)
	whole := translated(t, gemini.Dialect{}, from, []gateway.Chunk{body(from, folded(chunks))})
	wire := string(streamed(chunks))
	lost := strings.Contains(wire, "url_citation") || strings.Contains(wire, "top_logprobs") // the fold of OpenAI's format leaves both out
	if got, want := string(folded(stream)), string(whole[0].Raw); got != want && !lost {
		t.Errorf("streamed (-) and whole (+):\n%s", cmp.Diff(got, want))
	}
	return []txtar.File{{Name: "to_gemini.sse", Data: streamed(stream)}, {Name: "to_gemini.json", Data: line(whole[0].Raw)}}
}

func body(d dialect.Format, raw []byte) gateway.Chunk {
	c := gateway.Chunk{Raw: raw, Form: gateway.FormBody, Dialect: d}
	c.Read()
	return c
}

// chat is a request in the format d for a model that thinks, streamed.
func chat(t *testing.T, d dialect.Format) *gateway.Request {
	t.Helper()
	raw := `{"model":"asked-for","messages":[{"role":"user","content":"Hi"}],"max_tokens":9,"stream":true,"stream_options":{"include_usage":true}}`
	if d.Name() == "gemini" {
		raw = `{"model":"asked-for","contents":[{"parts":[{"text":"Hi"}]}],"stream":true,"generationConfig":{"thinkingConfig":{"includeThoughts":true}}}`
	}
	req, err := gateway.NewRequest(d, gateway.OpChat, []byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// translated is an answer of a vendor with the format from, for a caller with the format to.
func translated(t *testing.T, to, from dialect.Format, chunks []gateway.Chunk) []gateway.Chunk {
	t.Helper()
	tr, _, err := dialect.Translate(to, from, chat(t, to))
	if err != nil {
		t.Fatal(err)
	}
	s, err := tr.Answer(gateway.Chunks(chunks...))
	if err != nil {
		t.Fatal(err)
	}
	var out []gateway.Chunk
	for {
		c, err := s.Next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c.Clone())
	}
}

type decoder interface {
	Feed(sse.Event) ([]gateway.Chunk, error)
	End() ([]gateway.Chunk, error)
}

func decoded(t *testing.T, d decoder, stream []byte) []gateway.Chunk {
	t.Helper()
	r := sse.NewReader(bytes.NewReader(append(stream, "\n\n"...)), 0)
	var out []gateway.Chunk
	for {
		e, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		chunks, err := d.Feed(e)
		if err != nil && err != io.EOF {
			t.Fatal(err)
		}
		for _, c := range chunks {
			out = append(out, c.Clone())
		}
	}
	rest, err := d.End()
	if err != nil {
		t.Fatal(err)
	}
	return append(out, rest...)
}

func folded(chunks []gateway.Chunk) []byte {
	var r gateway.Response
	for _, c := range chunks {
		r.Fold(c)
	}
	return r.Body()
}

// events are the events of the message model, one a line.
func events(t *testing.T, chunks []gateway.Chunk) []byte {
	t.Helper()
	var out bytes.Buffer
	reader := gemini.Dialect{}.ReadAnswer()
	for i := range chunks {
		es, err := reader.Read(&chunks[i])
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range es {
			out.Write(line(compact(t, e)))
		}
	}
	return out.Bytes()
}

// streamed are the events of an answer as they are sent, without times.
func streamed(chunks []gateway.Chunk) []byte {
	var out bytes.Buffer
	for _, c := range chunks {
		if len(c.Raw) > 0 {
			out.WriteString("data: ")
			out.Write(line(undated(c.Raw)))
		}
	}
	return out.Bytes()
}

func line(b []byte) []byte { return append(undated(b), '\n') }

// undated replaces the time at which an answer was made.
func undated(b []byte) []byte {
	before, after, found := bytes.Cut(b, []byte(`"created":`))
	if !found {
		return bytes.Clone(b)
	}
	return append(append(bytes.Clone(before), `"created":0`...), bytes.TrimLeft(after, "0123456789")...)
}

// compact writes an event without members that hold nothing.
func compact(t *testing.T, e message.Event) []byte {
	t.Helper()
	raw, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(pruned(v))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func pruned(v map[string]any) map[string]any {
	for k, e := range v {
		switch e := e.(type) {
		case nil:
			delete(v, k)
		case string:
			if e == "" {
				delete(v, k)
			}
		case float64:
			if e == 0 {
				delete(v, k)
			}
		case map[string]any:
			if len(pruned(e)) == 0 {
				delete(v, k)
			}
		}
	}
	return v
}
