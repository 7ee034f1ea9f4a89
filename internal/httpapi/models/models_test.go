package models

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// some is a Source of five models; a caller without a key sees the first one.
type some struct{}

func (some) Models(_ context.Context, by *gateway.Principal) ([]Model, error) {
	read := int64(250_000_000)
	all := []Model{
		{ID: "@vk/gpt-5", Provider: "openai", Context: 1000, Output: 100, Price: &gateway.Price{Input: 2_500_000_000, Output: 10_000_000_000, CacheRead: &read}, Capabilities: []string{"tools"}},
		{ID: "@vk/org/model-x", Provider: "groq"}, {ID: "@vk/text-embed", Provider: "openai"}, {ID: "c", Provider: "mock"}, {ID: "mock/echo", Provider: "mock"},
	}
	if by == nil {
		return all[:1], nil
	}
	return all, nil
}

type keys struct{}

func (keys) Identify(_ context.Context, key gateway.Secret, _ string) (*gateway.Principal, error) {
	if key.Reveal() != "good" {
		return nil, &gateway.Error{Op: "test", Kind: gateway.Unauthorized, Public: "No."}
	}
	return &gateway.Principal{Role: gateway.RoleMember, Workspace: "ws"}, nil
}

// get asks a server for a path; the key is a bearer unless a header says otherwise.
func get(t *testing.T, settings Settings, path string, header ...string) (int, gjson.Result) {
	t.Helper()
	settings.Source = some{}
	s := httpapi.New(httpapi.Settings{Routes: Routes(settings), Authenticator: keys{}})
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Authorization", "Bearer good")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if !json.Valid(w.Body.Bytes()) {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return w.Code, gjson.ParseBytes(w.Body.Bytes())
}

// TestShapes: each client reads its own list, known facts with their values and unknown ones as
// null.
func TestShapes(t *testing.T) {
	const price = `{"completion":"0.00001","input_cache_read":"0.00000025","prompt":"0.0000025"}`
	anthropic := []string{"Anthropic-Version", "2023-06-01"}
	google := []string{"Authorization", "", "X-Goog-Api-Key", "good"}
	for _, c := range []struct {
		name, path string
		header     []string
		want       []string
	}{
		{"OpenAI", "/v1/models", nil, []string{`{"object":"list","data":[{"id":"@vk/gpt-5","object":"model","created":0,"owned_by":"openai","context_length":1000,"max_completion_tokens":100,"pricing":` + price + `,"capabilities":["tools"]},`,
			`{"id":"mock/echo","object":"model","created":0,"owned_by":"mock","context_length":null,"max_completion_tokens":null,"pricing":null,"capabilities":null}],"has_more":false}`}},
		{"without /v1", "/models", nil, []string{`"object":"list"`}},
		{"Anthropic", "/v1/models", anthropic, []string{`{"data":[{"type":"model","id":"@vk/gpt-5","display_name":"@vk/gpt-5","created_at":"1970-01-01T00:00:00Z","max_input_tokens":1000,"max_tokens":100,"capabilities":null,"pricing":` + price + `}`,
			`"has_more":false,"first_id":"@vk/gpt-5","last_id":"mock/echo"`}},
		{"Anthropic under /api", "/api/v1/models", anthropic, []string{`"type":"model"`}},
		{"Google", "/v1/models", google, []string{`{"models":[{"name":"models/@vk/gpt-5","version":"001","displayName":"@vk/gpt-5","inputTokenLimit":1000,"outputTokenLimit":100,"supportedGenerationMethods":["generateContent","streamGenerateContent","countTokens"],"pricing":` + price + `}`,
			`"name":"models/@vk/text-embed","version":"001","displayName":"@vk/text-embed","inputTokenLimit":null,"outputTokenLimit":null,"supportedGenerationMethods":["embedContent","batchEmbedContents"]`}},
		{"Google by URL", "/v1/models?key=good", []string{"Authorization", ""}, []string{`{"models":[`}},
		{"Google by path", "/v1beta/models", nil, []string{`{"models":[`}},
		{"OpenRouter", "/api/v1/models", nil, []string{`"total_count":5,"links":{"next":null}`, `"pricing":` + price, `"canonical_slug":"@vk/gpt-5"`, `"per_request_limits":null`, `"default_parameters":null`, `"supported_voices":null`,
			`"is_moderated":false`, `"links":{"details":"/api/v1/models/@vk/org/model-x/endpoints"}`, `"pricing":{"completion":"-1","prompt":"-1"}`}},
		{"Codex", "/v1/models?client_version=0.171.0", nil, []string{`{"models":[{"slug":"@vk/gpt-5","display_name":"@vk/gpt-5"`, `"context_window":1000`, `"truncation_policy":{"mode":"tokens","limit":10000}`}},
		{"Codex's file", "/v1/codex/models.json", nil, []string{`{"models":[{"slug":"@vk/gpt-5"`, `"slug":"mock/echo"`}},
	} {
		code, got := get(t, Settings{}, c.path, c.header...)
		for _, part := range c.want {
			if code != 200 || !strings.Contains(got.Raw, part) {
				t.Errorf("%s: no %s in %d %s", c.name, part, code, got.Raw)
			}
		}
		if strings.Count(got.Raw, `"pricing"`) > 15 {
			t.Errorf("%s: a price is given twice: %s", c.name, got.Raw)
		}
	}
}

