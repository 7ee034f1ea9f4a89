package anthropic

import (
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

func TestLimit(t *testing.T) {
	for _, tc := range []struct {
		body, written string // with a limit of 7
		max           int64
		bounded       bool
	}{
		{`{}`, `{"max_tokens":7}`, 0, false},
		{`{"max_tokens":10,"system":"s"}`, `{"system":"s","max_tokens":7}`, 10, true},
		{`{"max_tokens":"10"}`, `{"max_tokens":7}`, 0, false},
		{`{"max_tokens":-1}`, `{"max_tokens":7}`, 0, false},
		{`{"max_tokens":1,"Max_Tokens":50}`, `{"max_tokens":7}`, 50, true},
	} {
		if p := (Dialect{}).Parameters([]byte(tc.body)); p.MaxOutput != tc.max || p.Bounded != tc.bounded || p.Choices != 1 {
			t.Errorf("%s: %+v", tc.body, p)
		}
		if got := (Dialect{}).WithMaxOutput([]byte(tc.body), 7); string(got) != tc.written {
			t.Errorf("%s became %s, want %s", tc.body, got, tc.written)
		}
	}
}

func TestAttachments(t *testing.T) {
	for body, want := range map[string]gateway.Attachments{
		`{"messages":[{"content":"image"}]}`: {},
		`{"messages":[{"content":[{"type":"image","source":{"type":"url","url":"x"}},{"type":"document"}]}]}`:        {Images: 1, Files: 1},
		`{"tools":[{"name":"f","input_schema":{"type":"object"}},{"type":"custom"},{"type":"web_search_20250305"}]}`: {Tools: true, Hosted: 1},
		`{"mcp_servers":[]}`: {Hosted: 1},
	} {
		if got := (Dialect{}).Attachments([]byte(body)); got != want {
			t.Errorf("%s: %+v, want %+v", body, got, want)
		}
	}
}
