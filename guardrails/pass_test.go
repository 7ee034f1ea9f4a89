package guardrails

import (
	"strings"
	"testing"
)

// TestPassLeavesNothing: the room of a pass is used by the next request, with nothing of
// this one in it.
func TestPassLeavesNothing(t *testing.T) {
	s := New(Settings{})
	sc, err := s.scanner([]string{"email"})
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{100, 2 * keepText} {
		p := s.pass(sc, newVault())
		p.made = func(string) bool { return true }
		p.typed[0] = []byte(`"[EMAIL_1]"`)
		if text, ok := p.plain("", strings.Repeat("Ask ", size/4)+"anna@example.com."); !ok || !strings.HasSuffix(text, " [EMAIL_2].") {
			t.Fatal(text, ok)
		}
		text := p.text[:cap(p.text)]
		p.end()
		if kept := p.text != nil; kept != (size < keepText) {
			t.Errorf("%d bytes kept: %v", size, kept)
		}
		if p.text != nil && strings.Trim(string(text), "\x00") != "" {
			t.Errorf("left behind: %q", text)
		}
		if len(p.text) > 0 || p.service != nil || p.scanner != nil || p.held != nil || p.vault != nil || p.made != nil || p.typed[0] != nil || p.reserved || p.room[0].Entity != "" {
			t.Errorf("not wiped: %+v", p)
		}
	}
}
