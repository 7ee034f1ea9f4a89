package double

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// ask sends a body with the credential of its format.
func ask(t *testing.T, u *Upstream, path, body string) (int, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, u.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case strings.Contains(path, "messages"):
		req.Header.Set("X-Api-Key", AnthropicKey)
		req.Header.Set("Anthropic-Version", "2023-06-01")
	case strings.Contains(path, "models"):
		req.Header.Set("X-Goog-Api-Key", GoogleKey)
	default:
		req.Header.Set("Authorization", "Bearer "+OpenAIKey)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, string(text), err
}

const (
	chatPath      = "/v1/chat/completions"
	responsesPath = "/v1/responses"
	messagesPath  = "/v1/messages"
	geminiPath    = "/v1beta/models/m:generateContent"
	geminiStream  = "/v1beta/models/m:streamGenerateContent?alt=sse"
)

// TestRefusals: what a vendor refuses is refused here, so that a mistake of a translation shows.
func TestRefusals(t *testing.T) {
	u, err := Listen(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	for _, c := range []struct{ path, body, want string }{
		{chatPath, `{"messages":[{"role":"user","content":"a"}],"thinking":{}}`, "thinking: unknown field"},
		{chatPath, `{"messages":[{"role":"tool","tool_call_id":"x","content":"a"}]}`, "has no call before it"},
		{chatPath, `{"messages":[{"role":"assistant","tool_calls":[{"id":"x","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"user","content":"a"}]}`, "has no result"},
		{responsesPath, `{"input":"a","messages":[]}`, "messages: unknown field"},
		{responsesPath, `{"input":[{"type":"reasoning","encrypted_content":"AAAA","summary":[]}]}`, "could not be verified"},
		{messagesPath, `{"messages":[{"role":"user","content":"a"}]}`, "max_tokens"},
		{messagesPath, `{"max_tokens":9,"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"x","signature":"y"}]}]}`, "invalid signature"},
		{messagesPath, `{"max_tokens":2000,"temperature":0.5,"thinking":{"type":"enabled","budget_tokens":1024},"messages":[]}`, "temperature"},
		{geminiPath, `{"contents":[],"stream":true}`, "stream: unknown field"},
		{geminiPath, `{"contents":[{"role":"assistant","parts":[]}]}`, "role"},
	} {
		if status, text, err := ask(t, u, c.path, c.body); err != nil || status != http.StatusBadRequest || !strings.Contains(text, c.want) {
			t.Errorf("%s %s: %d %s %v", c.path, c.body, status, text, err)
		}
	}
}

// TestStreams: a stream has the end mark of its format, and one that breaks off has none.
func TestStreams(t *testing.T) {
	u, err := Listen(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	for _, c := range []struct{ path, body, mark string }{
		{chatPath, `{"stream":true,"messages":[{"role":"user","content":"TEXT"}]}`, "[DONE]"},
		{responsesPath, `{"stream":true,"input":"TEXT"}`, "response.completed"},
		{messagesPath, `{"max_tokens":9,"stream":true,"messages":[{"role":"user","content":"TEXT"}]}`, "message_stop"},
		{geminiStream, `{"contents":[{"parts":[{"text":"TEXT"}]}]}`, `"finishReason"`},
	} {
		for _, scenario := range []string{"plain", "quiet", "cut"} {
			status, text, err := ask(t, u, c.path, strings.Replace(c.body, "TEXT", "scenario-"+scenario, 1))
			if status != http.StatusOK || strings.Contains(text, c.mark) != (scenario == "plain") || (err != nil) != (scenario == "cut") || !strings.Contains(text, "Hello") {
				t.Errorf("%s %s: %d %v\n%s", c.path, scenario, status, err, text)
			}
		}
	}
}

// TestParallelCalls: two calls in one answer, whose results are quoted in the order of the calls.
func TestParallelCalls(t *testing.T) {
	u, err := Listen(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	tools := `"tools":[{"functionDeclarations":[{"name":"f","parametersJsonSchema":{"type":"object","properties":{"city":{"type":"string"}}}}]}]`
	user := `{"role":"user","parts":[{"text":"scenario-parallel"}]}`
	status, text, err := ask(t, u, geminiPath, `{`+tools+`,"contents":[`+user+`]}`)
	if err != nil || status != http.StatusOK || !strings.Contains(text, `{"city":"Paris"}`) || !strings.Contains(text, `{"city":"Rome"}`) {
		t.Fatalf("%d %s %v", status, text, err)
	}
	call := `{"functionCall":{"name":"f","args":{}}}`
	result := `{"functionResponse":{"name":"f","response":{"output":"1 degrees"}}}`
	second := strings.Replace(result, "1", "2", 1)
	for _, c := range []struct{ results, want string }{
		{result + "," + second, "It is 1 degrees and 2 degrees."},
		{result, "has no result"},
		{result + "," + second + "," + second, "has no call"},
	} {
		_, text, err = ask(t, u, geminiPath, `{`+tools+`,"contents":[`+user+`,{"role":"model","parts":[`+call+`,`+call+`]},{"role":"user","parts":[`+c.results+`]}]}`)
		if err != nil || !strings.Contains(text, c.want) {
			t.Errorf("%s: %s %v", c.results, text, err)
		}
	}
}

// TestAbandoned: the double knows which slow stream its caller has left.
func TestAbandoned(t *testing.T) {
	u, err := Listen(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	ctx, leave := context.WithCancel(context.Background())
	defer leave()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.URL()+chatPath, strings.NewReader(`{"stream":true,"messages":[{"role":"user","content":"scenario-endless stream-1a"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+OpenAIKey)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if u.wasAbandoned("stream-1a") {
		t.Error("the caller is still there")
	}
	leave()
	for i := 0; !u.wasAbandoned("stream-1a"); i++ {
		if i > 600 {
			t.Fatal("the double goes on")
		}
		time.Sleep(50 * time.Millisecond)
	}
	if u.wasAbandoned("stream-2b") {
		t.Error("another stream")
	}
}
