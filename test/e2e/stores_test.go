package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	driver "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sluicegate/sluice/cache/qdrant/qdranttest"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/telemetry/clickhouse/clickhousetest"
)

// storesConfig is served twice: as it is, and with STORES replaced by the remote stores.
const storesConfig = `
virtual_keys:
  - {name: local, provider: openai, base_url: UPSTREAM/v1, api_key: ` + canaryKey + `, prices: {"*": {input: 1000, output: 2000}}}
api_keys:
  - {name: ann, key: ` + annKey + `, member: ann, role: member, budget: 1000}
redact: {input: [email, phone, card], restore: true}
prompts: {dir: ./prompts}
`

const annKey = "sk-sl-ann-00000000000000000001"

// tap is a TCP relay that records the bytes sent to the server.
type tap struct {
	listener net.Listener
	mu       sync.Mutex
	seen     []byte
}

func newTap(t *testing.T, to string) *tap {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &tap{listener: l}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", to)
			if err != nil {
				in.Close()
				continue
			}
			go func() { _, _ = io.Copy(in, out); in.Close() }()
			go func() { _, _ = io.Copy(out, io.TeeReader(in, p)); out.Close() }()
		}
	}()
	return p
}

func (p *tap) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen = append(p.seen, b...)
	return len(b), nil
}

func (p *tap) bytes() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]byte(nil), p.seen...)
}

// startScaledOut runs the config on ClickHouse and Qdrant: the servers that the environment
// names, else the test engine and the double. Traffic to Qdrant is recorded.
func startScaledOut(t *testing.T, config string, up *gatewaytest.Upstream, dsn string, files ...string) (*server, *tap) {
	t.Helper()
	url := os.Getenv("SLUICE_TEST_QDRANT")
	if url == "" {
		double, err := qdranttest.New()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(double.Close)
		url = double.URL()
	}
	p := newTap(t, strings.TrimPrefix(url, "http://"))
	config += fmt.Sprintf("telemetry: {store: clickhouse, dsn: %q}\ncache: {semantic: {index: qdrant, qdrant: {url: \"http://%s\", collection: %s, api_key: %q}}}\n",
		dsn, p.listener.Addr(), fmt.Sprint("e2e_", time.Now().UnixNano()), os.Getenv("SLUICE_TEST_QDRANT_KEY"))
	if os.Getenv("SLUICE_TEST_QDRANT_KEY") == "" {
		config = strings.Replace(config, `, api_key: ""}`, "}", 1)
	}
	return start(t, config, up, files...), p
}

