package gemini_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/gateway/sse"
)

func event(raw string) gateway.Chunk {
	c := gateway.Chunk{Raw: []byte(raw), Dialect: gemini.Dialect{}}
	c.Read()
	return c
}

const twoCandidates = `{"candidates":[{"content":{"parts":[{"text":"a <","thought":true},{"text":"b"}]},"index":0},{"content":{"parts":[{"functionCall":{"name":"f","args":{"x":1}}},{"text":"c"}]},"finishReason":"STOP","index":1}],"responseId":"r","modelVersion":"m"}`

// Texts are replaced where they stand, in any candidate.
func TestEdits(t *testing.T) {
	c := event(twoCandidates)
	before := string(c.Raw)
	for _, err := range []error{c.SetReasoning(0, `"A"`), c.SetText(1, "B"), c.SetArgs(2, 0, `{"x":"é"}`), c.SetName(2, 0, "g"), c.SetText(3, "C")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	want := strings.NewReplacer(`"a <"`, `"\"A\""`, `"b"`, `"B"`, `{"x":1}`, `{"x":"é"}`, `"f"`, `"g"`, `"c"`, `"C"`).Replace(twoCandidates)
	if string(c.Raw) != want || c.Deltas[3].Text != "C" || before != twoCandidates {
		t.Errorf("got  %s\nwant %s", c.Raw, want)
	}
	for _, err := range []error{c.SetArgs(2, 0, `"x"`), c.SetRefusal(1, "x"), c.SetText(2, "x")} {
		if err == nil {
			t.Error("an edit that the format has no room for was made")
		}
	}
}

func TestEventOfADelta(t *testing.T) {
	raw, err := gemini.Dialect{}.Event([]byte(twoCandidates), &gateway.Delta{Choice: 1, Text: "x"})
	if want := `{"candidates":[{"content":{"parts":[{"text":"x"}],"role":"model"},"index":1}],"modelVersion":"m","responseId":"r"}`; string(raw) != want || err != nil {
		t.Errorf("%s, %v", raw, err)
	}
	if _, err := (gemini.Dialect{}).Event(nil, &gateway.Delta{Tools: []gateway.ToolDelta{{Args: `{"a`}}}); err == nil {
		t.Error("half a function call was written")
	}
}

// A whole answer is an event too: folded again, it is the same.
func TestReplay(t *testing.T) {
	chunks, err := gemini.Dialect{}.Events([]byte(twoCandidates), false)
	if err != nil || string(folded(chunks)) != strings.Replace(twoCandidates, `"index":1}`, `"index":1}`, 1) {
		t.Errorf("%s, %v", folded(chunks), err)
	}
}

func TestRecordable(t *testing.T) {
	got := gemini.Dialect{}.Recordable(gateway.OpEmbeddings, []byte(`{"embeddings":[{"values":[1,2,3]},{"values":"x"}],"embedding":{"values":[]}}`))
	if want := `{"embeddings":[{"dimensions":3},{"dimensions":3}],"embedding":{"dimensions":0}}`; string(got) != want {
		t.Errorf("%s", got)
	}
}

// The usage of an event before the end is early: a stream that breaks off there has no final
// count.
func TestEarlyUsage(t *testing.T) {
	d := gemini.NewDecoder("google", &gateway.Request{Op: gateway.OpChat})
	for i, tc := range []struct {
		raw          string
		early, final bool
	}{
		{`{"candidates":[{"content":{"parts":[{"text":"a"}]},"index":0}],"usageMetadata":{"promptTokenCount":5}}`, true, false},
		{`{"candidates":[{"content":{"parts":[{"text":"b"}]},"index":1}]}`, false, false},
		{`{"candidates":[{"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":2}}`, true, false},
		{`{"candidates":[{"finishReason":"STOP","index":1}]}`, false, true},
	} {
		cs, err := d.Feed(sse.Event{Data: []byte(tc.raw)})
		if err != nil || (cs[0].Early != nil) != tc.early || (cs[0].Usage != nil) != tc.final {
			t.Errorf("%d: %+v %v", i, cs, err)
		}
	}
	if _, err := d.End(); err != nil {
		t.Error(err)
	}
}

// What is kept of an answer is bounded.
func TestWaitingIsBounded(t *testing.T) {
	w := gemini.Dialect{}.WriteAnswer(nil)
	start := message.Event{Kind: message.EventPartStart, Of: message.KindToolCall}
	piece := message.Event{Kind: message.EventDelta, Of: message.KindToolCall, Text: strings.Repeat("1", 1<<20)}
	_, err := w.Events([]message.Event{start})
	for i := 0; i < 64 && err == nil; i++ {
		_, err = w.Events([]message.Event{piece})
	}
	if gateway.AsError(err) == nil || gateway.AsError(err).Kind != gateway.BadUpstream {
		t.Errorf("64 MB of a call were kept: %v", err)
	}
	w = gemini.Dialect{}.WriteAnswer(nil)
	err = nil
	for i := 0; i < 1<<16 && err == nil; i++ {
		start.Part = i
		_, err = w.Events([]message.Event{start})
	}
	if err == nil {
		t.Error("65536 open parts were kept")
	}
}

// FuzzAnswer: no answer makes the decoder, the accessors or the translations panic, and what
// is written is JSON.
func FuzzAnswer(f *testing.F) {
	f.Add(twoCandidates)
	f.Add(`{"candidates":{"content":{"parts":[{"inlineData":{"data":"AA=="}},{"functionCall":{"args":5}}]},"citationMetadata":{"citationSources":[1]}},"usageMetadata":{"promptTokenCount":-1}}`)
	f.Add(`{"promptFeedback":{"blockReason":"SAFETY"}}`)
	f.Fuzz(func(t *testing.T, raw string) {
		d := gemini.NewDecoder("google", &gateway.Request{Op: gateway.OpChat})
		reader, writer := gemini.Dialect{}.ReadAnswer(), gemini.Dialect{}.WriteAnswer(nil)
		var r gateway.Response
		for range 2 {
			cs, err := d.Feed(sse.Event{Data: []byte(raw)})
			if err != nil {
				return
			}
			for i := range cs {
				for n := range cs[i].Deltas {
					if cs[i].Deltas[n].Text != "" {
						if err := cs[i].SetText(n, "x"); err != nil {
							t.Fatal(err)
						}
					}
				}
				r.Fold(cs[i])
				es, err := reader.Read(&cs[i])
				if err != nil {
					t.Fatal(err)
				}
				written, err := writer.Events(es)
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range written {
					if !json.Valid(c.Raw) {
						t.Fatalf("%s", c.Raw)
					}
				}
			}
		}
		if body := r.Body(); body != nil && !gjson.ValidBytes(body) {
			t.Fatalf("%s became %s", raw, body)
		}
	})
}
