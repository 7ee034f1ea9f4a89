package e2e

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/klauspost/compress/s2"
	_ "modernc.org/sqlite" // the driver that opens the stores under test

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// More canaries, one per entity. Each is searched for by a part that no formatting changes.
var canaries = map[string]string{
	"mail": canaryMail, "card": canaryCard, "key": canaryKey,
	"phone": "+1 415 555 2671", "mobile": "13812345678", "cn_id": "11010519491231002X", "iban": "DE89370400440532013000", "ssn": "536-22-1847", "ip": "203.0.113.77",
}

const privateConfig = `
virtual_keys:
  - {name: local, provider: openai, base_url: UPSTREAM/v1, api_key: ` + canaryKey + `}
  - {name: second, provider: openai, base_url: UPSTREAM/v1, api_key: sk-second-0123456789abcdef}
redact: {input: [email, phone, card, ip, iban, ssn, cn_id, cn_mobile], restore: true}
prompts: {dir: ./prompts}
telemetry: {otlp: {endpoint: COLLECTOR}}
`

// collector is an OTLP receiver that records the bodies it receives.
func collector(t *testing.T) (url string, received func() []byte) {
	var mu sync.Mutex
	var all []byte
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body io.Reader = r.Body
		if z, err := gzip.NewReader(r.Body); err == nil {
			body = z
		}
		b, _ := io.ReadAll(body)
		mu.Lock()
		defer mu.Unlock()
		all = append(append(all, []byte(r.URL.String())...), b...)
	}))
	t.Cleanup(srv.Close)
	return srv.URL, func() []byte {
		mu.Lock()
		defer mu.Unlock()
		return bytes.Clone(all)
	}
}

