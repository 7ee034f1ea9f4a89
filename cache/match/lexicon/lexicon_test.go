package lexicon_test

import (
	"testing"

	"github.com/sluicegate/sluice/cache/match/lexicon"
)

func TestStem(t *testing.T) {
	for _, set := range [][]string{
		{"reset", "resets", "reset's"}, {"city", "cities"}, {"change", "changes", "changed", "changing"}, {"box", "boxes"}, {"cancel", "cancels", "canceled"},
		{"stop", "stopped", "stopping"}, {"refund", "refunds", "refunded", "refunding"}, {"pay", "pays"},
	} {
		for _, w := range set[1:] {
			if lexicon.Stem(w) != lexicon.Stem(set[0]) {
				t.Errorf("%s → %s, %s → %s", w, lexicon.Stem(w), set[0], lexicon.Stem(set[0]))
			}
		}
	}
	for _, pair := range [][2]string{{"bus", "bu"}, {"pass", "pas"}, {"this", "thi"}, {"need", "ne"}, {"string", "str"}, {"paris", "pari"}, {"care", "car"}, {"policy", "police"}} {
		if lexicon.Stem(pair[0]) == lexicon.Stem(pair[1]) {
			t.Errorf("%s and %s are one", pair[0], pair[1])
		}
	}
}

// TestTables checks each table with a word in it and a word outside it, and that the longest
// of several Chinese phrases is found.
func TestTables(t *testing.T) {
	for _, w := range []string{"the", "please", "what's"} {
		if !lexicon.NoContent(w, false) {
			t.Errorf("%q carries content", w)
		}
	}
	for _, w := range []string{"", "not", "your", "who", "how", "from", "without", "his"} {
		if lexicon.NoContent(w, false) {
			t.Errorf("%q carries no content", w)
		}
	}
	if lexicon.NoContent("tell", false) || !lexicon.NoContent("tell", true) || lexicon.NoContent("zebra", true) {
		t.Error("a request phrase carries no content at the beginning, and only there")
	}
	for w, want := range map[string]string{"don't": "not", "cannot": "not", "yesterday": "yesterday", "js": "javascript", "remove": "remove", "deletes": "remove", "table": "table", "zebra": "", "": ""} {
		if got := lexicon.Marker(w); got != want {
			t.Errorf("marker of %q is %q", w, got)
		}
	}
	if lexicon.Number("three") != "3" || lexicon.Number("third") != "3rd" || lexicon.Number("tree") != "" || lexicon.Unit("kilometres") != "km" {
		t.Error("numbers or units")
	}
	for _, s := range []string{"", "a", "么", "西", "\xe4\xbd", "aaa"} {
		if class, n := lexicon.Han(s); class != "" || n != 0 {
			t.Errorf("%q: %q, %d bytes", s, class, n)
		}
	}
	if u, n := lexicon.HanUnit("平方公里的"); u != "平方公里" || n != len(u) {
		t.Error("the longer unit comes first", u)
	}
	for _, s := range []string{"怎么样", "什么时候", "能不能", "哪里", "他们", "我想知道", "可以告诉我"} {
		if _, n := lexicon.Han(s + "么"); n != len(s) {
			t.Errorf("%s: %d of %d bytes", s, n, len(s))
		}
	}
}
