package gatewaytest

import (
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
)

// Hello is a minimal chat request.
const Hello = `{"model":"gpt-mock","messages":[{"role":"user","content":"Hello"}]}`

var serial atomic.Int64 // makes ids differ between exchanges of one test binary

// Request parses body as a chat request. An invalid body fails the test.
func Request(tb testing.TB, body string) *gateway.Request {
	tb.Helper()
	return request(tb, gateway.OpChat, body)
}

// Embeddings parses body as an embeddings request.
func Embeddings(tb testing.TB, body string) *gateway.Request {
	tb.Helper()
	return request(tb, gateway.OpEmbeddings, body)
}

func request(tb testing.TB, op gateway.Op, body string) *gateway.Request {
	tb.Helper()
	r, err := openai.NewRequest(op, []byte(body))
	if err != nil {
		tb.Fatalf("gatewaytest: request refused: %v", err)
	}
	return r
}

// Option changes an exchange while it is built.
type Option func(*gateway.Exchange)

// Exchange returns an exchange that every stage accepts: a member of the workspace
// "ws_test", a plan with one target "mock" without a credential, a trace, and empty Facts.
// body "" means [Hello]. Target is nil, as outside an attempt.
func Exchange(tb testing.TB, body string, options ...Option) *gateway.Exchange {
	tb.Helper()
	if body == "" {
		body = Hello
	}
	n := strconv.FormatInt(serial.Add(1), 10)
	ex := &gateway.Exchange{
		ID:    "01TEST" + ("00000000000000000000" + n)[len(n):],
		Start: time.Now(),
		Trace: gateway.NewTrace(),
		Envelope: &gateway.Envelope{
			Method: http.MethodPost, Route: "/v1/chat/completions", Path: "/v1/chat/completions",
			ClientIP: "192.0.2.7", UserAgent: "gatewaytest", Header: http.Header{}, Metadata: map[string]string{}, KeepBodies: true,
		},
		Principal: &gateway.Principal{
			Organisation: "org_test", Workspace: "ws_test", WorkspaceRef: "default", Member: "mem_test", MemberRef: "alice@example.com",
			Role: gateway.RoleMember, APIKey: "key_test", APIKeyName: "test",
		},
		Request: Request(tb, body),
		Facts:   &gateway.Facts{},
	}
	ex.Plan = Plan(&gateway.Target{Path: "config", Provider: "mock"})
	for _, o := range options {
		o(ex)
	}
	ex.Facts.Principal, ex.Facts.Plan = ex.Principal, ex.Plan
	return ex
}

// Plan returns a plan with the given targets. Several targets form a fallback.
func Plan(targets ...*gateway.Target) *gateway.Plan {
	if len(targets) == 1 {
		return &gateway.Plan{Source: "request", Root: &gateway.Node{Path: targets[0].Path, Mode: gateway.ModeSingle, Target: targets[0]}}
	}
	root := &gateway.Node{Path: "config", Mode: gateway.ModeFallback}
	for _, t := range targets {
		root.Nodes = append(root.Nodes, &gateway.Node{Path: t.Path, Mode: gateway.ModeSingle, Weight: 1, Target: t})
	}
	return &gateway.Plan{Source: "request", Root: root}
}

// WithPlan sets the plan.
func WithPlan(p *gateway.Plan) Option { return func(ex *gateway.Exchange) { ex.Plan = p } }

// WithTarget makes the exchange one of an attempt.
func WithTarget(t *gateway.Target) Option {
	return func(ex *gateway.Exchange) { ex.Target, ex.Plan = t, Plan(t) }
}

// WithRequest sets the request.
func WithRequest(r *gateway.Request) Option { return func(ex *gateway.Exchange) { ex.Request = r } }
