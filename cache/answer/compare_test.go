package answer_test

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/cache/answer"
)

func TestCompare(t *testing.T) {
	long := strings.Repeat("The committee met in the old town hall and spoke about roads. ", 8)
	for name, c := range map[string]struct {
		a, b string
		want answer.Agreement
	}{
		"case, stops and space":       {"Paris.", "  paris", answer.Same},
		"markdown":                    {"**Paris** is the capital.", "Paris is the capital", answer.Same},
		"a number":                    {"It costs 5 USD.", "It costs 6 USD.", answer.Different},
		"thousands":                   {"About 1,000 people live there", "About 1000 people live there", answer.Same},
		"yes and no":                  {"Yes, you can.", "No, you cannot do that.", answer.Different},
		"yes and no in Chinese":       {"是的，可以。", "不可以。", answer.Different},
		"JSON":                        {`{"a":1,"b":[2]}`, "{\"b\": [2], \"a\": 1}", answer.Same},
		"other JSON":                  {`{"a":1}`, `{"a":2}`, answer.Different},
		"the same code":               {"Try:\n```go\nx := 1\n```", "Here it is:\n```\nx  := 1\n```", answer.Same},
		"other code":                  {"```\nfor i in a: f(i)\n```", "```\nmap(f, a)\n```", answer.Unknown},
		"other words":                 {"Press the button on the left.", "Use the left-hand switch.", answer.Unknown},
		"nearly all words":            {long + "It was late.", long + "It was very late.", answer.Same},
		"one number of a long text":   {long + "There were 12 of 40.", long + "There were 12 of 40 at 9.", answer.Same},
		"most numbers of a long text": {long + "There were 12, 13 and 14.", long + "There were 12, 19 and 20.", answer.Different},
		"nothing":                     {"", "Paris", answer.Unknown},
	} {
		if got := answer.Compare(c.a, c.b); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestRefuses(t *testing.T) {
	for text, want := range map[string]bool{
		"I’m sorry, but I can’t help with that.": true, "As an AI, I have no opinion.": true, "很抱歉，这个问题我无法回答。": true, "I don't know who wrote it.": true,
		"Press the button.": false, "Paris is the capital of France.": false, "": false, "你可以在设置中修改。": false,
	} {
		if got := answer.Refuses(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