// outcomes sends one call per outcome and returns the trace ids.
func outcomes(t *testing.T, s *server) []string {
	t.Helper()
	var ids []string
	send := func(name string, status int, path, body string, header ...string) reply {
		t.Helper()
		ids = append(ids, name)
		r := s.post(path, body, append([]string{"X-Sluice-Trace-Id", name}, header...)...)
		if r.StatusCode != status {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
		}
		return r
	}
	say := func(model, text string) string {
		return fmt.Sprintf(`{"model":%q,"user":%q,"messages":[{"role":"user","content":%q}]}`, model, canaryMail, text)
	}
	streamed := func(model, text string) string { return strings.Replace(say(model, text), "{", `{"stream":true,`, 1) }
	meta := []string{"X-Sluice-Metadata", fmt.Sprintf(`{"contact":%q,"team":"red"}`, canaryMail)}
	semantic := append([]string{"X-Sluice-Cache", "semantic"}, meta...)
	for _, c := range []struct{ name, text, want string }{
		{"miss", "who wrote Hamlet", "MISS"}, {"exact hit", "who wrote Hamlet", "HIT"},
		{"alias hit", "Who wrote Hamlet?", "SEMANTIC HIT"}, {"semantic hit", "Please tell me who wrote Hamlet", "SEMANTIC HIT"},
		{"personal miss", "Write to " + canaryMail + " about " + canaryCard + " with " + canaryKey, "MISS"},
		{"personal hit", "Write to " + canaryMail + " about " + canaryCard + " with " + canaryKey, "HIT"},
	} {
		r := send(c.name, 200, chat, say("@local/gpt-4o-mini", c.text), semantic...)
		if got := r.Header.Get("X-Portkey-Cache-Status"); !strings.HasSuffix(got, c.want) || strings.HasSuffix(c.want, "MISS") != strings.HasSuffix(got, "MISS") {
			t.Errorf("%s: %s", c.name, got)
		}
		time.Sleep(50 * time.Millisecond) // until the index has it
	}
	send("streamed", 200, chat, streamed("@local/gpt-4o-mini", "a stream"), meta...)
	send("streamed hit", 200, chat, streamed("@local/gpt-4o-mini", "who wrote Hamlet"), semantic...)
	send("fallback", 200, chat, say("gpt-4o-mini", "on"), "X-Sluice-Config", `{"retry":1,`+fallback("", target("local", "fault-503", ""), target("local", "gpt-4o-mini", ""))[1:])
	send("refused upstream", 400, chat, say("@local/fault-400", "x"))
	send("limited upstream", 429, chat, say("@local/fault-429", "x"), meta...)
	send("broken stream", 200, chat, streamed("@local/fault-cut:2", "one two three"))
	send("timeout", 408, chat, say("@local/fault-delay-headers:300ms", "x"), "X-Sluice-Request-Timeout", "40")
	send("denied", 446, chat, say("@local/gpt-4o-mini", "say Forbidden"), "X-Sluice-Config", `{`+guards("input", "contains", `{"operator":"none","words":["Forbidden"]}`, `,"deny":true`)+`}`)
	send("flagged", 246, chat, say("@local/gpt-4o-mini", "hi"), "X-Sluice-Config", `{`+guards("output", "jsonSchema", `{"schema":{"type":"object"}}`, "")+`}`)
	send("bad JSON", 400, chat, `{"model": `+canaryMail)
	send("unknown slug", 400, chat, say("x", "x"), "X-Sluice-Config", "nowhere")
	send("unknown key", 401, chat, say("x", "x"), "Authorization", "Bearer sk-sl-nobody")
	send("embeddings", 200, "/v1/embeddings", `{"model":"@local/text-embedding-3-small","input":"`+canaryMail+`"}`)
	send("prompt", 200, "/v1/prompts/letter/completions", fmt.Sprintf(`{"variables":{"text":%q}}`, canaryMail), meta...)
	send("render", 200, "/v1/prompts/letter/render", `{"variables":{"text":"x"}}`)
	send("a member", 200, chat, say("@local/gpt-4o-mini", "x"), "Authorization", "Bearer "+annKey)
	ids = append(ids, "cancelled")
	hangUp(t, s, ownerKey, streamed("@local/fault-delay-between:200ms", "one two three four five six seven eight"), "cancelled")
	s.logged("cancelled") // before the admin actions, in every store
	return ids
}

