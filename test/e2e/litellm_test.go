package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

const liteLLMConfig = `
model_list:
  - model_name: claude-opus
    litellm_params: {model: anthropic/claude-opus-4-7, api_base: UPSTREAM, api_key: os.environ/UPSTREAM_KEY, input_cost_per_token: 1e-06, output_cost_per_token: 2e-06}
  - model_name: gpt
    litellm_params: {model: openai/gpt-down, api_base: UPSTREAM/v1, api_key: k, max_retries: 0}
  - model_name: gpt
    litellm_params: {model: openai/gpt-up, api_base: UPSTREAM/v1, api_key: k, max_retries: 0}
  - {model_name: short, litellm_params: {model: openai/gpt-short, api_base: UPSTREAM/v1, api_key: k}}
  - {model_name: "any/*", litellm_params: {model: "openai/*", api_base: UPSTREAM/v1, api_key: k}}
  - {model_name: fixed, litellm_params: {model: openai/x, mock_response: Good morning.}}
litellm_settings:
  context_window_fallbacks: [{short: [any/gpt-long]}]
  set_verbose: true
router_settings:
  num_retries: 1
  model_group_alias: {opus: claude-opus, hush: {model: gpt, hidden: true}}
general_settings: {master_key: sk-1234}
`

// serveLiteLLM runs the binary on a file of LiteLLM's proxy, with no key but the file's.
func serveLiteLLM(t *testing.T, up *gatewaytest.Upstream) *server {
	t.Helper()
	t.Setenv("UPSTREAM_KEY", "sk-upstream")
	dir := t.TempDir()
	s := &server{t: t, dir: dir, args: []string{"--config", "litellm_config.yaml"}, noKey: true}
	raw := strings.NewReplacer("api_base: UPSTREAM", "api_base: "+up.URL()).Replace(liteLLMConfig)
	write(t, filepath.Join(dir, "litellm_config.yaml"), raw)
	s.launch()
	t.Cleanup(func() { s.stop(syscall.SIGTERM) })
	return s
}

// TestLiteLLMsFile: the file of LiteLLM's proxy is served as it is, with its master key, groups,
// wildcards, aliases, fallbacks and fixed answers, and its clients read their errors.
func TestLiteLLMsFile(t *testing.T) {
	up := gatewaytest.NewUpstream()
	defer up.Close()
	up.Set("gpt-down", gatewaytest.Reply{Status: 503, Body: `{"error":{"message":"down"}}`})
	up.Set("gpt-short", gatewaytest.Reply{Status: 400, Body: `{"error":{"message":"This model's maximum context length is 10 tokens.","type":"invalid_request_error","code":"context_length_exceeded"}}`})
	s := serveLiteLLM(t, up)
	key := []string{"Authorization", "Bearer sk-1234"}
	ask := func(model, more string) reply {
		return s.post("/v1/chat/completions", `{"model":"`+model+`","messages":[{"role":"user","content":"Hello there"}]`+more+`}`, key...)
	}
	for model, want := range map[string]struct{ upstream, text string }{
		"claude-opus": {"claude-opus-4-7", "Hello there"}, "opus": {"claude-opus-4-7", "Hello there"}, "any/gpt-z": {"gpt-z", "Hello there"},
		"gpt": {"gpt-up", "Hello there"}, "hush": {"gpt-up", "Hello there"}, "short": {"gpt-long", "Hello there"}, "fixed": {"", "Good morning."},
	} {
		for range 3 { // a balanced group answers whichever of its deployments is drawn
			r := ask(model, "")
			if r.StatusCode != 200 || r.json("choices.0.message.content").String() != want.text || want.upstream != "" && up.Last().Model != want.upstream {
				t.Errorf("%s: %d %s, upstream %s", model, r.StatusCode, r.body, up.Last().Model)
			}
		}
	}
	priced := ask("claude-opus", "").Header.Get("X-Sluice-Trace-Id")
	var row gjson.Result
	for end := time.Now().Add(3 * time.Second); time.Now().Before(end) && !row.Exists(); time.Sleep(30 * time.Millisecond) {
		row = s.do("GET", "/v1/logs/"+priced, "", key...).json("data.0")
	}
	if row.Get("cost_usd").Float() <= 0 {
		t.Errorf("no price: %s", row.Raw)
	}
	if r := ask("short", `,"fallbacks":["claude-opus"],"num_retries":0`); r.StatusCode != 200 || up.Last().Model != "claude-opus-4-7" {
		t.Errorf("fallbacks of the body: %d %s, %s", r.StatusCode, r.body, up.Last().Model)
	}
	for _, got := range up.Requests() {
		if body := string(got.Body); strings.Contains(body, "fallbacks") || strings.Contains(body, "num_retries") {
			t.Errorf("went upstream: %s", body)
		}
	}
	if r := ask("short", `,"disable_fallbacks":true`); r.StatusCode != 400 || r.json("error.code").String() != "400" || r.json("error.type").String() != "invalid_request_error" {
		t.Errorf("no fallback: %d %s", r.StatusCode, r.body)
	}
	if r := s.do("POST", "/chat/completions", `{}`, "Authorization", "Bearer sk-wrong"); r.StatusCode != 401 || r.json("error.code").String() != "401" || r.json("error.type").String() != "token_not_found_in_db" {
		t.Errorf("a bad key: %d %s", r.StatusCode, r.body)
	}
	if r := s.do("GET", "/v1/models", "", key...); !strings.HasPrefix(r.json("data.#.id").Raw, `["claude-opus","gpt","short","any/`) || !strings.HasSuffix(r.json("data.#.id").Raw, `,"fixed","opus"]`) || strings.Contains(r.body, "hush") {
		t.Errorf("the list: %s", r.json("data.#.id").Raw)
	}
	if out := s.output.String(); !strings.Contains(out, "litellm_config.yaml:14:3: litellm_settings.set_verbose: ignored: ") || !strings.Contains(out, "warning: general_settings.master_key") || strings.Contains(out, "sk-upstream") {
		t.Errorf("the report: %s", out)
	}
}

// TestLiteLLMsFileIsChecked: sluice check names a missing variable with its line; a weak master
// key is refused where other machines reach the server; --strict refuses what is unsupported.
func TestLiteLLMsFileIsChecked(t *testing.T) {
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "c.yaml"), "model_list:\n  - {model_name: a, litellm_params: {model: openai/x,\n      api_key: os.environ/SLUICE_TEST_NOT_SET}}\nlitellm_settings: {max_budget: 5}\ngeneral_settings: {master_key: sk-1234}\n")
	run := func(args ...string) (string, int) {
		cmd := exec.Command(binary, args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "SLUICE_API_KEY=")
		out, _ := cmd.CombinedOutput()
		return string(out), cmd.ProcessState.ExitCode()
	}
	for _, c := range []struct {
		args  []string
		code  int
		holds string
	}{
		{[]string{"check", "c.yaml"}, 2, "c.yaml:3:16: model_list[0].litellm_params.api_key: missing: the environment variable SLUICE_TEST_NOT_SET is not set"},
		{[]string{"check", "--json", "c.yaml"}, 2, `"message": "unsupported: `},
		{[]string{"serve", "--config", "c.yaml", "--strict"}, 2, "--strict: 2 of these"},
		{[]string{"serve", "--config", "c.yaml", "--listen", "0.0.0.0:0"}, 2, "master_key is so short"},
	} {
		if out, code := run(c.args...); code != c.code || !strings.Contains(out, c.holds) {
			t.Errorf("%v: %d %s", c.args, code, out)
		}
	}
}
