package sniff

import (
	"bytes"
	"encoding/base64"
	"strings"

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
	head := s[:min(len(s), HeadSize*2)]
	if bytes.IndexByte(head, '\\') >= 0 { // a slash, or the end of a line
		head = []byte(jsonx.String(append(append([]byte{'"'}, head[:bytes.LastIndexByte(head, '\\')]...), '"')))
	}
	data, _, ok := decodeBase64(string(head))
	return ok && KindOf(data) == Binary
}

// IsBase64 reports whether a JSON string, with or without its quotes, has the characters of base64 and no
// other.
func IsBase64(s []byte) bool { return bytes.IndexFunc(bytes.Trim(s, `"`), notBase64) < 0 }

func notBase64(r rune) bool {
	letter := r|0x20 >= 'a' && r|0x20 <= 'z' || r >= '0' && r <= '9'
	return !letter && r != '+' && r != '/' && r != '\\' && r != '=' && r != '-' && r != '_'
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