// TestOneModel: the id in a path has slashes and @, as they are or percent-encoded.
func TestOneModel(t *testing.T) {
	anthropic := []string{"Anthropic-Version", "2023-06-01"}
	for _, c := range []struct {
		path   string
		header []string
		at     string
		want   string
	}{
		{"/v1/models/@vk/gpt-5", nil, "id", "@vk/gpt-5"}, {"/v1/models/%40vk%2Fgpt-5", nil, "id", "@vk/gpt-5"}, {"/v1/models/@vk%2Forg%2Fmodel-x", nil, "id", "@vk/org/model-x"},
		{"/models/c", nil, "id", "c"}, {"/v1/models/@vk/org/model-x/", nil, "object", "model"},
		{"/v1/models/@vk/gpt-5", anthropic, "type", "model"}, {"/v1beta/models/@vk/org/model-x", nil, "name", "models/@vk/org/model-x"}, {"/v1beta/models/%40vk%2Fgpt-5", nil, "name", "models/@vk/gpt-5"},
		{"/api/v1/models/@vk/gpt-5", nil, "data.canonical_slug", "@vk/gpt-5"}, {"/api/v1/models/@vk/org/model-x/endpoints", nil, "data.endpoints.0.provider_name", "groq"}, {"/api/v1/models/count", nil, "data.count", "5"},
	} {
		if code, got := get(t, Settings{}, c.path, c.header...); code != 200 || got.Get(c.at).String() != c.want {
			t.Errorf("%s: %d %s", c.path, code, got.Raw)
		}
	}
	for path, at := range map[string]string{"/v1/models/none": "error.code", "/v1beta/models/none": "error.status", "/api/v1/models/none/endpoints": "error.metadata.error_type", "/v1/models/@vk": "error.param"} {
		if code, got := get(t, Settings{}, path); code != 404 || !got.Get(at).Exists() || !strings.Contains(got.Get("error.message").Str, "does not exist") {
			t.Errorf("%s: %d %s", path, code, got.Raw)
		}
	}
}

// TestPages: a client that follows its vendor's parameters sees every model once, in order.
func TestPages(t *testing.T) {
	anthropic := []string{"Anthropic-Version", "2023-06-01"}
	var seen []string
	for after := ""; ; {
		code, got := get(t, Settings{}, "/v1/models?limit=2&after_id="+after, anthropic...)
		for _, m := range got.Get("data").Array() {
			seen = append(seen, m.Get("id").Str)
		}
		if after = got.Get("last_id").Str; code != 200 || !got.Get("has_more").Bool() {
			break
		}
	}
	seen = append(seen, "|")
	for token, first := "", true; first || token != ""; first = false {
		_, got := get(t, Settings{}, "/v1beta/models?pageSize=3&pageToken="+token)
		for _, m := range got.Get("models").Array() {
			seen = append(seen, strings.TrimPrefix(m.Get("name").Str, "models/"))
		}
		token = got.Get("nextPageToken").Str
	}
	const all = "@vk/gpt-5 @vk/org/model-x @vk/text-embed c mock/echo"
	if got := strings.Join(seen, " "); got != all+" | "+all {
		t.Errorf("%s", got)
	}
	for path, want := range map[string]string{
		"/v1/models?limit=1000": "5 false", "/v1/models?limit=2": "2 true", "/v1/models?after=c": "1 false", "/v1/models?limit=1&after=%40vk%2Fgpt-5": "1 true", "/v1/models?before_id=c&limit=2": "2 true", "/v1/models?after=mock/echo": "0 false",
	} {
		code, got := get(t, Settings{}, path)
		if line := got.Get("data.#").String() + " " + got.Get("has_more").String(); code != 200 || line != want {
			t.Errorf("%s: %d %s, want %s", path, code, line, want)
		}
	}
	if _, got := get(t, Settings{}, "/v1/models?before_id=c&limit=2"); got.Get("data.0.id").Str != "@vk/org/model-x" {
		t.Errorf("the page before: %s", got.Raw)
	}
	for path, name := range map[string]string{"/v1/models?limit=0": "limit", "/v1/models?limit=x": "limit", "/v1/models?limit=1001": "limit", "/v1/models?after_id=none": "after_id", "/v1/models?before_id=none": "before_id",
		"/v1beta/models?pageSize=-1": "pageSize", "/v1beta/models?pageToken=%25": "pageToken", "/v1beta/models?pageToken=bm9uZQ": "pageToken", "/v1/models?workspace=w": "workspace"} {
		if code, got := get(t, Settings{}, path); code != 400 || !strings.Contains(got.Get("error.message").Str, "'"+name+"'") {
			t.Errorf("%s: %d %s", path, code, got.Raw)
		}
	}
	if code, _ := get(t, Settings{}, "/v1beta/models?pageSize=5000"); code != 200 {
		t.Errorf("Google's clients may ask for more than they get: %d", code)
	}
}

// TestKeys: a list needs a key, unless the lists are public.
func TestKeys(t *testing.T) {
	for _, path := range []string{"/v1/models", "/v1beta/models", "/api/v1/models", "/v1/models/c", "/v1/codex/models.json"} {
		if code, got := get(t, Settings{}, path, "Authorization", "Bearer bad"); code != 401 {
			t.Errorf("%s: %d %s", path, code, got.Raw)
		}
	}
	if code, got := get(t, Settings{Public: true}, "/api/v1/models", "Authorization", ""); code != 200 || got.Get("total_count").Int() != 1 {
		t.Errorf("%d %s", code, got.Raw)
	}
}
