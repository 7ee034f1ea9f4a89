package cli

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/cli/api"
	"github.com/sluicegate/sluice/internal/cli/documents"
)

// promptDouble has a prompt with two test cases. Its models answer the question in capitals;
// the model "broken" answers with an error.
type promptDouble struct {
	cases string // JSON

	mu   sync.Mutex
	seen []string
}

func (d *promptDouble) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		_, _ = io.WriteString(w, `{"slug":"support","version":3,"body":{"prompt":"{{q}}","test_cases":`+d.cases+`}}`)
		return
	}
	raw, _ := io.ReadAll(r.Body)
	d.mu.Lock()
	d.seen = append(d.seen, r.URL.Path+" "+r.Header.Get("x-sluice-metadata")+" cache "+r.Header.Get("x-sluice-cache")+" "+string(raw))
	d.mu.Unlock()
	if gjson.GetBytes(raw, "model").String() == "broken" {
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, `{"error":{"message":"The provider is down."}}`)
		return
	}
	_, _ = io.WriteString(w, `{"choices":[{"message":{"content":"`+strings.ToUpper(gjson.GetBytes(raw, "variables.q").String())+`"}}],"usage":{"completion_tokens":4}}`)
}

const twoCases = `[{"name":"greets","variables":{"q":"hi"},"expect":{"contains":["HI"]}},{"name":"brief","variables":{"q":"long"},"expect":{"not_contains":["LONG"],"max_output_tokens":3}}]`

func TestPromptTestNamesWhatFails(t *testing.T) {
	d := &promptDouble{cases: twoCases}
	at := httptest.NewServer(d)
	defer at.Close()
	stdout, stderr, code := execute(t, "prompts test support@staging --model m1 --model broken", "", at.URL)
	want := strings.Join([]string{"RESULT\tCASE\tMODEL\tREASON", "pass\tgreets\tm1\t-", "FAIL\tgreets\tbroken\tThe provider is down. (HTTP 502)",
		"FAIL\tbrief\tm1\t" + `contains "LONG"; has more than 3 output tokens, or their number is unknown; the answer: "LONG"`, "FAIL\tbrief\tbroken\tThe provider is down. (HTTP 502)", ""}, "\n")
	if stdout != want || code != api.ExitFailed || !strings.Contains(stderr, "3 of 4 failed") {
		t.Errorf("code %d, %s\ngot  %s\nwant %s", code, stderr, stdout, want)
	}
	if want := `/v1/prompts/support@3/completions {"prompt_test_case":"greets"} cache off {"model":"m1","stream":false,"variables":{"q":"hi"}}`; d.seen[0] != want {
		t.Errorf("got  %s\nwant %s", d.seen[0], want)
	}
}

func TestPromptTestPrintsJSON(t *testing.T) {
	at := httptest.NewServer(&promptDouble{cases: twoCases})
	defer at.Close()
	stdout, _, code := execute(t, "prompts test support --json", "", at.URL)
	v := gjson.Parse(stdout)
	if code != api.ExitFailed || v.Get("passed").Int() != 1 || v.Get("failed").Int() != 1 || v.Get("results.1.failures.0.check").String() != "not_contains" || v.Get("results.0.answer").String() != "HI" {
		t.Errorf("code %d\n%s", code, stdout)
	}
}

func TestPromptTestPasses(t *testing.T) {
	at := httptest.NewServer(&promptDouble{cases: `[{"name":"greets","variables":{"q":"hi"},"expect":{"equals":"HI"}}]`})
	defer at.Close()
	if stdout, stderr, code := execute(t, "prompts test support", "", at.URL); code != api.ExitDone {
		t.Errorf("code %d\n%s%s", code, stdout, stderr)
	}
}

func TestPromptTestRefuses(t *testing.T) {
	at := httptest.NewServer(&promptDouble{cases: `[]`})
	defer at.Close()
	for line, want := range map[string]string{
		"prompts test support":                   "has no test_cases",
		"prompts test support --workspace other": "--workspace does not apply",
		"prompts test support" + strings.Repeat(" --model m", documents.MaxTestModels+1): "20 times at most",
	} {
		if _, stderr, code := execute(t, line, "", at.URL); code == api.ExitDone || !strings.Contains(stderr, want) {
			t.Errorf("%s: code %d, %s", line, code, stderr)
		}
	}
}
