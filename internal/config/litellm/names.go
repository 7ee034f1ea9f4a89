package litellm

import (
	"strconv"
	"strings"
)

// maxSlug leaves room for a number behind a name of at most 64 characters.
const maxSlug = 56

// names makes names of virtual keys and configs out of model names, each once.
type names struct{ taken map[string]bool }

func (s *names) of(model string) string {
	var b strings.Builder
	for _, c := range model {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' {
			b.WriteRune(c)
		} else {
			b.WriteByte('-')
		}
	}
	base := strings.Trim(b.String(), "-._")
	if base = base[:min(len(base), maxSlug)]; base == "" {
		base = "all"
	}
	if s.taken == nil {
		s.taken = map[string]bool{}
	}
	name := base
	for i := 2; s.taken[name]; i++ {
		name = base + "-" + strconv.Itoa(i)
	}
	s.taken[name] = true
	return name
}
