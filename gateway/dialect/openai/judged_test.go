package openai

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway"
)

// Nothing goes upstream unseen but declared binary data and words of the format.
func TestJudgedSeesEverything(t *testing.T) {
	req := must(t, `{"model":"s1","user":"s2","metadata":{"k3":"s4"},"prompt_cache_key":"s5","service_tier":"s6","max_tokens":7,"seed":1.5e3,
		"safety_identifier":"s8","models":["s9"],"reasoning_effort":"high","stream":true,
		"messages":[{"role":"s10","content":[{"type":"s11","text":"t12"},{"type":"text","text":"data:;base64,t13"},
			{"type":"image_url","image_url":{"url":"data:image/png;base64,`+strings.Repeat("AAAA", 200)+`","detail":"low"}},{"type":"input_audio","input_audio":{"data":"`+strings.Repeat("BBBB", 200)+`","format":"wav"}}]}],
		"tools":[{"type":"function","function":{"name":"t14","parameters":{"type":"object","properties":{"k15":{"type":"string"}}}}}],"k16":{"k17":[null]}}`)
	var texts, bare []string
	for _, x := range req.Judged() {
		if x.Bare {
			bare = append(bare, x.Value)
		} else {
			texts = append(texts, x.Value)
		}
	}
	if d := cmp.Diff(strings.Fields("t14 t12 data:;base64,t13 low wav"), texts); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(strings.Fields("s1 s2 k3 s4 s5 s6 7 1.5e3 s8 s9 s10 s11 k15 k16 k17"), bare); d != "" {
		t.Error(d)
	}
}

func TestDataURLIsATextWhereNoPartDeclaresIt(t *testing.T) {
	data := strings.Repeat("AAAA", 200)
	for body, binary := range map[string]bool{
		`{"messages":[{"role":"user","content":"data:;base64,secret"}]}`:                                                                   false,
		`{"messages":[{"role":"user","content":[{"type":"text","text":"data:image/png;base64,secret"}]}]}`:                                 false,
		`{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,se cret"}}]}]}`:              false,
		`{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,secret"}}]}]}`:               false,
		`{"messages":[{"role":"user","content":[{"type":"file","file":{"file_data":"data:application/pdf;base64,secret"}}]}]}`:             false,
		`{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,secret` + data + `"}}]}]}`:   true,
		`{"messages":[{"role":"user","content":[{"type":"file","file":{"file_data":"data:application/pdf;base64,secret` + data + `"}}]}]}`: true,
		`{"input":["data:;base64,secret"]}`:                       false,
		`{"tools":[{"image_url":{"url":"data:;base64,secret"}}]}`: false,
	} {
		seen := false
		for _, x := range must(t, body).Texts() {
			seen = seen || strings.Contains(x.Value, "cret")
		}
		if spans := (Dialect{}).Binary([]byte(body)); seen == binary || (len(spans) == 1) != binary {
			t.Errorf("%s: a text %v, binary %v", body, seen, spans)
		}
	}
}

var _ gateway.Dialect = Dialect{}
