package app

import (
	"net/http"
	"strings"
	"testing"
)

// TestCacheExplains asks the whole server: a stored question is found again by its text and by its
// request, the report counts it, and bad input is refused by the field's name.
func TestCacheExplains(t *testing.T) {
	o := openOffice(t)
	ask := func(text string) string {
		w := o.send(ownersKey, "/v1/chat/completions", `{"model":"mock/echo","messages":[{"role":"user","content":"`+text+`"}]}`, `{"cache":"semantic"}`)
		if w.Code != http.StatusOK || w.Header().Get("X-Sluice-Cache-Max-Age") != "86400" {
			t.Fatalf("%d %v %s", w.Code, w.Header(), w.Body)
		}
		return w.Header().Get("X-Sluice-Request-Id")
	}
	request := ask("Why is the sky so blue in summer?")
	config := `"config":{"cache":"semantic"}`
	x := o.must("POST", "/v1/cache/explain", `{"text":"Tell me, why is the sky so blue in summer?","model":"mock/echo",`+config+`}`)
	if x.Get("max_age").Num != 86400 || !x.Get("max_age_is_default").Bool() {
		t.Errorf("%s", x)
	}
	if x.Get("tier").String() != "semantic" || x.Get("neighbours.0.origin_request_id").String() != request || !x.Get("neighbours.0.serves").Bool() {
		t.Errorf("%s", x)
	}
	if x = o.must("GET", "/v1/cache/report", ""); x.Get("misses").Int() == 0 || x.Get("groups.0.max_error").Num != .01 || len(x.Get("missing").Array()) == 0 {
		t.Errorf("%s", x)
	}
	if x = o.must("POST", "/v1/cache/explain", `{"request_id":"`+request+`",`+config+`}`); x.Get("tier").String() != "exact" || x.Get("recorded.status").String() == "" {
		t.Errorf("the recorded request: %s", x)
	}
	for body, field := range map[string]string{
		`{}`:                                  "text",
		`{"text":"a"}`:                        "model",
		`{"text":"a","model":"b","config":1}`: "config",
		`{"request_id":"01NOTHING"}`:          "request_id",
	} {
		if code, answer := o.call(ownersKey, "POST", "/v1/cache/explain", body); code < 400 || code >= 500 || !strings.Contains(answer, field) {
			t.Errorf("%s: %d %s", body, code, answer)
		}
	}
	if code, answer := o.call(ownersKey, "POST", "/v1/cache/purge", `{}`); code != http.StatusBadRequest || !strings.Contains(answer, "all: true") {
		t.Errorf("%d %s", code, answer)
	}
	for query, want := range map[string]int64{"": 1, "?model=echo": 1, "?model=other": 0, "?answer=" + request + "&model=echo": 1, "?older_than=1h": 0} {
		if n := o.must("GET", "/v1/cache/answers"+query, ""); n.Get("answers").Int() != want || n.Get("oldest").Exists() != (want > 0) {
			t.Errorf("%s: %s", query, n)
		}
	}
	for query, field := range map[string]string{"?older_than=never": "older_than", "?older_than=-1h": "older_than", "?prompt_version=0": "prompt_version", "?prompt_version=2": "prompt", "?all=true": "all"} {
		if code, answer := o.call(ownersKey, "GET", "/v1/cache/answers"+query, ""); code != http.StatusBadRequest || !strings.Contains(answer, field) {
			t.Errorf("%s: %d %s", query, code, answer)
		}
	}
	if n := o.must("POST", "/v1/cache/purge", `{"model":"echo"}`).Get("removed").Int(); n != 1 {
		t.Errorf("%d answers removed", n)
	}
}
