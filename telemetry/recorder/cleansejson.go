package recorder

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// body cleanses every string of a JSON text, names and long numbers included, and cuts the
// content out of data: URLs. With detect off it only does the latter. A text that is no JSON
// becomes one string. It returns raw itself where nothing changes.
func (c *cleanser) body(raw []byte, detect bool) []byte {
	if !jsonx.Valid(raw) {
		text := string(bytes.ToValidUTF8(raw, []byte("\uFFFD")))
		if detect {
			text = c.text(text)
		}
		return jsonx.Quote(text)
	}
	var edits []jsonx.Edit
	jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action {
		var clean, text string
		switch n.Kind {
		case jsonx.KindKey, jsonx.KindString:
			text = n.Text()
			if clean = text; n.Kind == jsonx.KindKey && isPlainName(text) {
				break
			}
			clean = shortenDataURL(text)
			if clean == text && detect {
				clean = c.text(text)
			}
		case jsonx.KindNumber:
			if number := n.Raw(); detect && mayIdentify(number) && !clocks[n.Path.Key(-1)] {
				text = string(number)
				clean = c.text(text)
			}
		}
		if clean != text {
			edits = append(edits, jsonx.Edit{Start: n.Start, End: n.End(), New: jsonx.Quote(clean)})
		}
		return jsonx.Descend
	})
	return jsonx.Splice(raw, edits)
}

// isPlainName reports a name of letters and underscores, which identifies nobody.
func isPlainName(name string) bool {
	for i := range len(name) {
		if c := name[i]; (c < 'a' || c > 'z') && c != '_' {
			return false
		}
	}
	return true
}

// clocks are fields whose long numbers are times and seeds, which look like telephone numbers.
var clocks = map[string]bool{"created": true, "created_at": true, "seed": true, "expires_at": true}

// mayIdentify reports whether a number is long enough to identify a person: a telephone or card
// number, written in digits only.
func mayIdentify(number []byte) bool {
	const minDigits = 7
	if len(number) < minDigits {
		return false
	}
	for i := range len(number) {
		if number[i] < '0' || number[i] > '9' {
			return false
		}
	}
	return true
}

// shortenDataURL replaces the content of "data:image/png;base64,…" by its size. Other texts it
// returns as they are.
func shortenDataURL(s string) string {
	head, content, ok := strings.Cut(s, ",")
	if !ok || len(head) > 80 || !strings.HasPrefix(head, "data:") || !strings.HasSuffix(head, ";base64") || strings.Contains(head, "@") {
		return s
	}
	return head + ",[" + strconv.Itoa(len(content)) + " bytes]"
}
