package checks

import (
	"encoding/json"
	"strings"
)

// maxCandidates bounds the JSON values that are tried in one text.
const maxCandidates = 64

// candidates returns the JSON values in a text, the most likely first: the whole text, the
// fenced blocks, or the objects and arrays in the prose.
func candidates(text string) []string {
	whole := strings.TrimSpace(text)
	if whole == "" {
		return nil
	}
	if json.Valid([]byte(whole)) {
		return []string{whole}
	}
	out := fenced(text)
	if len(out) > 0 {
		return out
	}
	tries := 0
	for i := 0; i < len(text) && tries < maxCandidates; {
		next := strings.IndexAny(text[i:], "{[")
		if next < 0 {
			break
		}
		i += next
		tries++
		end := balanced(text, i)
		if end > 0 && json.Valid([]byte(text[i:end])) {
			out = append(out, text[i:end])
			i = end
			continue
		}
		i++
	}
	return out
}

// fenced returns the valid JSON in ``` blocks, whatever their label is.
func fenced(text string) []string {
	var out []string
	for rest := text; len(out) < maxCandidates; {
		_, body, ok := strings.Cut(rest, "```")
		if !ok {
			break
		}
		block, after, ok := strings.Cut(body, "```")
		if !ok {
			break
		}
		rest = after
		for _, b := range []string{block, afterLabel(block)} {
			if b = strings.TrimSpace(b); b != "" && json.Valid([]byte(b)) {
				out = append(out, b)
				break
			}
		}
	}
	return out
}

func afterLabel(block string) string {
	_, body, _ := strings.Cut(block, "\n")
	return body
}

// balanced returns the end of the object or array at i, 0 if it is not closed. Brackets
// inside strings do not count.
func balanced(text string, i int) int {
	depth, quoted := 0, false
	for ; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}
