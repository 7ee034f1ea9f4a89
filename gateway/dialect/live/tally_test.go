package live

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// reported is a message with usage as Google's reference documents it.
const reported = `{"serverContent":{"turnComplete":true},"usageMetadata":{"promptTokenCount":132,"cachedContentTokenCount":64,"responseTokenCount":121,"toolUsePromptTokenCount":8,
"thoughtsTokenCount":9,"totalTokenCount":270,"promptTokensDetails":[{"modality":"TEXT","tokenCount":100},{"modality":"AUDIO","tokenCount":12},{"modality":"IMAGE","tokenCount":20}],
"cacheTokensDetails":[{"modality":"AUDIO","tokenCount":4}],"responseTokensDetails":[{"modality":"TEXT","tokenCount":30},{"modality":"AUDIO","tokenCount":91}]}}`

func TestTally(t *testing.T) {
	tally := NewTally([]byte(`{"model":"gemini-live","generationConfig":{"maxOutputTokens":200,"responseModalities":["AUDIO"]}}`))
	event := func(raw string) gateway.Chunk {
		c := gateway.Chunk{Raw: []byte(raw), Dialect: Dialect{}}
		tally.Received(&c)
		return c
	}
	if c := event(`{"setupComplete":{}}`); c.Usage == nil || *c.Usage != (gateway.Usage{}) {
		t.Errorf("%+v", c)
	}
	const setup = int64(len(`{"model":"gemini-live","generationConfig":{"maxOutputTokens":200,"responseModalities":["AUDIO"]}}`))
	tally.Sent([]byte(`{"realtimeInput":{"audio":{"mimeType":"audio/pcm","data":"` + strings.Repeat("A", 6_498) + `"}}}`))
	c := event(`{"serverContent":{"modelTurn":{"parts":[{"text":"Hm.","thought":true},{"text":"Hello"}]}}}`)
	if b := c.Cost.Begins; b.AudioInput != 10 || b.Input < setup+10 || b.Input > setup+100 || b.Output != 200 || b.AudioOutput != 200 {
		t.Errorf("the first turn uses at most %+v", *b)
	}
	if d := c.Deltas[0]; d.Text != "Hello" || d.Reasoning != "Hm." {
		t.Errorf("%+v", d)
	}
	if c := event(`{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm","data":"AAAA"}}]},"outputTranscription":{"text":" you"}}}`); c.Cost != nil || c.Deltas[0].Text != " you" {
		t.Errorf("a turn that goes on: %+v", c)
	}
	if !tally.Writing() || !tally.End().Cost.Lost {
		t.Error("a turn is written")
	}
	one := gateway.Usage{Input: 140, Output: 130, Reasoning: 9, CacheRead: 64, AudioInput: 12, AudioCacheRead: 4, AudioOutput: 91, ImageInput: 20}
	if c := event(reported); *c.Usage != one || c.Deltas[0].Finish != "stop" {
		t.Errorf("%+v", *c.Usage)
	}
	if tally.Writing() || tally.End().Cost.Lost {
		t.Error("the turn has ended, and told its usage")
	}
	c = event(`{"toolCall":{"functionCalls":[{"id":"f1","name":"weather","args":{"city":"Rome"}}]}}`)
	if b := c.Cost.Begins; b.Input != 140+130 || b.AudioInput != 12+91 || c.Deltas[0].Tools[0].Args != `{"city":"Rome"}` {
		t.Errorf("the second turn uses at most %+v, %+v", *b, c.Deltas)
	}
	two := one
	two.Add(&one)
	if c := event(reported); *c.Usage != two {
		t.Errorf("two turns: %+v", *c.Usage)
	}
	event(`{"serverContent":{"modelTurn":{"parts":[{"text":"a"}]}}}`)
	if c := event(`{"serverContent":{"interrupted":true}}`); c.Deltas[0].Finish != "cancelled" || !tally.Writing() {
		t.Errorf("an interrupted turn has told its usage, or does not end: %+v", c)
	}
	two.Add(&one)
	if c := event(reported); *c.Usage != two || tally.Writing() || tally.End().Cost.Lost {
		t.Errorf("an interrupted turn: %+v", *c.Usage)
	}
	event(`{"serverContent":{"modelTurn":{"parts":[{"text":"a"}]}}}`)
	event(`{"serverContent":{"interrupted":true}}`)
	if c := event(`{"serverContent":{"modelTurn":{"parts":[{"text":"b"}]}}}`); c.Cost == nil {
		t.Error("a turn after an interrupted one does not begin")
	}
	if event(reported); !tally.End().Cost.Lost {
		t.Error("a turn that was never reported is not lost")
	}
}

