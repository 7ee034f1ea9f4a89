package responses_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/gateway/sse"
	"github.com/sluicegate/sluice/internal/goldentest"
)

var _ dialect.CountFormat = responses.Dialect{}

// TestGolden runs each file of testdata:
//
//	request.json   a request in this format     → dropped.txt, and per target openai.json and
//	                                              anthropic.json, or refused.txt
//	openai_in.json, anthropic_in.json
//	               a request in another format  → written.json, or refused.txt
//	answer.sse     an answer in events          → events.txt, folded.json
//	answer.json    a whole answer               → events.txt, replayed.sse
//	model.txt      events of the message model, one a line; source.json is the caller's request
//	                                            → written.sse, written_body.json
func TestGolden(t *testing.T) {
	goldentest.Run(t, "testdata/*.txtar", func(t *testing.T, in *txtar.Archive) *txtar.Archive {
		out, got := &txtar.Archive{Comment: in.Comment}, []txtar.File{}
		for _, f := range in.Files {
			run, ok := runs[f.Name]
			if ok || f.Name == "source.json" {
				out.Files = append(out.Files, f)
			}
			if ok {
				got = append(got, run(t, in, bytes.TrimSpace(f.Data))...)
			}
		}
		out.Files = append(out.Files, got...)
		return out
	})
}

var runs = map[string]func(*testing.T, *txtar.Archive, []byte) []txtar.File{
	"request.json": func(t *testing.T, _ *txtar.Archive, data []byte) []txtar.File {
		if _, err := responses.NewRequest(gateway.OpChat, data); err != nil {
			return refused("refused.txt", err)
		}
		var out []txtar.File
		for _, target := range []dialect.Format{openai.Dialect{}, anthropic.Dialect{}} {
			m, err := responses.Dialect{}.ReadRequest(data)
			if err != nil {
				return refused("refused.txt", err)
			}
			if out == nil && len(m.Dropped) > 0 {
				out = append(out, txtar.File{Name: "dropped.txt", Data: line([]byte(strings.Join(m.Dropped, "\n")))})
			}
			raw, err := target.WriteRequest(m)
			if err != nil {
				out = append(out, refused("refused_"+target.Name()+".txt", err)...)
				continue
			}
			out = append(out, txtar.File{Name: target.Name() + ".json", Data: indented(t, raw)})
		}
		return out
	},
	"openai_in.json":    fromFormat(openai.Dialect{}),
	"anthropic_in.json": fromFormat(anthropic.Dialect{}),
	"answer.sse": func(t *testing.T, _ *txtar.Archive, data []byte) []txtar.File {
		return decoded(t, data)
	},
	"answer.json": func(t *testing.T, _ *txtar.Archive, data []byte) []txtar.File {
		c, err := responses.NewDecoder("openai", &gateway.Request{}).Body(data)
		if err != nil {
			return refused("refused.txt", err)
		}
		es, err := responses.Dialect{}.ReadAnswer().Read(&c)
		if err != nil {
			t.Fatal(err)
		}
		events, err := responses.Dialect{}.Events(data, true)
		if err != nil {
			t.Fatal(err)
		}
		var r gateway.Response
		for _, c := range events {
			r.Fold(c)
		}
		if d := cmp.Diff(decode(t, data), decode(t, r.Body())); d != "" {
			t.Errorf("replayed and folded again it is another answer: %s", d)
		}
		return []txtar.File{{Name: "events.txt", Data: eventLines(t, es)}, {Name: "replayed.sse", Data: wireOf(events)}}
	},
	"model.txt": func(t *testing.T, in *txtar.Archive, data []byte) []txtar.File {
		var es []message.Event
		for l := range strings.Lines(string(data)) {
			var e message.Event
			if err := json.Unmarshal([]byte(l), &e); err != nil {
				t.Fatal(err)
			}
			es = append(es, e)
		}
		return written(t, bytes.TrimSpace(goldentest.Section(in, "source.json")), es)
	},
}

func fromFormat(from dialect.Format) func(*testing.T, *txtar.Archive, []byte) []txtar.File {
	return func(t *testing.T, _ *txtar.Archive, data []byte) []txtar.File {
		m, err := from.ReadRequest(data)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := responses.Dialect{}.WriteRequest(m)
		if err != nil {
			return refused("refused.txt", err)
		}
		if _, err := (responses.Dialect{}).ReadRequest(raw); err != nil {
			t.Errorf("what was written cannot be read: %v", err)
		}
		return []txtar.File{{Name: "written.json", Data: indented(t, raw)}}
	}
}

func refused(name string, err error) []txtar.File {
	return []txtar.File{{Name: name, Data: line([]byte(err.Error()))}}
}

