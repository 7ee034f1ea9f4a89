package anthropic

import "strings"

// generation is what a Claude model can do, told from its name. The fields that a model
// takes changed more than once, and one too many is refused.
type generation struct {
	adaptive bool // thinks by effort; a budget of tokens is deprecated or refused
	newest   bool // refuses temperature, top_p and top_k, and a budget
	strict   bool // takes output_config.format
}

// generationOf reads "claude-opus-4-7", "claude-3-5-sonnet-20241022", "claude-opus-4.7".
// A Claude without a number counts as the newest. A model that is no Claude counts as the
// oldest, whose fields all servers with this format take.
func generationOf(model string) generation {
	_, rest, claude := strings.Cut(strings.ToLower(model), "claude")
	if !claude {
		return generation{}
	}
	version, n := 0, 0
	for _, part := range strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune("-._@:/", r) }) {
		if len(part) > 2 || strings.Trim(part, "0123456789") != "" {
			continue // a family or a date
		}
		digits := 0
		for _, c := range part {
			digits = 10*digits + int(c-'0')
		}
		if n++; n == 1 {
			version = 100 * digits
		} else if n == 2 {
			version += digits
		}
	}
	if n == 0 {
		return generation{adaptive: true, newest: true, strict: true}
	}
	return generation{adaptive: version >= 406, newest: version >= 407, strict: version >= 405 || version == 401 && strings.Contains(rest, "opus")}
}

// takesBudget reports whether a model can think at all: Claude can since 3.7.
func takesBudget(model string) bool {
	for _, old := range []string{"claude-2", "claude-instant", "claude-3-opus", "claude-3-sonnet", "claude-3-haiku", "claude-3-5"} {
		if strings.Contains(model, old) {
			return false
		}
	}
	return true
}
