package e2e

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/tidwall/gjson"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/telemetry/clickhouse/clickhousetest"
)

const (
	shopKey  = "sk-sl-e2e-shop-0123456789abcdef0123456789abcdef"
	otherKey = "sk-sl-e2e-other-0123456789abcdef0123456789abcde"

	colleagueKey = "sk-sl-e2e-colleague-0123456789abcdef0123456789ab"
	shopAdminKey = "sk-sl-e2e-admin-0123456789abcdef0123456789abcdef"
)

// workspaces has two workspaces, each with a key.
const workspaces = `
virtual_keys:
  - {name: local, provider: openai, base_url: UPSTREAM/v1, api_key: ` + canaryKey + `, models: [gpt-mock], workspace: shop}
api_keys:
  - {name: shop, key: ` + shopKey + `, member: shop@example.com, workspace: shop}
  - {name: other, key: ` + otherKey + `, member: other@example.com, workspace: other}
  - {name: colleague, key: ` + colleagueKey + `, member: colleague@example.com, workspace: shop}
  - {name: shop-admin, key: ` + shopAdminKey + `, member: admin@example.com, role: admin, workspace: shop}
`

// application is a program that is instrumented with OpenTelemetry's SDK.
type application struct {
	*sdktrace.TracerProvider
	t *testing.T
}

func newApplication(t *testing.T, url, key string, about ...attribute.KeyValue) application {
	t.Helper()
	exporter, err := otlptracehttp.New(t.Context(), otlptracehttp.WithEndpointURL(url+"/v1/traces"),
		otlptracehttp.WithHeaders(map[string]string{"Authorization": "Bearer " + key}), otlptracehttp.WithCompression(otlptracehttp.GzipCompression))
	if err != nil {
		t.Fatal(err)
	}
	p := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(resource.NewSchemaless(append(about, attribute.String("service.name", "shop"))...)))
	t.Cleanup(func() { _ = p.Shutdown(context.Background()) })
	return application{p, t}
}

// report sends the spans that have ended.
func (a application) report() {
	a.t.Helper()
	if err := a.ForceFlush(a.t.Context()); err != nil {
		a.t.Fatal(err)
	}
}

// traceparent is the header that places a call below the span of ctx.
func traceparent(ctx context.Context) string {
	h := propagation.HeaderCarrier{}
	propagation.TraceContext{}.Inject(ctx, h)
	return h.Get("traceparent")
}

// byHand is a request with one span in JSON.
func byHand(traceID, id, parent, name string) string {
	return fmt.Sprintf(`{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"vendor"}}]},"scopeSpans":[{"spans":[
		{"traceId":%q,"spanId":%q,"parentSpanId":%q,"name":%q,"kind":2,"startTimeUnixNano":"%d","endTimeUnixNano":"%d"}]}]}]}`,
		traceID, id, parent, name, time.Now().UnixNano(), time.Now().Add(time.Millisecond).UnixNano())
}

// TestForeignSpansAndOursAreOneTree: an application's spans stand around a call through Sluice, and a
// span below one of ours.
func TestForeignSpansAndOursAreOneTree(t *testing.T) {
	up := gatewaytest.NewUpstream()
	defer up.Close()
	s := start(t, workspaces, up)
	app := newApplication(t, s.url, shopKey)
	ctx, outer := app.Tracer("shop").Start(t.Context(), "answer question")
	ctx, call := app.Tracer("shop").Start(ctx, "ask model", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		attribute.String("gen_ai.request.model", "gpt-mock"), attribute.Int("gen_ai.usage.input_tokens", 3), attribute.String("input.value", "hi there")))
	r := s.post("/v1/chat/completions", `{"model":"@local/gpt-mock","messages":[{"role":"user","content":"hi"}]}`, "Authorization", "Bearer "+shopKey, "traceparent", traceparent(ctx))
	call.End()
	outer.End()
	app.report()
	id := outer.SpanContext().TraceID().String()
	if r.StatusCode != 200 {
		t.Fatal(r.body)
	}
	ours := strings.Split(r.Header.Get("Traceparent"), "-")
	if len(ours) != 4 || ours[1] != id {
		t.Fatal(ours)
	}
	for _, path := range []string{"/v1/traces", "/v1/otel/v1/traces", "/api/public/otel/v1/traces"} { // the same span: it counts once
		if r := s.post(path, byHand(id, "00000000000000aa", ours[2], "below Sluice"), "Authorization", "Bearer "+shopKey, "Content-Type", "application/json"); r.StatusCode != 200 || r.body != "{}" {
			t.Fatal(path, r.StatusCode, r.body)
		}
	}
	s.logged(id)
	v := gjson.Parse(s.get("/v1/logs/" + id).body)
	if v.Get("data.#").Int() != 1 || v.Get("foreign_spans.#").Int() != 3 || v.Get(`foreign_spans.#(name=="ask model").generation.input`).String() != "hi there" {
		t.Fatal(v.Raw)
	}
	if root := v.Get("data.0.spans.0"); root.Get("parent").String() != call.SpanContext().SpanID().String() || v.Get(`foreign_spans.#(name=="below Sluice").parent`).String() != root.Get("id").String() {
		t.Error(v.Raw)
	}
	tree := s.trace(id, shopKey)
	last := -1
	for _, line := range []string{"\nanswer question ", "\n└ ask model ", "\n  └ POST /v1/chat/completions ", "─ below Sluice "} {
		line = strings.Replace(line, "─", "", 1)
		at := strings.Index(tree, line)
		if at <= last {
			t.Errorf("%q is not in its place:\n%s", line, tree)
		}
		last = at
	}
	if !strings.Contains(tree, `model gpt-mock · in 3 · asked "hi there"`) {
		t.Error(tree)
	}
	if tree := s.trace(v.Get("data.0.id").String(), shopKey); !strings.Contains(tree, "└ ask model ") {
		t.Errorf("by request id:\n%s", tree)
	}
}

