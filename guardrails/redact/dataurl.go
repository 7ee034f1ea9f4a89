package redact

import "strings"

// isDataURL reports whether text is a data: URL in base64: an image or a file, not a text.
func isDataURL(text string) bool {
	head, data, ok := strings.Cut(text, ",")
	if !ok || len(head) > 256 || !strings.HasPrefix(head, "data:") || !strings.HasSuffix(head, ";base64") {
		return false
	}
	for _, c := range []byte(data) {
		if !(c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("+/=-_", c) >= 0) {
			return false
		}
	}
	return true
}
