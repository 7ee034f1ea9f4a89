package scrub

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// base64Forms returns the base64 texts of the key, in both alphabets, wherever it stands in
// the text that is encoded: "key", "user:key", "key:" and "Bearer key" all hold one of them.
// Characters that also depend on the bytes before or behind the key are cut off.
func base64Forms(key string) []string {
	if len(key) < minShown {
		return nil
	}
	var forms []string
	for before := range 3 {
		whole := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", before) + key))
		first, last := (before*8+5)/6, (before+len(key))*8/6
		form := whole[first:last]
		forms = append(forms, form)
		if url := strings.NewReplacer("+", "-", "/", "_").Replace(form); url != form {
			forms = append(forms, url)
		}
	}
	return forms
}

// base64Around returns the base64 text around text[from:to], with its padding.
func base64Around(text string, from, to int) [2]int {
	inside := func(b byte) bool {
		return b-'0' < 10 || (b|0x20)-'a' < 26 || b == '+' || b == '/' || b == '-' || b == '_'
	}
	for from > 0 && inside(text[from-1]) {
		from--
	}
	for to < len(text) && inside(text[to]) {
		to++
	}
	for to < len(text) && text[to] == '=' {
		to++
	}
	return [2]int{from, to}
}

// unescaped is a text with its escapes replaced by what they stand for.
type unescaped struct {
	text string
	at   []int // at[i] is the offset of text[i] in the original; nil: text is the original
}

// offset returns the offset in the original.
func (u unescaped) offset(i int) int {
	if u.at == nil {
		return i
	}
	return u.at[i]
}

// unescape replaces %XX and \u00XX, also where the escape itself is escaped, as in %2541.
func unescape(text string) unescaped {
	u := unescaped{text: text}
	for range 3 {
		if !strings.ContainsAny(u.text, `%\`) {
			break
		}
		var b strings.Builder
		at := make([]int, 0, len(u.text)+1)
		for i := 0; i < len(u.text); {
			c, width := escapeAt(u.text[i:])
			b.WriteByte(c)
			at = append(at, u.offset(i))
			i += width
		}
		at = append(at, u.offset(len(u.text)))
		if b.Len() == len(u.text) {
			break
		}
		u = unescaped{b.String(), at}
	}
	return u
}

// escapeAt returns the byte that text begins with, and how many bytes it is written in.
func escapeAt(text string) (c byte, width int) {
	for _, form := range [...]struct {
		mark  string
		width int
	}{{"%", 3}, {`\u00`, 6}} {
		if len(text) >= form.width && strings.HasPrefix(text, form.mark) {
			if v, err := strconv.ParseUint(text[len(form.mark):form.width], 16, 8); err == nil {
				return byte(v), form.width
			}
		}
	}
	return text[0], 1
}
