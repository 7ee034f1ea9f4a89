package guardrails

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"testing"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// all are the entities of most tests.
var all = []string{"email", "phone", "card", "ip", "iban", "ssn", "cn_id", "cn_mobile", "secret"}

func request(t testing.TB, body string) *gateway.Request {
	t.Helper()
	r, err := openai.NewRequest(gateway.OpChat, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func exchange(t testing.TB, body string, entities ...string) *gateway.Exchange {
	t.Helper()
	return &gateway.Exchange{ID: "01", Envelope: &gateway.Envelope{}, Request: request(t, body), Facts: &gateway.Facts{},
		Plan: &gateway.Plan{Redact: gateway.RedactPolicy{Input: entities, Restore: true}}}
}

// event returns a streamed chunk with the given JSON of its choices.
func event(choices string) gateway.Chunk {
	c := gateway.Chunk{Dialect: openai.Dialect{}, Raw: []byte(`{"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","x":1,"choices":` + choices + `}`)}
	c.Read()
	return c
}

func body(raw string) gateway.Chunk {
	c := gateway.Chunk{Dialect: openai.Dialect{}, Raw: []byte(raw), Form: gateway.FormBody}
	c.Read()
	return c
}

func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// upstream records each request and returns the answer to it.
func upstream(seen *[]*gateway.Request, answer func(*gateway.Request) gateway.Stream) gateway.Handler {
	return func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		*seen = append(*seen, ex.Request)
		return gateway.Prime(answer(ex.Request))
	}
}

// drain reads s to its end and folds it. In every chunk, Raw and Deltas must agree.
func drain(t testing.TB, s gateway.Stream) (*gateway.Response, error) {
	t.Helper()
	defer s.Close()
	out := &gateway.Response{}
	for {
		c, err := s.Next()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		if !json.Valid(c.Raw) {
			t.Fatalf("broken chunk %s", c.Raw)
		}
		twin := gateway.Chunk{Dialect: openai.Dialect{}, Raw: c.Raw, Form: c.Form}
		twin.Read()
		var a, b gateway.Response
		a.Fold(c)
		b.Fold(twin)
		if choicesText(&a) != choicesText(&b) {
			t.Fatalf("raw and deltas differ:\n%s\n%s", choicesText(&b), choicesText(&a))
		}
		out.Fold(c)
	}
}

// choicesText is what the choices of an answer say, as stages read it.
func choicesText(r *gateway.Response) string {
	out := ""
	for i := range r.Choices {
		c := &r.Choices[i]
		out += fmt.Sprintf("%d %q %q %q %s", c.Index, c.Text(), c.Reasoning(), c.Refusal(), c.Finish)
		for k := range c.Tools {
			out += fmt.Sprintf(" %q", c.Tools[k].Args())
		}
	}
	return out
}

// failing returns an error after its chunks.
type failing struct {
	gateway.Stream
	err error
}

func (f *failing) Next() (gateway.Chunk, error) {
	c, err := f.Stream.Next()
	if err == io.EOF {
		err = f.err
	}
	return c, err
}
