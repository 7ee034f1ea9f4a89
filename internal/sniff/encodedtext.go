package sniff

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// minEncoded is the shortest base64 that is decoded, in bytes: what it holds is too short for a value.
const minEncoded = 8

// EncodedText is a text that a string holds in base64, alone or in a data: URL.
type EncodedText struct {
	Text string // decoded; not always UTF-8

	head   string // before the data
	sent   string
	padded bool
	url    bool // the alphabet of URLs
}

// DecodeText returns the text that s holds in base64. ok is false if s is not base64, or holds binary data.
func DecodeText(s string) (e EncodedText, ok bool) {
	if strings.HasPrefix(s, "data:") {
		head, data, found := strings.Cut(s, ",")
		if !found || len(head) >= maxDataHead || !strings.HasSuffix(strings.ToLower(head), ";base64") {
			return e, false
		}
		e.head, s = head+",", data
	}
	e.sent = s
	if strings.ContainsAny(s[:min(len(s), 200)], "\r\n\t") || strings.HasSuffix(s, "\n") { // as MIME folds it
		s = strings.NewReplacer("\r", "", "\n", "", "\t", "").Replace(s)
	}
	if len(s) < minEncoded || strings.IndexFunc(s, func(r rune) bool { return notBase64(r) || r == '\\' }) >= 0 {
		return e, false
	}
	if head, _, ok := decodeBase64(s[:min(len(s), HeadSize*2)]); !ok || KindOf(head) == Binary {
		return e, false
	}
	data, url, ok := decodeBase64(s)
	if !ok {
		return e, false
	}
	e.padded, e.url, e.Text = strings.HasSuffix(s, "="), url, string(data)
	if KindOf(data) == UTF16 {
		e.Text = decodeUTF16(data)
	}
	return e, true
}

// With returns the string with another text.
func (e EncodedText) With(text string) string {
	to := base64.RawStdEncoding
	if e.url {
		to = base64.RawURLEncoding
	}
	out := to.EncodeToString([]byte(text))
	if e.padded || !e.url {
		out += strings.Repeat("=", (4-len(out)%4)%4)
	}
	return e.head + out
}

// decodeUTF16 decodes a text of the kind UTF16.
func decodeUTF16(data []byte) string {
	var order binary.ByteOrder = binary.LittleEndian
	if data[0] == 0xfe || data[0] == 0 {
		order = binary.BigEndian
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return strings.TrimPrefix(string(utf16.Decode(units)), "\ufeff")
}
