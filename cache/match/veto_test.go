package match

import (
	"strings"
	"testing"
)

func TestVeto(t *testing.T) {
	for _, c := range []struct{ asked, stored, lexical, semantic string }{
		{"Why is the sky blue?", "Tell me why the sky is blue", "", ""},
		{"Can I get a refund?", "Can I not get a refund?", "meaning", "meaning"},
		{"How do I enable it?", "How do I disable it?", "meaning", "meaning"},
		{"Who is president of Nepal?", "Who will be president of Nepal?", "meaning", "meaning"},
		{"Will I be charged a fee?", "Am I charged a fee?", "", ""},
		{"I don't like tea", "I like tea", "meaning", "meaning"},
		{"Trains from Oslo to Rome", "Trains from Rome to Oslo", "words", "order"},
		{"the manager called", "the director called", "words", ""},
		{"cancel my subscription", "cancel my subscrption", "", ""},
		{"他喜欢茶", "她喜欢茶", "meaning", "meaning"},
		{"如何重置密码", "请问怎么重置密码", "", ""},
		{"reset password", "密码", "words", "language"},
		{"explain photosynthesis", "describe photosynthesis", "too short", ""},
	} {
		for _, lexical := range []bool{true, false} {
			want := c.semantic
			if lexical {
				want = c.lexical
			}
			got := Veto(c.asked, c.stored, lexical)
			if !strings.HasPrefix(got, want) || want == "" && got != "" {
				t.Errorf("%q and %q, lexical %v: %q, want %q", c.asked, c.stored, lexical, got, want)
			}
		}
	}
}
