package anthropic_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/sse"
	"github.com/sluicegate/sluice/internal/goldentest"
)

// TestGolden runs each file of testdata:
//
//	openai.json     a request in OpenAI's format  → request.json or refused.txt
//	anthropic.json  a request in this format      → message.txt and request.json, or refused.txt
//	answer.sse      an answer in events           → events.txt, written.sse, written.json
//	answer.json     a whole answer                → events.txt, written.sse, written.json
//	model.txt       events of the message model, one a line
//	                                              → written.sse, written.json
func TestGolden(t *testing.T) {
	goldentest.Run(t, "testdata/*.txtar", func(t *testing.T, in *txtar.Archive) *txtar.Archive {
		out, got := &txtar.Archive{Comment: in.Comment}, []txtar.File{}
		for _, f := range in.Files {
			if run, ok := runs[f.Name]; ok {
				out.Files = append(out.Files, f)
				got = append(got, run(t, f.Data)...)
			}
		}
		out.Files = append(out.Files, got...)
		return out
	})
}

var runs = map[string]func(*testing.T, []byte) []txtar.File{
	"openai.json": func(_ *testing.T, data []byte) []txtar.File {
		raw, err := fromOpenAI(bytes.TrimSpace(data))
		if err != nil {
			return refused(err)
		}
		return []txtar.File{{Name: "request.json", Data: line(raw)}}
	},
	"anthropic.json": func(t *testing.T, data []byte) []txtar.File {
		m, err := anthropic.Dialect{}.ReadRequest(bytes.TrimSpace(data))
		if err != nil {
			return refused(err)
		}
		out := []txtar.File{{Name: "message.txt", Data: indented(t, m)}}
		raw, err := anthropic.Dialect{}.WriteRequest(m)
		if err != nil {
			return append(out, refused(err)...)
		}
		return append(out, txtar.File{Name: "request.json", Data: line(raw)})
	},
	"answer.sse": func(t *testing.T, data []byte) []txtar.File {
		return written(t, readEvents(t, data))
	},
	"answer.json": func(t *testing.T, data []byte) []txtar.File {
		c, err := anthropic.NewDecoder("anthropic", &gateway.Request{}).Body(data)
		if err != nil {
			t.Fatal(err)
		}
		es, err := anthropic.Dialect{}.ReadAnswer().Read(&c)
		if err != nil {
			t.Fatal(err)
		}
		return written(t, es)
	},
	"model.txt": func(t *testing.T, data []byte) []txtar.File {
		var es []message.Event
		for _, l := range strings.Split(strings.TrimSpace(string(data)), "\n") {
			var e message.Event
			if err := json.Unmarshal([]byte(l), &e); err != nil {
				t.Fatal(err)
			}
			es = append(es, e)
		}
		return written(t, es)[1:]
	},
}

func fromOpenAI(raw []byte) ([]byte, error) {
	m, err := openai.Dialect{}.ReadRequest(raw)
	if err != nil {
		return nil, err
	}
	return anthropic.Dialect{}.WriteRequest(m)
}

func refused(err error) []txtar.File {
	return []txtar.File{{Name: "refused.txt", Data: line([]byte(err.Error()))}}
}

func line(b []byte) []byte { return append(bytes.Clone(b), '\n') }

// readEvents decodes a stream and reads it into events of the message model.
func readEvents(t *testing.T, stream []byte) []message.Event {
	t.Helper()
	r := sse.NewReader(bytes.NewReader(stream), 0)
	d := anthropic.NewDecoder("anthropic", &gateway.Request{})
	reader := anthropic.Dialect{}.ReadAnswer()
	var out []message.Event
	for {
		e, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		cs, err := d.Feed(e)
		if err != nil && err != io.EOF {
			t.Fatal(err)
		}
		for i := range cs {
			es, err := reader.Read(&cs[i])
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, es...)
		}
	}
	if _, err := d.End(); err != nil {
		t.Fatal(err)
	}
	return out
}

