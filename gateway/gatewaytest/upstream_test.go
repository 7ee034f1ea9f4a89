package gatewaytest

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func call(t *testing.T, url, body string, headers ...string) (int, http.Header, string, error) {
	t.Helper()
	tr := &http.Transport{DisableKeepAlives: true}
	defer tr.CloseIdleConnections()
	req, err := http.NewRequest("POST", url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := tr.RoundTrip(req)
	if err != nil {
		return 0, nil, "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return res.StatusCode, res.Header, string(b), err
}

func TestUpstreamAnswersInBothDialects(t *testing.T) {
	u := NewUpstream()
	defer u.Close()
	status, _, body, err := call(t, u.URL()+"/v1/chat/completions", Hello)
	if err != nil || status != 200 || gjson.Get(body, "choices.0.message.content").String() != "Hello" {
		t.Errorf("openai: %d %s %v", status, body, err)
	}
	_, _, body, _ = call(t, u.URL()+"/v1/messages", Hello)
	if gjson.Get(body, "content.0.text").String() != "Hello" || gjson.Get(body, "stop_reason").String() != "end_turn" {
		t.Errorf("anthropic: %s", body)
	}
	_, _, body, _ = call(t, u.URL()+"/v1/embeddings", `{"model":"e","input":["a","a","b"]}`)
	if v := gjson.Get(body, "data.#.embedding").Array(); len(v) != 3 || v[0].Raw != v[1].Raw || v[0].Raw == v[2].Raw {
		t.Errorf("embeddings: %s", body)
	}
	if u.Hits("gpt-mock") != 2 || u.Hits("") != 3 || len(u.Requests()) != 3 || u.Last().Path != "/v1/embeddings" {
		t.Errorf("recorded: %d hits, %d requests", u.Hits(""), len(u.Requests()))
	}
}

func TestUpstreamFaults(t *testing.T) {
	u := NewUpstream()
	defer u.Close()
	u.RequireKey("sk-right")
	stream := func(model string) (int, string, error) {
		s, _, b, err := call(t, u.URL()+"/v1/chat/completions", strings.Replace(Hello, "gpt-mock", model, 1)[:len(Hello)-len("gpt-mock")+len(model)-1]+`,"stream":true}`, "Authorization", "Bearer sk-right")
		return s, b, err
	}
	for model, want := range map[string]string{
		"plain": "data: [DONE]\n\n", "fault-crlf": "\r\n\r\n", "fault-no-finish": "[DONE]", "fault-multiline": "data: {\ndata: \"id\"",
		"fault-error-event:2": `"error"`, "fault-tool-split": `\"Pa"`, "fault-comments": "\ufeff: keep-alive",
	} {
		if status, b, err := stream(model); err != nil || status != 200 || !strings.Contains(b, want) {
			t.Errorf("%s: %d %v %q", model, status, err, b)
		}
	}
	for _, model := range []string{"fault-cut:2", "fault-reset:2"} {
		if _, b, err := stream(model); err == nil {
			t.Errorf("%s: want a broken connection, got %q", model, b)
		}
	}
	for i, want := range []int{500, 500, 200} {
		if status, _, _ := stream("fault-500-then-ok:2"); status != want {
			t.Errorf("500-then-ok, call %d: %d, want %d", i, status, want)
		}
	}
	status, _, body, _ := call(t, u.URL()+"/v1/chat/completions", Hello, "Authorization", "Bearer sk-wrong")
	if status != 401 || !strings.Contains(body, "sk-wrong") {
		t.Errorf("wrong key: %d %s", status, body)
	}
	if _, ok := Faulty("no-such-fault"); ok {
		t.Error("an unknown fault was accepted")
	}
}

func TestUpstreamSeesACancel(t *testing.T) {
	u := NewUpstream()
	defer u.Close()
	u.Set("gpt-mock", Reply{Fault: Fault{Stall: true}})
	ctx, cancel := context.WithCancel(context.Background())
	req, _ := http.NewRequestWithContext(ctx, "POST", u.URL()+"/v1/chat/completions", strings.NewReader(Hello))
	time.AfterFunc(20*time.Millisecond, cancel)
	tr := &http.Transport{}
	defer tr.CloseIdleConnections()
	if _, err := tr.RoundTrip(req); err == nil {
		t.Fatal("the stalled call answered")
	}
	if !u.WaitIdle(2*time.Second) || u.Cancelled() != 1 {
		t.Errorf("open %d, cancelled %d", u.Open(), u.Cancelled())
	}
}
