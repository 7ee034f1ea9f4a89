package openai

import "testing"

func TestQuestion(t *testing.T) {
	for body, want := range map[string]string{
		`{"messages":[{"role":"user","content":"a"},{"role":"user","content":"b"}]}`:                                        `"b"`,
		`{"messages" : [ {"content" : "b \"x\"" , "role" : "user"} ] , "model":"m"}`:                                        `"b \"x\""`,
		`{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"text":"b","type":"text"},{"type":"image"}]}]}`: `"b"`,
		`{"mess\u0061ges":[{"role":"us\u0065r","content":"a"}]}`:                                                            `"a"`,
		`{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}`:                                   "",
		`{"messages":[{"role":"user","content":"a"},{"role":"tool","content":"b"}]}`:                                        "",
		`{"messages":[{"role":"user","content":[{"type":"image"}]}]}`:                                                       "",
		`{"messages":[{"role":"user","content":null}]}`:                                                                     "",
		`{"messages":[{"role":"user","content":{"text":"x"}}]}`:                                                             "",
		`{"messages":[]}`: "", `{"messages":{}}`: "", `{"messages":["user"]}`: "", `{}`: "", `{"x":{"messages":[{"role":"user","content":"a"}]}}`: "",
	} {
		at, ok := Dialect{}.Question([]byte(body))
		if got := body[at.Start:at.End]; ok != (want != "") || ok && got != want {
			t.Errorf("%s: %q, %v", body, got, ok)
		}
	}
}
