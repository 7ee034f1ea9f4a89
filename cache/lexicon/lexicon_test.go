package lexicon_test

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/cache/lexicon"
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

func TestTables(t *testing.T) {
	for _, w := range []string{"the", "please", "what's"} {
		if !lexicon.Stop(w) {
			t.Errorf("%q carries content", w)
		}
	}
	for _, w := range []string{"", "not", "your", "who", "how", "from", "without", "his"} {
		if lexicon.Stop(w) {
			t.Errorf("%q carries none", w)
		}
	}
	for w, want := range map[string]string{"don't": "not", "cannot": "not", "yesterday": "yesterday", "js": "javascript", "remove": "remove", "deletes": "remove", "table": "table", "zebra": "", "": ""} {
		if got := lexicon.Marker(w); got != want {
			t.Errorf("marker of %q is %q", w, got)
		}
	}
	if lexicon.Number("three") != "3" || lexicon.Number("third") != "3rd" || lexicon.Number("tree") != "" || lexicon.Unit("kilometres") != "km" {
		t.Error("numbers or units")
	}
	if u, n := lexicon.HanUnit("平方公里的"); u != "平方公里" || n != len(u) {
		t.Error("the longer unit comes first", u)
	}
	// Of two phrases of which one begins the other, the longer one must be found.
	for _, s := range []string{"怎么样", "什么时候", "能不能", "哪里", "他们", "我想知道", "可以告诉我"} {
		if _, n, ok := lexicon.Han(s); !ok || n != len(s) {
			t.Errorf("%s: %d of %d bytes", s, n, len(s))
		}
	}
}

func TestASCII(t *testing.T) {
	for n := range 20 {
		plain := strings.Repeat("a", n)
		if !lexicon.ASCII(plain) {
			t.Errorf("%q", plain)
		}
		for at := range n {
			if odd := plain[:at] + "\x80" + plain[at+1:]; lexicon.ASCII(odd) {
				t.Errorf("%q", odd)
			}
		}
	}
}

func TestLowerCase(t *testing.T) {
	for n := range 20 {
		word := "abcdefghijklmnopqrstuvwxyz"[:n]
		for c := range 256 {
			want := n
			if c >= 'a' && c <= 'z' {
				want++
			}
			for _, rest := range []string{"", "Z", " and more of it", "\xff\xff\xff\xff\xff\xff\xff\xff"} {
				if got := lexicon.LowerCase(word + string([]byte{byte(c)}) + rest); got != want {
					t.Errorf("%q, then %q and %q: %d", word, rune(c), rest, got)
				}
			}
		}
		if got := lexicon.LowerCase(word); got != n {
			t.Errorf("%q: %d", word, got)
		}
	}
}

func TestShort(t *testing.T) {
	for n := range 9 {
		for c := range 256 {
			for upper := range n + 1 {
				word := []byte("abcxyzmn"[:n] + string([]byte{byte(c)}) + "zzzzzzzz")[:8]
				want, letters := n, uint64(0)
				if upper < n {
					word[upper] -= 0x20
				}
				lower := upper == n
				for want < 8 && want >= n && (word[want]|0x20 >= 'a' && word[want]|0x20 <= 'z') {
					lower = lower && word[want] >= 'a'
					want++
				}
				for i := range want {
					letters |= uint64(word[i]|0x20) << (8 * i)
				}
				if got, n, low := lexicon.Short(string(word)); got != letters || n != want || low != lower {
					t.Fatalf("%q: %x of %d letters, %v; want %x, %d, %v", word, got, n, low, letters, want, lower)
				}
			}
		}
	}
}

// Filler must say what the tables say that it is made of.
func TestFiller(t *testing.T) {
	for _, w := range strings.Fields("the please you tell one second third half zebra me first and") {
		content, filler := lexicon.Filler(w)
		want, stop := w, lexicon.Stop(w) || lexicon.Frame(w)
		if n := lexicon.Number(w); n != "" && !stop {
			want = n
		}
		if content != want || filler != stop {
			t.Errorf("%q: %q %v, want %q %v", w, content, filler, want, stop)
		}
	}
	if content, filler := lexicon.Filler(""); content != "" || filler {
		t.Error("no word")
	}
}