func line(b []byte) []byte { return append(bytes.Clone(b), '\n') }

func indented(t *testing.T, raw []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return line(out.Bytes())
}

// decoded decodes a stream, reads it into events of the message model and folds it.
func decoded(t *testing.T, stream []byte) []txtar.File {
	t.Helper()
	frames := sse.NewReader(bytes.NewReader(append(stream, "\n\n"...)), 0)
	d := responses.NewDecoder("openai", &gateway.Request{})
	reader := responses.Dialect{}.ReadAnswer()
	var es []message.Event
	var folded gateway.Response
	for {
		e, err := frames.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		cs, err := d.Feed(e)
		if err != nil && err != io.EOF {
			return refused("refused.txt", err)
		}
		for i := range cs {
			folded.Fold(cs[i])
			more, err := reader.Read(&cs[i])
			if err != nil {
				t.Fatal(err)
			}
			es = append(es, more...)
		}
	}
	if _, err := d.End(); err != nil {
		return refused("refused.txt", err)
	}
	return []txtar.File{{Name: "events.txt", Data: eventLines(t, es)}, {Name: "choices.txt", Data: choiceLines(&folded)}, {Name: "folded.json", Data: indented(t, folded.Body())}}
}

// choiceLines is what guardrails and records see of an answer.
func choiceLines(r *gateway.Response) []byte {
	var out bytes.Buffer
	for i := range r.Choices {
		c := &r.Choices[i]
		for _, l := range [][2]string{{"finish", c.Finish}, {"text", c.Text()}, {"reasoning", c.Reasoning()}, {"refusal", c.Refusal()}} {
			if l[1] != "" {
				out.WriteString(l[0] + ": " + l[1] + "\n")
			}
		}
		for k := range c.Tools {
			out.WriteString("tool: " + c.Tools[k].ID + " " + c.Tools[k].Name + " " + c.Tools[k].Args() + "\n")
		}
	}
	return out.Bytes()
}

// written is what the writer makes of events. Streamed, folded and whole it is the same answer.
func written(t *testing.T, source []byte, es []message.Event) []txtar.File {
	t.Helper()
	request := func() *message.Request {
		if source == nil {
			return &message.Request{Model: "asked-for"}
		}
		m, err := responses.Dialect{}.ReadRequest(source)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	w := responses.Dialect{}.WriteAnswer(request())
	var r gateway.Response
	var all []gateway.Chunk
	for i := range es {
		cs, err := w.Events(es[i : i+1])
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cs {
			r.Fold(c)
			all = append(all, c)
		}
	}
	body, err := responses.Dialect{}.WriteAnswer(request()).Body(es)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(decode(t, body.Raw), decode(t, r.Body())); d != "" {
		t.Errorf("streamed it is another answer than whole: %s", d)
	}
	replayed, err := responses.Dialect{}.Events(body.Raw, true)
	if err != nil {
		t.Fatal(err)
	}
	var again gateway.Response
	for _, c := range replayed {
		again.Fold(c)
	}
	if d := cmp.Diff(decode(t, body.Raw), decode(t, again.Body())); d != "" {
		t.Errorf("replayed it is another answer: %s", d)
	}
	return []txtar.File{{Name: "written.sse", Data: wireOf(all)}, {Name: "written_body.json", Data: indented(t, body.Raw)}}
}

func wireOf(chunks []gateway.Chunk) []byte {
	var out bytes.Buffer
	for _, c := range chunks {
		out.WriteString("event: " + responses.EventName(c.Raw) + "\ndata: " + string(c.Raw) + "\n\n")
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// eventLines writes events as JSON without members that hold nothing.
func eventLines(t *testing.T, es []message.Event) []byte {
	t.Helper()
	var out bytes.Buffer
	for i := range es {
		raw, err := json.Marshal(es[i])
		if err != nil {
			t.Fatal(err)
		}
		some := map[string]any{}
		for k, v := range decode(t, raw).(map[string]any) {
			if inner, ok := v.(map[string]any); ok {
				maps.DeleteFunc(inner, func(_ string, value any) bool { return holdsNothing(value) })
				if len(inner) == 0 {
					continue
				}
			}
			if !holdsNothing(v) {
				some[k] = v
			}
		}
		raw, err = json.Marshal(some)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(line(raw))
	}
	return out.Bytes()
}

// holdsNothing reports a value that a message does not need: 0, "", or an object of such.
func holdsNothing(v any) bool {
	if inner, ok := v.(map[string]any); ok {
		for _, value := range inner {
			if !holdsNothing(value) {
				return false
			}
		}
		return true
	}
	return v == nil || v == "" || v == 0.0
}

func decode(t testing.TB, raw []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return v
}