// sweep stops the server and searches everything except answers for the canaries.
func sweep(t *testing.T, s *server, up *gatewaytest.Upstream, ids []string, spans func() []byte, canaries map[string]string) {
	t.Helper()
	found := func(where string, text []byte) {
		for name, canary := range canaries {
			if i := bytes.Index(text, []byte(canary)); i >= 0 {
				t.Errorf("%s holds the %s: …%s…", where, name, text[max(0, i-120):min(len(text), i+60)])
			}
		}
	}
	for _, r := range requests(up) {
		found("the upstream's path", []byte(r.Path))
		found("the upstream's body", r.Body)
		for name, values := range r.Header {
			if name != "Authorization" {
				found("the upstream's header "+name, []byte(strings.Join(values, ",")))
			}
		}
	}
	if up != nil && len(up.Requests()) == 0 {
		t.Error("nothing reached the upstream: the sweep proves nothing")
	}
	for _, id := range ids {
		if strings.ContainsAny(id, "@ ") { // a caller's own trace id, which the row redacts
			continue
		}
		found("the logged exchange", []byte(s.logged(id).Raw))
	}
	for _, path := range []string{"/v1/logs?limit=100", "/v1/audit-logs?limit=100", "/metrics"} {
		found(path, []byte(s.get(path).body))
	}
	if code := s.stop(syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d\n%s", code, s.output)
	}
	found("the output", []byte(s.output.String()))
	if spans != nil {
		b := spans()
		if len(b) == 0 {
			t.Error("no span was exported")
		}
		found("the exported spans", b)
	}
	err := filepath.WalkDir(filepath.Join(s.dir, "data"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		found(path, raw)
		if strings.HasSuffix(path, ".db") {
			found(path+", unpacked", unpacked(t, path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func requests(up *gatewaytest.Upstream) []gatewaytest.Received {
	if up == nil { // with redaction off it receives the caller's text
		return nil
	}
	return up.Requests()
}

// unpacked returns all texts and packed columns of a telemetry file.
func unpacked(t *testing.T, path string) (all []byte) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if filepath.Base(path) != "telemetry.db" {
		return nil
	}
	rows, err := db.Query("SELECT e.facts, b.packed FROM exchanges e LEFT JOIN bodies b ON b.n = e.n")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var facts, bodies []byte
		if err := rows.Scan(&facts, &bodies); err != nil {
			t.Fatal(err)
		}
		all = append(all, facts...)
		if plain, err := s2.Decode(nil, bodies); err == nil {
			all, n = append(all, plain...), n+1
		}
	}
	if n == 0 || rows.Err() != nil {
		t.Error("no bodies unpacked", rows.Err())
	}
	return all
}

// everyCanary returns a text with all canaries.
func everyCanary() string {
	var b strings.Builder
	for _, name := range []string{"mail", "card", "key", "phone", "mobile", "cn_id", "iban", "ssn", "ip"} {
		fmt.Fprintf(&b, "%s: %s; ", name, canaries[name])
	}
	return b.String()
}

// TestPlantedEverywhere plants personal data and a credential wherever a caller can write.
// With redaction off only the provider receives them.
func TestPlantedEverywhere(t *testing.T) {
	for _, redact := range []bool{true, false} {
		t.Run(fmt.Sprint("redaction ", redact), func(t *testing.T) { planted(t, redact) })
	}
}

func planted(t *testing.T, redact bool) {
	up := gatewaytest.NewUpstream()
	defer up.Close()
	up.Set("boom", gatewaytest.Reply{Status: 400, Body: `{"error":{"message":"bad key ` + canaryKey + ` of ` + canaryMail + `","type":"` + canaryMail + `","code":"` + canaryCard + `","param":"` + canaryMail + `"}}`})
	up.Set("html", gatewaytest.Reply{Status: 502, Body: `<p>` + canaryMail + ` ` + canaryKey})
	url, spans := collector(t)
	config := strings.ReplaceAll(privateConfig, "COLLECTOR", url)
	if !redact {
		config = strings.ReplaceAll(config, "redact: {", "#")
	}
	s := start(t, config, up, "prompts/letter.prompt.yaml",
		"slug: letter\nmodel: \"@local/gpt-mock\"\nmessages: [{role: user, content: \"{{text}} {{#list}}{{.}} {{/list}}{{user}}@{{domain}}\"}]\n")
	s.get("/v1/logs") // the file is there
	all := everyCanary()
	q := func(s string) string { return fmt.Sprintf("%q", s) }
	user := func(text string) string { return `"messages":[{"role":"user","content":` + text + `}]` }
	ask := func(members string) string { return `{"model":"@local/gpt-mock",` + members + `}` }
	escaped := strings.NewReplacer("@", `\u0040`, "4", `\u0034`).Replace(all)
	inline := func(more string) []string { return []string{"X-Sluice-Config", `{"virtual_key":"local",` + more + `}`} }
	var ids []string
	for name, c := range map[string]struct {
		path, body string
		header     []string
	}{
		"text":             {chat, ask(user(q(all))), nil},
		"escapes":          {chat, ask(user(`"` + escaped + `"`)), nil},
		"starts with data": {chat, ask(user(q("data: " + all))), nil},
		"data with slash":  {chat, ask(user(q("data:a/b," + all))), nil},
		"SSE paste":        {chat, ask(user(q("data:{\"x\":\"" + canaryMail + "\"}"))), nil},
		"text data url":    {chat, ask(user(`[{"type":"image_url","image_url":{"url":"data:text/plain,` + canaryMail + ` ` + canaryKey + `"}}]`)), nil},
		"part type":        {chat, ask(user(`[{"type":` + q(canaryMail) + `,"text":"x"}]`)), nil},
		"role":             {chat, ask(`"messages":[{"role":` + q(canaryMail) + `,"content":"x"}]`), nil},
		"key of message":   {chat, ask(`"messages":[{"role":"user","content":"x",` + q(canaryMail) + `:1,"` + canaryCard + `":2}]`), nil},
		"number content":   {chat, ask(user(canaryCard)), nil},
		"numbers in tools": {chat, ask(user(`"x"`) + `,"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"n":{"type":"integer","default":` + canaryCard + `,"enum":[` + canaryCard + `,13812345678],"const":` + canaryCard + `}}}}}]`), nil},
		"tool definitions": {chat, ask(user(`"x"`) + `,"tools":[{"type":"function","function":{"name":"f","description":` + q(all) + `,"parameters":{"type":"object","properties":{` + q(canaryMail) + `:{"type":"string","default":` + q(canaryMail) + `,"enum":[` + q(canaryCard) + `],"examples":[{"role":` + q(canaryMail) + `,"type":` + q(canaryMail) + `}]}},"required":[` + q(canaryMail) + `]}}}]`), nil},
		"arguments":        {chat, ask(`"messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":` + q(`{"`+canaryMail+`":{"n":`+canaryCard+`,"deep":`+q(`{"m":`+q(all)+`}`)+`}}`) + `}}]},{"role":"tool","tool_call_id":"c","name":` + q(canaryMail) + `,"content":` + q(all) + `}]`), nil},
		"broken arguments": {chat, ask(`"messages":[{"role":"assistant","tool_calls":[{"id":` + q(canaryMail) + `,"type":"function","function":{"name":"f","arguments":` + q(`{"m":"`+canaryMail) + `}}]},{"role":"user","content":"x"}]`), nil},
		"system":           {chat, ask(`"messages":[{"role":"developer","content":` + q(all) + `},{"role":"system","content":` + q(all) + `},{"role":"user","name":` + q(canaryMail) + `,"content":"x"}]`), nil},
		"other fields":     {chat, ask(user(`"x"`) + `,"stop":[` + q(canaryMail) + `],"prediction":{"type":"content","content":` + q(all) + `},"user":` + q(canaryMail) + `,"safety_identifier":` + q(canaryCard) + `,"prompt_cache_key":` + q(canaryMail) + `,"metadata":{` + q(canaryMail) + `:` + q(canaryKey) + `}`), nil},
		"routing fields":   {chat, ask(user(`"x"`) + `,"service_tier":` + q(canaryMail) + `,"reasoning_effort":` + q(canaryMail) + `,"verbosity":` + q(canaryMail) + `,"encoding_format":` + q(canaryMail) + `,"models":[` + q(canaryMail) + `]`), nil},
		"response format":  {chat, ask(user(`"x"`) + `,"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","properties":{` + q(canaryMail) + `:{"const":` + q(canaryCard) + `}}}}}`), nil},
		"unknown field":    {chat, ask(user(`"x"`) + `,"x_vendor":{` + q(canaryMail) + `:[` + canaryCard + `,` + q(all) + `]},` + q(canaryMail) + `:1`), nil},
		"twice":            {chat, ask(user(`"x"`) + `,` + q(canaryMail) + `:1,` + q(canaryMail) + `:2`), nil},
		"model":            {chat, `{"model":"@local/` + canaryMail + `",` + user(`"x"`) + `}`, nil},
		"model key":        {chat, `{"model":"@local/` + canaryKey + `",` + user(`"x"`) + `}`, nil},
		"virtual key":      {chat, `{"model":"@` + canaryMail + `/gpt",` + user(`"x"`) + `}`, nil},
		"slug":             {chat, ask(user(`"x"`)), []string{"X-Sluice-Config", canaryMail}},
		"provider":         {chat, ask(user(`"x"`)), []string{"X-Sluice-Provider", canaryMail}},
		"bad config":       {chat, ask(user(`"x"`)), inline(q(canaryMail) + `:1`)},
		"config metadata":  {chat, ask(user(`"x"`)), inline(`"override_params":{"user":` + q(canaryMail) + `,"metadata":{"m":` + q(canaryMail) + `},"stop":` + q(canaryMail) + `},"default_params":{"x_note":` + q(all) + `}`)},
		"config model":     {chat, ask(user(`"x"`)), inline(`"override_params":{"model":` + q(canaryMail) + `}`)},
		"config target":    {chat, ask(user(`"x"`)), []string{"X-Sluice-Config", `{"strategy":{"mode":"fallback"},"targets":[{"virtual_key":"local","override_params":{"model":"boom","stop":` + q(canaryMail) + `}},{"virtual_key":"second","override_params":{"stop":` + q(canaryCard) + `}}]}`}},
		"guardrail":        {chat, ask(user(q(all))), inline(`"input_guardrails":[{"default.regexMatch":{"rule":` + q(canaryMail) + `},"deny":true}]`)},
		"guardrail pii":    {chat, ask(user(q(all))), inline(`"input_guardrails":[{"default.contains":{"words":["[EMAIL_1]"],"operator":"none"},"deny":true,"id":` + q(canaryMail) + `}]`)},
		"headers":          {chat, ask(user(`"x"`)), []string{"X-Sluice-Trace-Id", canaryMail, "X-Sluice-Span-Name", canaryMail, "X-Sluice-Span-Id", canaryMail, "X-Sluice-Cache-Namespace", canaryMail, "X-Sluice-Cache", "simple", "User-Agent", canaryMail, "Tracestate", "a=" + canaryMail, "Baggage", "mail=" + canaryMail, "X-Custom", canaryMail, "Referer", "https://x/?m=" + canaryMail}},
		"forwarded":        {chat, ask(user(`"x"`)), []string{"X-Sluice-Forward-Headers", "X-Custom, Baggage", "X-Custom", canaryMail + " " + canaryCard, "Baggage", "m=" + canaryMail}},
		"metadata":         {chat, ask(user(`"x"`)), []string{"X-Sluice-Metadata", `{` + q(canaryMail) + `:` + q(canaryCard) + `,"_user":` + q(canaryMail) + `}`}},
		"bad metadata":     {chat, ask(user(`"x"`)), []string{"X-Sluice-Metadata", `{"` + canaryMail + `":1}`}},
		"bad header":       {chat, ask(user(`"x"`)), []string{"X-Sluice-Cache", canaryMail, "X-Sluice-Request-Timeout", canaryCard}},
		"host":             {chat, ask(user(`"x"`)), []string{"X-Sluice-Provider", "openai", "X-Sluice-Custom-Host", "http://" + canaryMail + "/v1"}},
		"bad json":         {chat, `{"bad ` + all, nil},
		"bad type":         {chat, `{"model":["` + canaryMail + `"]}`, nil},
		"query":            {chat + "?m=" + canaryMail + "&k=" + canaryKey, ask(user(`"x"`)), nil},
		"path":             {"/v1/" + canaryMail, ask(user(`"x"`)), nil},
		"prompt id":        {"/v1/prompts/" + canaryMail + "/completions", `{"variables":{}}`, nil},
		"prompt":           {"/v1/prompts/letter/completions", `{"variables":{"text":` + q(all) + `,"list":[` + q(canaryMail) + `,` + canaryCard + `],"user":"canary.bird","domain":"example.com"}}`, nil},
		"prompt number":    {"/v1/prompts/letter/completions", `{"variables":{"text":` + canaryCard + `,"list":[` + canaryCard + `],"user":"a","domain":"b"}}`, nil},
		"prompt names":     {"/v1/prompts/letter/completions", `{"variables":{` + q(canaryMail) + `:1}}`, nil},
		"prompt render":    {"/v1/prompts/letter/render", `{"variables":{"text":` + q(all) + `,"list":[],"user":"canary.bird","domain":"example.com"}}`, nil},
		"embeddings":       {"/v1/embeddings", ask(`"input":` + q(all)), nil},
		"embeddings list":  {"/v1/embeddings", ask(`"input":["x",` + q(all) + `]`), nil},
		"tokens":           {"/v1/embeddings", ask(`"input":[[15339,1917],[` + canaryCard + `]]`), nil},
		"echo":             {chat, `{"model":"@local/boom",` + user(q(all)) + `}`, nil},
		"html":             {chat, `{"model":"@local/html","stream":true,` + user(q(all)) + `}`, nil},
		"admin prompt":     {"/v1/prompts", `{"slug":` + q(canaryMail) + `}`, nil},
		"admin config":     {"/v1/configs", `{"slug":"x","config":{` + q(canaryMail) + `:1}}`, nil},
	} {
		for _, stream := range []bool{false, true} {
			body := c.body
			if stream {
				if !strings.HasPrefix(body, `{"model":"@local/gpt-mock",`) {
					continue
				}
				body = strings.Replace(body, `{`, `{"stream":true,`, 1)
			}
			r := s.post(c.path, body, append([]string{"X-Sluice-Cache", "semantic"}, c.header...)...)
			if r.StatusCode >= 500 && name != "html" || strings.Contains(r.body, canaryKey) && r.StatusCode >= 400 {
				t.Errorf("%s: %d %.300s", name, r.StatusCode, r.body)
			}
			if (name == "text" || name == "escapes" || name == "prompt") && !strings.Contains(texts(r.body)+r.json("choices.0.message.content").String(), all) {
				t.Errorf("%s: the caller did not get its text back: %s", name, r.body)
			}
			if id := r.Header.Get("X-Sluice-Request-Id"); id != "" && r.StatusCode != 404 && !strings.HasPrefix(name, "admin") {
				ids = append(ids, id)
			}
		}
	}
	if !redact {
		up = nil
	}
	sweep(t, s, up, ids, spans, canaries)
}
