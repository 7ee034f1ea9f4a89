package openai

import (
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

func TestLimits(t *testing.T) {
	for _, tc := range []struct {
		body, written string // with a limit of 7
		max           int64
		bounded       bool
		choices       int64
		bad           string
	}{
		{`{}`, `{"max_completion_tokens":7}`, 0, false, 1, ""},
		{`{"max_tokens":10}`, `{"max_tokens":7}`, 10, true, 1, ""},
		{`{"max_tokens":10,"max_completion_tokens":20,"n":3}`, `{"n":3,"max_tokens":7}`, 20, true, 3, ""},
		{`{"max_tokens":0,"max_completion_tokens":20}`, `{"max_tokens":7}`, 20, false, 1, ""},
		{`{"max_completion_tokens":null}`, `{"max_completion_tokens":7}`, 0, false, 1, ""},
		{`{"Max_Tokens":5}`, `{"max_completion_tokens":7}`, 5, false, 1, ""},
		{`{"max_tokens":1,"MAX_TOKENS":5}`, `{"max_tokens":7}`, 5, true, 1, ""},
		{`{"n":"50"}`, `{"n":"50","max_completion_tokens":7}`, 0, false, 1, "n"},
		{`{"n":null,"best_of":4}`, `{"n":null,"best_of":4,"max_completion_tokens":7}`, 0, false, 4, ""},
	} {
		p := Dialect{}.Parameters([]byte(tc.body))
		if p.MaxOutput != tc.max || p.Bounded != tc.bounded || p.Choices != tc.choices || p.BadChoices != tc.bad {
			t.Errorf("%s: %+v", tc.body, p)
		}
		got := Dialect{}.WithMaxOutput([]byte(tc.body), 7)
		if string(got) != tc.written {
			t.Errorf("%s became %s, want %s", tc.body, got, tc.written)
		}
		if p := (Dialect{}).Parameters(got); !p.Bounded || p.MaxOutput != 7 {
			t.Errorf("%s is no limit: %+v", got, p)
		}
	}
}

func TestAttachments(t *testing.T) {
	for body, want := range map[string]gateway.Attachments{
		`{"messages":[{"content":"image_url"}]}`:                                                            {},
		`{"messages":[{"content":[{"type":"image_url","image_url":{"url":"x"}},{"type":"text"}]}]}`:         {Images: 1},
		`{"messages":[{"content":[{"image\u005furl":{"url":"x"}}]}]}`:                                       {Images: 1},
		`{"messages":[{"content":[{"type":"file","file":{"file_id":"f"}}]}],"web_search_options":{}}`:       {Files: 1, Hosted: 1},
		`{"tools":[{"type":"function","function":{"parameters":{"type":"object"}}},{"type":"web_search"}]}`: {Tools: true, Hosted: 1},
	} {
		if got := (Dialect{}).Attachments([]byte(body)); got != want {
			t.Errorf("%s: %+v, want %+v", body, got, want)
		}
	}
}
