package cache

import (
	"encoding/json"
	"strings"
	"testing"
)

var strangeStrings = []string{`""`, `"plain"`, `"a\nb\t\"c\" \\ \/ \b\f\r"`, `"\u00e9é\u4e09\ud83d\ude00"`, `"\ud800"`, `"\ud800x"`, `"\ud800\u0041"`, `"\udc00\ud83d\ude00"`,
	"\"\xff\xfe\"", "\"\xff\\n\"", `"\u12"`, `"\x"`, `"\`, `"`, ``, `"a`}

// FuzzDecode compares with the standard library on what it takes for a string.
func FuzzDecode(f *testing.F) {
	for _, s := range strangeStrings {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, quoted string) {
		got, ok := decode([]byte(quoted))
		var want string
		if json.Unmarshal([]byte(quoted), &want) != nil || !strings.HasPrefix(quoted, `"`) || !strings.HasSuffix(quoted, `"`) {
			return // not what a body holds
		}
		if !ok || got != want {
			t.Errorf("%s: %q %v, want %q", quoted, got, ok, want)
		}
	})
}
