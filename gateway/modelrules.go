package gateway

import "strings"

// ModelRules names the models that an API key may use, each by one of three names: as it goes to
// the provider ("gpt-5"), with the provider ("openai/gpt-5"), or with the virtual key
// ("@vk_openai/gpt-5"). An asterisk stands for any text. Nil names all models.
type ModelRules []string

// Allow reports whether a rule names the model of a target.
func (r ModelRules) Allow(t *Target, model string) bool {
	if r == nil {
		return true
	}
	for _, rule := range r {
		if matchesAsterisk(rule, model) || matchesAsterisk(rule, t.Provider+"/"+model) || t.VirtualKey != "" && matchesAsterisk(rule, "@"+t.VirtualKey+"/"+model) {
			return true
		}
	}
	return false
}

// matchesAsterisk reports whether the whole text matches a pattern in which * stands for any text.
func matchesAsterisk(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	rest, ok := strings.CutPrefix(text, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(rest, part)
		if i < 0 {
			return false
		}
		rest = rest[i+len(part):]
	}
	return strings.HasSuffix(rest, parts[len(parts)-1])
}