// hangUp reads the first chunk and closes the connection.
func hangUp(t *testing.T, s *server, key, body, trace string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "POST", s.url+chat, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("X-Sluice-Trace-Id", trace)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := res.Body.Read(make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	cancel()
	res.Body.Close()
}

// adminActions runs admin actions, allowed and refused.
func adminActions(t *testing.T, s *server) {
	t.Helper()
	for _, c := range []struct {
		method, path, body, key string
		status                  int
	}{
		{"POST", "/v1/api-keys", `{"name":"made","member":"bob"}`, ownerKey, 201},
		{"POST", "/v1/api-keys/made/disable", "", ownerKey, 200},
		{"POST", "/v1/configs", `{"slug":"pc-made","config":{"retry":1}}`, ownerKey, 201},
		{"POST", "/v1/configs", `{"slug":"pc-bad","config":{"retry":"x"}}`, ownerKey, 400},
		{"DELETE", "/v1/configs/pc-made", "", annKey, 403},
		{"DELETE", "/v1/configs/pc-made", "", ownerKey, 200},
	} {
		if r := s.do(c.method, c.path, c.body, as(c.key)...); r.StatusCode != c.status {
			t.Errorf("%s %s: %d %s", c.method, c.path, r.StatusCode, r.body)
		}
	}
}

// events counts the audit events about resources. Each question is an event about another one.
func (s *server) events(resources ...string) (n int) {
	for _, r := range resources {
		n += int(s.get("/v1/audit-logs?limit=1000&resource=" + r).json("data.#").Int())
	}
	return n
}

// command runs a client command of the binary under test.
func (s *server) command(args ...string) string {
	s.t.Helper()
	binary, err := build()
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command(binary, args...)
	cmd.Env = append(os.Environ(), "SLUICE_URL="+s.url, "SLUICE_API_KEY="+ownerKey)
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("sluice %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// varying are fields that differ from run to run.
var varying = regexp.MustCompile(`^(id|credential_fingerprint|credential.fingerprint|fingerprint|time|.*_ms|.*_us|.*hash|parent|span_id|workspace|member|api_key|resource_id|request_id|first_chunk_us|created|.*time_to_first_chunk|node|trace_id_w3c|url|seq|head|last|rows|.*_at|masked|member_id|workspace_id)$`)

var ulids = regexp.MustCompile(`pseudo_[0-9a-f]{16}|[0-9A-HJKMNP-TV-Z]{26}|[0-9a-f]{32}|127\.0\.0\.1:\d+`)

// normalise replaces ids, times, addresses, pseudonyms and fingerprints, which differ between servers.
func normalise(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			if strings.HasSuffix(k, "longest_gap_us") { // left out where two chunks came within a microsecond
				delete(v, k)
				continue
			}
			if strings.HasSuffix(k, "reason") && x == "index: no answer in time" { // of Qdrant, on a machine under load
				delete(v, k)
				continue
			}
			switch x.(type) {
			case string, float64:
				if k = strings.ToLower(k); varying.MatchString(k[strings.LastIndexByte(k, '.')+1:]) && k != "sluice.member.name" {
					v[k] = "…"
					continue
				}
			}
			v[k] = normalise(x)
		}
	case []any:
		v = slices.DeleteFunc(v, isExitSpan)
		for i := range v {
			v[i] = normalise(v[i])
		}
		return v
	case string:
		return ulids.ReplaceAllString(v, "…")
	}
	return v
}

// similar lets similarities differ by what ClickHouse rounds.
var similar = cmpopts.EquateApprox(0, 1e-4)

// isExitSpan reports a stage's span for its work on the answer: whether there is one depends on
// how long that took.
func isExitSpan(v any) bool {
	m, _ := v.(map[string]any)
	name, _ := m["name"].(string)
	return m["kind"] != nil && strings.HasSuffix(name, " answer")
}

var exitSpans = regexp.MustCompile(`(?m)^.* answer .*\n`)

func normal(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return normalise(v)
}

var durations = regexp.MustCompile(`(\d+(\.\d+)?(µs|ms|s)\b|ms \d+(\.\d+)?|\d{4}-\d\d-\d\dT[\d:.]+Z|similarity [\d.]+)`)

// normaliseText is normalise for the output of a command.
func normaliseText(text string) string {
	text = strings.NewReplacer("├", "", "└", "", "│", "").Replace(exitSpans.ReplaceAllString(text, ""))
	text = ulids.ReplaceAllString(durations.ReplaceAllString(text, "…"), "…")
	return strings.Join(strings.Fields(text), " ")
}

// TestStoresTellTheSame sends the same traffic to a server on SQLite and the in-process index
// and to one on ClickHouse and Qdrant. Both must answer every query alike.
func TestStoresTellTheSame(t *testing.T) {
	t.Setenv("SLUICE_MASTER_KEY", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=") // pseudonyms are keyed
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	dsn := clickhousetest.Start(t).DSN()
	files := []string{"prompts/letter.prompt.yaml", strings.Replace(canaryPrompt, "gpt-mock", "gpt-4o-mini", 1)}
	small := start(t, storesConfig, up, files...)
	large, qdrant := startScaledOut(t, storesConfig, up, dsn, files...)
	var ids []string
	for _, s := range []*server{small, large} {
		ids = outcomes(t, s)
		adminActions(t, s)
	}
	for _, s := range []*server{small, large} {
		for end := time.Now().Add(30 * time.Second); (s.events("model", "route") < len(ids) || s.events("api_key", "config") < 6) && time.Now().Before(end); {
			time.Sleep(20 * time.Millisecond)
		}
	}
	paths := []string{"/v1/logs?limit=1000", "/v1/logs?limit=7&status=4xx", "/v1/logs?cache=HIT", "/v1/logs?outcome=error", "/v1/logs?metadata.contact=" + canaryMail,
		"/v1/logs?member=ann", "/v1/logs?prompt=letter", "/v1/audit-logs?limit=1000&resource=model", "/v1/audit-logs?resource=api_key", "/v1/audit-logs?outcome=denied", "/v1/audit-logs?action=config.*", "/v1/audit-logs/verify"}
	for _, id := range ids {
		paths = append(paths, "/v1/logs/"+strings.ReplaceAll(id, " ", "%20"))
	}
	for _, p := range paths {
		a, b := small.get(p), large.get(p)
		if a.StatusCode != 200 || a.json("data.#").Int() == 0 {
			t.Errorf("%s: %d %s", p, a.StatusCode, a.body)
		}
		if d := cmp.Diff(normal(t, a.body), normal(t, b.body), similar); d != "" {
			t.Errorf("%s (- SQLite, + ClickHouse):\n%s", p, d)
		}
	}
	if n := large.get("/v1/logs?limit=1000&metadata.contact=" + canaryMail).json("data.#").Int(); n != 10 {
		t.Errorf("%d rows by a value that was recorded as a pseudonym", n)
	}
	for _, s := range []*server{small, large} {
		if calls, actions := s.events("model", "route"), s.events("api_key", "config"); calls != len(ids) || actions != 6 {
			t.Errorf("%d audit events for %d exchanges, %d for 6 admin actions", calls, len(ids), actions)
		}
		if n := s.get("/v1/audit-logs?member=ann").json("data.#").Int(); n != 2 {
			t.Errorf("%d audit events of ann", n)
		}
		if !s.get("/v1/audit-logs/verify").json("ok").Bool() {
			t.Error("a chain is broken")
		}
	}
	commands := [][]string{{"logs", "--json"}, {"audit", "list", "--resource", "config", "--json"}, {"audit", "verify", "--json"}}
	for _, id := range ids {
		commands = append(commands, []string{"trace", id, "--json"}, []string{"trace", id})
	}
	for _, c := range commands {
		a, b := small.command(c...), large.command(c...)
		if c[len(c)-1] != "--json" {
			if d := cmp.Diff(normaliseText(a), normaliseText(b)); d != "" {
				t.Errorf("sluice %v (- SQLite, + ClickHouse):\n%s", c, d)
			}
		} else if d := cmp.Diff(normal(t, a), normal(t, b), similar); d != "" {
			t.Errorf("sluice %v (- SQLite, + ClickHouse):\n%s", c, d)
		}
	}
	lookForCanaries(t, large, dsn, qdrant)
}

// lookForCanaries searches every text of every table and everything sent to Qdrant.
func lookForCanaries(t *testing.T, s *server, dsn string, qdrant *tap) {
	t.Helper()
	found := func(where, text string) {
		for _, canary := range []string{canaryMail, "canary.bird", canaryCard, canaryKey} {
			if strings.Contains(text, canary) {
				t.Errorf("%s holds the canary %q", where, canary)
			}
		}
	}
	conn := clickhouseAt(t, dsn)
	rows, err := conn.Query(t.Context(), "SELECT table, name FROM system.columns WHERE database = currentDatabase() AND type NOT LIKE 'AggregateFunction%'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, size := 0, 0
	for rows.Next() {
		var table, name, text string
		if err := rows.Scan(&table, &name); err != nil {
			t.Fatal(err)
		}
		if err := conn.QueryRow(t.Context(), "SELECT arrayStringConcat(groupArray(toString(`"+name+"`)), '\n') FROM `"+table+"`").Scan(&text); err != nil {
			t.Fatal(table, name, err)
		}
		columns, size = columns+1, size+len(text)
		found("ClickHouse, "+table+"."+name, text)
	}
	if columns < 100 || size < 50_000 {
		t.Errorf("only %d columns with %d bytes were searched", columns, size)
	}
	sent := string(qdrant.bytes())
	if len(sent) < 3000 {
		t.Errorf("only %d bytes went to Qdrant", len(sent))
	}
	found("what went to Qdrant", sent)
	if strings.Contains(sent, "Hamlet") {
		t.Error("a question went to Qdrant as text")
	}
	found("the output", s.output.String())
}

func clickhouseAt(t *testing.T, dsn string) driver.Conn {
	t.Helper()
	opt, err := driver.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := driver.Open(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}