// trace is what the command prints.
func (s *server) trace(id, key string) string {
	s.t.Helper()
	binary, err := build()
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command(binary, "trace", id, "--url", s.url)
	cmd.Env = append(os.Environ(), "SLUICE_API_KEY="+key)
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// TestForeignSpansStayInTheirWorkspace: the trace of another workspace shows nothing, also to who
// knows its id and reports spans of it.
func TestForeignSpansStayInTheirWorkspace(t *testing.T) {
	s := start(t, strings.Replace(workspaces, "UPSTREAM", "http://127.0.0.1:9", 1), nil)
	const id = "0af7651916cd43dd8448eb211c80319c"
	seen := func(key string, want ...string) {
		t.Helper()
		r := s.do(http.MethodGet, "/v1/logs/"+id, "", "Authorization", "Bearer "+key)
		if (r.StatusCode == 404) != (len(want) == 0) || r.json("foreign_spans.#").Int() != int64(len(want)) {
			t.Fatal(r.StatusCode, r.body)
		}
		for i, name := range want {
			if r.json(fmt.Sprintf("foreign_spans.%d.name", i)).String() != name {
				t.Fatal(r.body)
			}
		}
	}
	report := func(key, body string) {
		t.Helper()
		if r := s.post("/v1/traces", body, "Authorization", "Bearer "+key, "Content-Type", "application/json"); r.StatusCode != 200 {
			t.Fatal(r.StatusCode, r.body)
		}
	}
	report(shopKey, byHand(id, "00000000000000aa", "", "first"))
	seen(shopKey, "first")
	seen(otherKey)
	seen(colleagueKey)
	report(colleagueKey, byHand(id, "00000000000000aa", "", "a colleague's"))
	seen(colleagueKey, "a colleague's")
	seen(shopKey, "first")
	seen(shopAdminKey, "first", "a colleague's")
	report(otherKey, byHand(id, "00000000000000aa", "", "forged"))
	seen(shopKey, "first")
	seen(otherKey, "forged")
	seen(ownerKey, "first", "a colleague's", "forged")
	if tree := s.trace(id, shopKey); !strings.Contains(tree, "no exchange") || !strings.Contains(tree, "first") || strings.Contains(tree, "forged") {
		t.Error(tree)
	}
}

// TestForeignSpansAreRedacted plants canaries in every text of a span and searches every output for them.
func TestForeignSpansAreRedacted(t *testing.T) {
	for _, content := range []string{"redacted", "none", "full"} {
		t.Run(content, func(t *testing.T) {
			s := start(t, strings.Replace(workspaces, "UPSTREAM", "http://127.0.0.1:9", 1)+"telemetry: {content: "+content+"}\n", nil)
			text := "to " + canaryMail + ", card " + canaryCard + ", key " + canaryKey
			app := newApplication(t, s.url, shopKey, attribute.String("owner", text))
			state, _ := trace.ParseTraceState("a=" + canaryMail) // what cannot stand there is left out
			parent := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1, 2}, SpanID: trace.SpanID{3}, TraceFlags: trace.FlagsSampled, TraceState: state})
			card := int64(4539578763621486)
			attrs := trace.WithAttributes(attribute.String("input.value", text), attribute.String(canaryMail, "x"), attribute.StringSlice("list", []string{text}), attribute.Int64("card", card), attribute.Float64("f", float64(card)))
			ctx := trace.ContextWithSpanContext(t.Context(), parent)
			_, span := app.Tracer("tracer "+canaryMail, trace.WithInstrumentationAttributes(attribute.String("k", text))).Start(ctx, "say "+text, attrs,
				trace.WithLinks(trace.Link{SpanContext: parent, Attributes: []attribute.KeyValue{attribute.String("k", text)}}))
			span.AddEvent("event "+text, trace.WithAttributes(attribute.String("k", text)))
			span.RecordError(fmt.Errorf("error %s", text))
			span.SetStatus(codes.Error, "failed "+text)
			span.End()
			app.report()
			id := span.SpanContext().TraceID().String()
			inJSON := strings.ReplaceAll(byHand(id, "00000000000000bb", "", "x"), `"name":"x"`, fmt.Sprintf(`"name":%q,"traceState":%q,"attributes":[{"key":"b","value":{"bytesValue":"Y2FuYXJ5LmJpcmRAZXhhbXBsZS5jb20="}},{"key":"m","value":{"kvlistValue":{"values":[{"key":%q,"value":{"stringValue":%q}}]}}}]`, text, canaryMail, canaryMail, text))
			if r := s.post("/v1/traces", inJSON, "Authorization", "Bearer "+shopKey, "Content-Type", "application/json"); r.StatusCode != 200 || r.body != "{}" {
				t.Fatal(r.StatusCode, r.body)
			}
			found := func(where, text string) {
				for _, canary := range []string{canaryMail, "canary.bird", canaryCard, canaryKey, "Y2FuYXJ5"} {
					if strings.Contains(text, canary) {
						t.Errorf("%s holds the canary %q: %.2000s", where, canary, text)
					}
				}
			}
			r := s.get("/v1/logs/" + id)
			if r.json("foreign_spans.#").Int() != 2 || (content != "none") != strings.Contains(r.json(`foreign_spans.#(parent!="").attributes`).Raw, "input.value") {
				t.Fatal(r.body)
			}
			found("the trace", r.body)
			if code := s.stop(syscall.SIGTERM); code != 0 {
				t.Errorf("exit code %d\n%s", code, s.output)
			}
			found("the output", s.output.String())
			err := filepath.WalkDir(filepath.Join(s.dir, "data"), func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				raw, err := os.ReadFile(path)
				found(path, string(raw))
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestKilledServerKeepsForeignSpans: what was answered before the kill is there after it, once.
func TestKilledServerKeepsForeignSpans(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { killedServerKeepsForeignSpans(t, "") })
	t.Run("clickhouse", func(t *testing.T) {
		killedServerKeepsForeignSpans(t, fmt.Sprintf("telemetry: {store: clickhouse, dsn: %q}\n", clickhousetest.Start(t).DSN()))
	})
}

func killedServerKeepsForeignSpans(t *testing.T, stored string) {
	s := start(t, strings.Replace(workspaces, "UPSTREAM", "http://127.0.0.1:9", 1)+stored, nil)
	const id = "0af7651916cd43dd8448eb211c80319c"
	var (
		mu       sync.Mutex
		answered []string
		stop     atomic.Bool
		wg       sync.WaitGroup
		enough   = make(chan struct{})
	)
	for c := range 4 {
		wg.Go(func() {
			for n := 1; !stop.Load(); n++ {
				span := fmt.Sprintf("%08x%08x", c+1, n)
				req, err := http.NewRequest(http.MethodPost, s.url+"/v1/traces", strings.NewReader(byHand(id, span, "", "n")))
				if err != nil {
					t.Error(err)
					return
				}
				req.Header.Set("Authorization", "Bearer "+shopKey)
				req.Header.Set("Content-Type", "application/json")
				res, err := http.DefaultClient.Do(req)
				if err != nil {
					return
				}
				_ = res.Body.Close()
				if res.StatusCode != 200 {
					return
				}
				mu.Lock()
				if answered = append(answered, span); len(answered) == 40 {
					close(enough)
				}
				mu.Unlock()
			}
		})
	}
	select {
	case <-enough:
	case <-time.After(30 * time.Second):
		t.Error("too few answers")
	}
	_ = s.cmd.Process.Signal(syscall.SIGKILL)
	stop.Store(true)
	wg.Wait()
	_ = s.cmd.Wait()
	s.launch()
	var count map[string]int
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) { // until the spool is empty
		count = map[string]int{}
		for _, span := range s.get("/v1/logs/" + id).json("foreign_spans.#.id").Array() {
			count[span.String()]++
		}
		if len(count) >= len(answered) {
			break
		}
	}
	for _, span := range answered {
		if count[span] != 1 {
			t.Errorf("%s was answered, and is there %d times", span, count[span])
		}
	}
	t.Logf("%d answers, %d spans", len(answered), len(count))
}
