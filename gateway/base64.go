package gateway

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"unicode/utf16"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// minBinary is the shortest base64 that may count as data, in bytes. A shorter one may be a word, a number or
// a key; reading data as a text does no harm.
const minBinary = 512

// IsDataURL reports whether a JSON string, with its quotes, is a data: URL in base64 that holds binary data.
// Words without spaces may look like one, so it counts only in a part that declares itself binary.
func IsDataURL(quoted []byte) bool {
	s := bytes.Trim(quoted, `"`)
	if !bytes.HasPrefix(s, []byte("data:")) {
		return false
	}
	head, data, _ := bytes.Cut(s, []byte(","))
	return bytes.HasSuffix(head, []byte(";base64")) && len(head) < maxDataHead && IsBinary(data)
}

// maxDataHead bounds what stands before the data of a data: URL, in bytes.
const maxDataHead = 256

// IsBinary reports whether a JSON string, with or without its quotes, is base64 of binary data, and not a
// word or a text that looks like it, or base64 of a text.
func IsBinary(quoted []byte) bool {
	s := bytes.Trim(quoted, `"`)
	if len(s) < minBinary || !IsBase64(s) {
		return false
	}
	head := s[:min(len(s), HeadOfContent*2)]
	if bytes.IndexByte(head, '\\') >= 0 { // a slash, or the end of a line
		head = []byte(jsonx.String(append(append([]byte{'"'}, head[:bytes.LastIndexByte(head, '\\')]...), '"')))
	}
	data, _, ok := decodeBase64(string(head))
	return ok && ContentOf(data) == ContentBinary
}

// IsBase64 reports whether a JSON string, with or without its quotes, has the characters of base64 and no
// other.
func IsBase64(s []byte) bool { return bytes.IndexFunc(bytes.Trim(s, `"`), notBase64) < 0 }

func notBase64(r rune) bool {
	letter := r|0x20 >= 'a' && r|0x20 <= 'z' || r >= '0' && r <= '9'
	return !letter && r != '+' && r != '/' && r != '\\' && r != '=' && r != '-' && r != '_'
}

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
	if head, _, ok := decodeBase64(s[:min(len(s), HeadOfContent*2)]); !ok || ContentOf(head) == ContentBinary {
		return e, false
	}
	data, url, ok := decodeBase64(s)
	if !ok {
		return e, false
	}
	e.padded, e.url, e.Text = strings.HasSuffix(s, "="), url, string(data)
	if ContentOf(data) == ContentWide {
		e.Text = narrow(data)
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

// decodeBase64 decodes base64 in any of its alphabets, padded or not. Of an end that is none, the whole
// groups before it are decoded.
func decodeBase64(s string) (data []byte, url, ok bool) {
	s = strings.TrimRight(s, "=")
	if strings.ContainsAny(s, "-_") {
		url, s = true, strings.NewReplacer("-", "+", "_", "/").Replace(s)
	}
	if len(s)%4 == 1 {
		s = s[:len(s)-1]
	}
	data, err := base64.RawStdEncoding.DecodeString(s)
	return data, url, err == nil
}

// narrow is a text in UTF-16 as one in UTF-8.
func narrow(data []byte) string {
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
