package provider

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/tidwall/gjson"
)

// MockModel is one model of the built-in vendor "mock", which answers inside the process:
// no network, no account, always the same answer to the same request.
type MockModel struct {
	ID          string // as in "mock/echo"
	Description string
	Embeddings  bool
	Price       gateway.Price
}

// MockModels lists them. They have prices so that the first trace shows a cost.
func MockModels() []MockModel { return slices.Clone(mockModels) }

const usd = 1_000_000_000 // one dollar per million tokens

var mockPrice = gateway.Price{Input: usd / 10, Output: usd * 4 / 10, Version: "mock@1"}

var mockModels = []MockModel{
	{ID: "echo", Description: "repeats the last user message; as JSON if response_format asks for it", Price: mockPrice},
	{ID: "hello", Description: "always greets", Price: mockPrice},
	{ID: "slow", Description: "echo that starts after 300 ms and takes 50 ms per word", Price: mockPrice},
	{ID: "tool", Description: "calls the first of the request's tools", Price: mockPrice},
	{ID: "fail-429", Description: "always answers 429 with a Retry-After of one second", Price: mockPrice},
	{ID: "fail-500", Description: "always answers 500", Price: mockPrice},
	{ID: "fail-503", Description: "always answers 503", Price: mockPrice},
	{ID: "fail-stream", Description: "streams two words and then breaks; unary: 502", Price: mockPrice},
	{ID: "embed", Description: "vectors of 64 dimensions; texts that share words are near each other", Embeddings: true, Price: gateway.Price{Input: usd / 100, Version: "mock@1"}},
}

type mock struct{}

func (m *mock) answer(ctx context.Context, t *gateway.Target, req *gateway.Request) (gateway.Stream, error) {
	const op = "provider.mock"
	name := strings.TrimPrefix(req.Model(), "mock/")
	i := slices.IndexFunc(mockModels, func(m MockModel) bool { return m.ID == name })
	if i < 0 || mockModels[i].Embeddings != (req.Op == gateway.OpEmbeddings) {
		return nil, &gateway.Error{Op: op, Kind: gateway.Invalid, Param: "model", Code: "model_not_found", Target: t.Path,
			Public: "The provider 'mock' has no model '" + req.Model() + "' for this operation. It has " + mockNames() + "."}
	}
	if status, err := strconv.Atoi(strings.TrimPrefix(name, "fail-")); err == nil {
		e := &gateway.Error{Op: op, Kind: gateway.Upstream, Status: status, Target: t.Path, Code: "mock_failure",
			Public: "The provider 'mock' failed as asked: " + http.StatusText(status) + "."}
		if status == http.StatusTooManyRequests {
			e.RetryAfter = time.Second
		}
		return nil, e
	}
	if req.Op == gateway.OpEmbeddings {
		return mockEmbeddings(req)
	}
	a := newMockAnswer(name, req)
	return a.play(ctx, t)
}

func mockNames() string {
	var names []string
	for _, m := range mockModels {
		names = append(names, m.ID)
	}
	return strings.Join(names, ", ")
}

// mockAnswer is what the mock says, before it is cut for a stream.
type mockAnswer struct {
	head
	req     *gateway.Request
	name    string
	choices []gateway.Delta
	usage   gateway.Usage
}

func newMockAnswer(name string, req *gateway.Request) *mockAnswer {
	sum := sha256.Sum256(req.Raw)
	a := &mockAnswer{head: head{"chatcmpl-mock-" + hex.EncodeToString(sum[:8]), "mock/" + name, time.Now().Unix()}, req: req, name: name}
	for _, t := range req.Texts() {
		a.usage.Input += tokens(t.Value)
	}
	d := gateway.Delta{Text: lastUser(req.Raw), Finish: "stop"}
	root := gjson.ParseBytes(req.Raw)
	tool := root.Get("tools.0.function.name").String()
	switch {
	case name == "hello":
		d.Text = "Hello! I am Sluice's built-in mock model. Nothing left this machine."
	case name == "tool" && tool != "":
		d = gateway.Delta{Finish: "tool_calls", Tools: []gateway.ToolDelta{{ID: "call_mock_" + hex.EncodeToString(sum[8:14]), Name: tool, Args: "{}"}}}
	case strings.HasPrefix(root.Get("response_format.type").String(), "json"):
		d.Text = `{"echo":` + string(gateway.AppendQuoted(nil, d.Text)) + `}`
	}
	limit := max(root.Get("max_tokens").Int(), root.Get("max_completion_tokens").Int())
	if words := splitWords(d.Text); limit > 0 && int64(len(words)) > limit {
		d.Text, d.Finish = strings.Join(words[:limit], ""), "length"
	}
	for i := range min(max(root.Get("n").Int(), 1), 8) {
		d.Choice = int(i)
		d.At = int(i)
		a.choices = append(a.choices, d)
		a.usage.Output += tokens(d.Text) + int64(2*len(d.Tools))
	}
	return a
}

// tokens guesses as one does without a tokeniser: four bytes each.
func tokens(s string) int64 { return int64(len(s)+3) / 4 }

// splitWords cuts after each space.
func splitWords(s string) []string { return strings.SplitAfter(s, " ") }

func lastUser(raw []byte) string {
	text := ""
	gjson.GetBytes(raw, "messages").ForEach(func(_, m gjson.Result) bool {
		if m.Get("role").String() == "user" {
			text = partsText(m.Get("content"))
		}
		return true
	})
	return text
}

// partsText is the text of a content: a string, or the text parts of a list.
func partsText(v gjson.Result) string {
	if !v.IsArray() {
		return v.String()
	}
	var b strings.Builder
	v.ForEach(func(_, p gjson.Result) bool {
		if p.Type == gjson.String {
			b.WriteString(p.Str)
		} else {
			b.WriteString(p.Get("text").String())
		}
		return true
	})
	return b.String()
}
