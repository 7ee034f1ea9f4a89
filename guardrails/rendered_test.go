package guardrails

import (
	"context"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// A value that a template completes gets a placeholder of the same vault as the values of the
// call, and the answer is restored as a whole, escaped where the template asks for JSON.
func TestRenderedPromptUsesTheVaultOfTheExchange(t *testing.T) {
	ex := exchange(t, `{"temperature":0.2}`, "email", "secret")
	ex.Request.Prompt = &gateway.PromptCall{ID: "p", Variables: []byte(`{"user":"alice","domain":"example.com","friend":"bob@example.org","key":` + quote(pemKey) + `}`)}
	var sent *gateway.Request
	template := func(ctx context.Context, inner *gateway.Exchange) (gateway.Stream, error) {
		if got := string(inner.Request.Prompt.Variables); strings.Contains(got, "bob") || !strings.Contains(got, "[EMAIL_1]") {
			t.Error(got)
		}
		req := request(t, `{"response_format":{"type":"json_object"},"messages":[{"role":"system","content":"Support: help@shop.example"},
			{"role":"user","content":"From alice@example.com to [EMAIL_1], key [SECRET_1]"}]}`)
		var err error
		if sent, err = inner.Redactor.RedactRendered(req, inner.Request.Prompt.Variables); err != nil {
			t.Fatal(err)
		}
		return gateway.Chunks(event(`[{"index":0,"delta":{"content":"{\"a\":\"[EMAIL_2] [EMAIL_1]"}}]`), event(`[{"index":0,"delta":{"content":" [SECRET_1]\"}"},"finish_reason":"stop"}]`)), nil
	}
	out, err := New(Config{}).Redact().Wrap(template)(context.Background(), ex)
	if err != nil {
		t.Fatal(err)
	}
	got, err := drain(t, out)
	if err != nil {
		t.Fatal(err)
	}
	if s := string(sent.Raw); strings.Contains(s, "alice") || !strings.Contains(s, "From [EMAIL_2] to [EMAIL_1]") || !strings.Contains(s, "help@shop.example") {
		t.Error(s)
	}
	key := quote(pemKey)
	if want := `{"a":"alice@example.com bob@example.org ` + key[1:len(key)-1] + `"}`; got.Choices[0].Text() != want {
		t.Errorf("got %s, want %s", got.Choices[0].Text(), want)
	}
	if answer := ex.Facts.Answer.Choices[0].Text(); answer != `{"a":"[EMAIL_2] [EMAIL_1] [SECRET_1]"}` {
		t.Errorf("Facts.Answer was restored: %s", answer)
	}
	if h := ex.Facts.Redacted; len(h) != 2 || h[0] != (gateway.EntityHits{Entity: "email", Count: 2}) || h[1].Count != 1 {
		t.Errorf("%+v", h)
	}
}