// written lists the events and what the writer makes of them. Streamed and whole it is the
// same answer.
func written(t *testing.T, es []message.Event) []txtar.File {
	t.Helper()
	var events, stream bytes.Buffer
	w := anthropic.Dialect{}.WriteAnswer(&message.Request{Model: "asked-for"})
	var r gateway.Response
	for i := range es {
		events.Write(line(compact(t, es[i])))
		cs, err := w.Events(es[i : i+1])
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cs {
			stream.WriteString("event: " + anthropic.EventName(c.Raw) + "\ndata: " + string(c.Raw) + "\n\n")
			r.Fold(c)
		}
	}
	body, err := anthropic.Dialect{}.WriteAnswer(&message.Request{Model: "asked-for"}).Body(es)
	if err != nil {
		t.Fatal(err)
	}
	if string(r.Body()) != string(body.Raw) {
		t.Fatal(cmp.Diff(string(r.Body()), string(body.Raw)))
	}
	return []txtar.File{{Name: "events.txt", Data: events.Bytes()}, {Name: "written.sse", Data: bytes.TrimSuffix(stream.Bytes(), []byte("\n"))},
		{Name: "written.json", Data: line(body.Raw)}}
}

// compact writes v as JSON without members that hold nothing.
func compact(t *testing.T, v any) []byte {
	t.Helper()
	out, err := json.Marshal(some(t, v))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func indented(t *testing.T, v any) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := json.Indent(&out, compact(t, v), "", "  "); err != nil {
		t.Fatal(err)
	}
	return line(out.Bytes())
}

func some(t *testing.T, v any) any {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var decoded any
	if err := json.Unmarshal(raw, &decoded); err != nil {
		t.Fatal(err)
	}
	return pruned(decoded)
}

func pruned(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			e = pruned(e)
			v[k] = e
			switch e := e.(type) {
			case nil:
				delete(v, k)
			case string:
				if e == "" {
					delete(v, k)
				}
			case bool:
				if !e {
					delete(v, k)
				}
			case float64:
				if e == 0 {
					delete(v, k)
				}
			case map[string]any:
				if len(e) == 0 {
					delete(v, k)
				}
			}
		}
	case []any:
		for i := range v {
			v[i] = pruned(v[i])
		}
	}
	return v
}

// TestProviderRequests: the bodies of the codec's golden files come out the same through the
// message model, and the same fields are refused.
func TestProviderRequests(t *testing.T) {
	files, _ := filepath.Glob("../../provider/testdata/anthropic/*.txtar")
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		comment := string(a.Comment)
		if strings.HasPrefix(comment, "op: ") || strings.Contains(comment, "\ncaller: ") || strings.Contains(comment, "\ncache_points: ") {
			continue // it does not show the translation alone
		}
		parts := map[string]string{}
		for _, f := range a.Files {
			parts[f.Name] = strings.TrimSpace(string(f.Data))
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			request := parts["request.json"]
			streamed := strings.TrimSuffix(request, "}") + `,"stream":true}`
			for name, raw := range map[string]string{"wire.http": request, "wire_stream.http": streamed} {
				_, want, ok := strings.Cut(parts[name], "\n\n")
				if !ok {
					continue
				}
				got, err := fromOpenAI([]byte(raw))
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(decode(t, []byte(want)), decode(t, got)); d != "" {
					t.Error(d)
				}
				if want != string(got) {
					t.Logf("differs in spelling:\n%s\n%s", want, got)
				}
			}
			if want, ok := parts["refused.txt"]; ok {
				_, err := fromOpenAI([]byte(request))
				var e *gateway.Error
				if !errors.As(err, &e) || e.Kind != gateway.Invalid || !strings.Contains(want, "'"+e.Param+"'") {
					t.Fatalf("%v, want %s", err, want)
				}
			}
		})
	}
}

func decode(t testing.TB, raw []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return v
}
