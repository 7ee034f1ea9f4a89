package guardrails

import "strings"

// span is a piece of a text.
type span struct{ start, end int }

// fields reports where the top-level keys, still quoted, and values of a valid JSON object
// stand. It steps over what stands inside without reading it.
func fields(raw string, visit func(key, value span)) {
	i := strings.IndexByte(raw, '{') + 1
	for i < len(raw) {
		key := strings.IndexByte(raw[i:], '"')
		if key < 0 {
			return
		}
		key += i
		i = after(raw, key)
		name := span{key, i}
		i += strings.IndexByte(raw[i:], ':') + 1
		for i < len(raw) && raw[i] <= ' ' {
			i++
		}
		start, depth := i, 0
	value:
		for i < len(raw) {
			switch raw[i] {
			case '"':
				i = after(raw, i)
				continue
			case '{', '[':
				depth++
			case '}', ']':
				if depth == 0 {
					break value
				}
				depth--
			case ',':
				if depth == 0 {
					break value
				}
			}
			i++
		}
		visit(name, span{start, i})
	}
}

// after is the position after the string that begins at i.
func after(raw string, i int) int {
	for i++; i < len(raw); {
		end := strings.IndexByte(raw[i:], '"')
		if end < 0 {
			return len(raw)
		}
		slashes := 0
		for k := i + end - 1; k >= i && raw[k] == '\\'; k-- {
			slashes++
		}
		if i += end + 1; slashes%2 == 0 {
			return i
		}
	}
	return len(raw)
}