// TestSentIsBounded: whatever the caller sends, a turn reads no more than a context holds.
func TestSentIsBounded(t *testing.T) {
	tally := NewTally([]byte(`{"model":"m","generationConfig":{"responseModalities":["TEXT"],"maxOutputTokens":-1}}`))
	for range 200 {
		tally.Sent([]byte(`{"realtimeInput":{"video":{"mimeType":"image/jpeg","data":"` + strings.Repeat("A", 4000) + `"}}}`))
	}
	c := gateway.Chunk{Raw: []byte(`{"serverContent":{"modelTurn":{"parts":[]}}}`), Dialect: Dialect{}}
	tally.Received(&c)
	if u := c.Cost.Begins; u.Input != maxContext || u.AudioInput != 0 || u.Output != maxTurn || u.AudioOutput != 0 {
		t.Errorf("%+v", u)
	}
}

func TestRequest(t *testing.T) {
	for message, want := range map[string]string{ // the model, or what is wrong
		`{"setup":{"model":"models/gemini-live"}}`:                                          "gemini-live",
		`{"setup":{"model":"@vk/gemini-live"}}`:                                             "@vk/gemini-live",
		`{"setup":{"model":"publishers/google/models/gemini-live"}}`:                        "gemini-live",
		`{"setup":{"model":"projects/p/locations/l/publishers/google/models/gemini-live"}}`: "gemini-live",
		`{}`:                                  "setup",
		`{"setup":"x"}`:                       "setup",
		`{"setup":{}}`:                        "setup.model",
		`{"setup":{"model":7}}`:               "setup.model",
		`{"setup":{"model":"a","model":"b"}}`: "model",
		`{"setup":{"model":"a"},"setup":{}}`:  "setup",
		`{"setup":{"model":"a"},"clientContent":{}}`: "clientContent",
		`[]`:        "",
		`{"setup":`: "",
	} {
		req, err := Request([]byte(message), nil)
		got := ""
		if err == nil {
			got = req.Model()
		} else {
			got = gateway.AsError(err).Param
		}
		if got != want {
			t.Errorf("%s: %q %v, want %q", message, got, err, want)
		}
	}
	req, err := Request([]byte(`{"setup":{"model":"models/a","tools":[{"googleSearch":{}}]}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(Setup(req.Raw, "models/b")); got != `{"setup":{"model":"models/b","tools":[{"googleSearch":{}}]}}` {
		t.Error(got)
	}
}

func FuzzTally(f *testing.F) {
	f.Add([]byte(reported))
	f.Add([]byte(`{"setupComplete":{}}`))
	f.Add([]byte(`{"toolCall":{"functionCalls":[{"id":7,"name":[],"args":"x"}]},"serverContent":{"interrupted":true,"modelTurn":{"parts":{}}}}`))
	f.Fuzz(func(t *testing.T, event []byte) {
		tally := NewTally(event)
		tally.Sent(event)
		c := gateway.Chunk{Raw: event, Dialect: Dialect{}}
		tally.Received(&c)
		if c.Usage != nil && (c.Usage.Input < 0 || c.Usage.Output < 0) {
			t.Errorf("%+v", *c.Usage)
		}
		if c.Cost != nil && c.Cost.Begins != nil && (c.Cost.Begins.Input > maxContext || c.Cost.Begins.AudioInput > c.Cost.Begins.Input) {
			t.Errorf("%+v", *c.Cost.Begins)
		}
	})
}
