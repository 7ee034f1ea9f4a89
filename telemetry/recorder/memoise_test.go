package recorder

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestMemoised(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		f := memoised(func(s string) string { calls++; return strings.ToUpper(s) })
		for _, c := range []struct {
			name, text string
			calls      int // of three
		}{
			{"a text that comes again is remembered", "a model", 1},
			{"another text is not taken for it", "a node", 1},
			{"a long text is not remembered", strings.Repeat("x", memoMaxText+1), 3},
		} {
			calls = 0
			for range 3 {
				if got := f(c.text); got != strings.ToUpper(c.text) {
					t.Fatalf("%s: %q", c.name, got)
				}
			}
			if calls != c.calls {
				t.Errorf("%s: %d calls, want %d", c.name, calls, c.calls)
			}
		}
		time.Sleep(memoExpiry)
		if calls = 0; f("a model") != "A MODEL" || calls != 1 {
			t.Error("a result is remembered for too long")
		}
	})
}
