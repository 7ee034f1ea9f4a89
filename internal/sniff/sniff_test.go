package sniff

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"
)

func wide(order binary.AppendByteOrder, text string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, u)
	}
	return out
}

func TestKindOf(t *testing.T) {
	long := strings.Repeat("a text of words, ", 1000)
	for name, c := range map[string]struct {
		head string
		want Kind
	}{
		"nothing": {"", Text}, "a word": {"evil", Text}, "lines": {"a\r\n\tb\f\x1b[1mc", Text}, "another script": {"é\u4f60😀", Text},
		"cut within a character": {strings.Repeat("a", HeadSize-1) + "é", Text}, "what begins like a bitmap": {"BMW for a@example.com", Text}, "what says to be an image": {"GIF89a of a@example.com", Text},
		"a PDF": {"%PDF-1.7\n1 0 obj", Binary}, "an image": {"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", Binary}, "an archive": {"PK\x03\x04\x14\x00\x00\x00words", Binary}, "zeros": {"\x00\x00\x00\x00\x00\x00\x00\x00", Binary},
		"Latin-1": {"caf\xe9 of a@example.com", Unclear}, "one zero": {long + "\x00", Text}, "a zero": {"\x00" + long, Unclear}, "some zeros": {strings.Repeat("\x00"+strings.Repeat("a", 99), 50), Unclear},
		"UTF-16": {string(wide(binary.LittleEndian, "a@example.com")), UTF16}, "UTF-16, big": {string(wide(binary.BigEndian, "a@example.com")), UTF16}, "its mark": {"\xff\xfea", UTF16},
		"sound": {"\x01\x00\x03\x00\xff\xff\x02\x00\x00\x00\x05\x00", Binary},
	} {
		if got := KindOf([]byte(c.head)); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestIsBinary(t *testing.T) {
	image, text := base64.StdEncoding.EncodeToString([]byte("\x89PNG\r\n\x1a\n"+strings.Repeat("\x00\xff\x03", 300))), base64.StdEncoding.EncodeToString([]byte(strings.Repeat("words of a text ", 50)))
	for s, want := range map[string]bool{
		image: true, strings.ReplaceAll(image, "/", `\/`): true, image[:100] + `\n` + image[100:]: true, base64.URLEncoding.EncodeToString([]byte(strings.Repeat("\x00\xff\x03", 300))): true,
		"evil": false, "AAAA": false, text: false, image[:400] + " " + image[400:]: false, strings.Repeat("4111111111111111", 30): false, image[:300]: false,
	} {
		if got := IsBinary([]byte(`"` + s + `"`)); got != want {
			t.Errorf("%.60s: %v", s, got)
		}
		if got := IsDataURL([]byte(`"data:image/png;base64,` + s + `"`)); got != want {
			t.Errorf("data URL of %.60s: %v", s, got)
		}
	}
}

func TestDecodeText(t *testing.T) {
	const text = "write to a@example.com ÿ~?>"
	for name, s := range map[string]string{
		"padded": base64.StdEncoding.EncodeToString([]byte(text)), "unpadded": base64.RawStdEncoding.EncodeToString([]byte(text)), "for URLs": base64.URLEncoding.EncodeToString([]byte(text)),
		"a data: URL": "data:text/plain;charset=utf-8;base64," + base64.StdEncoding.EncodeToString([]byte(text)), "folded": base64.StdEncoding.EncodeToString([]byte(text))[:20] + "\r\n" + base64.StdEncoding.EncodeToString([]byte(text))[20:] + "\n",
		"UTF-16": base64.StdEncoding.EncodeToString(wide(binary.LittleEndian, "\ufeff"+text)), "UTF-16, big": base64.StdEncoding.EncodeToString(wide(binary.BigEndian, text)),
	} {
		e, ok := DecodeText(s)
		if !ok || e.Text != text {
			t.Errorf("%s: %v %q", name, ok, e.Text)
			continue
		}
		again, ok := DecodeText(e.With("other text"))
		if head, _, url := strings.Cut(s, ","); !ok || again.Text != "other text" || url && !strings.HasPrefix(e.With("x"), head+",") {
			t.Errorf("%s: %q", name, e.With("other text"))
		}
	}
	if e, ok := DecodeText(base64.StdEncoding.EncodeToString([]byte("caf\xe9 a@example.com"))); !ok || e.With(e.Text) != base64.StdEncoding.EncodeToString([]byte("caf\xe9 a@example.com")) {
		t.Errorf("Latin-1: %v %q", ok, e.Text)
	}
	for _, s := range []string{"", "a b", "data:text/plain,YWJj", base64.StdEncoding.EncodeToString([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00")), "to a@example.com", "data:;base64,a b c d e f"} {
		if e, ok := DecodeText(s); ok {
			t.Errorf("%s is a text: %q", s, e.Text)
		}
	}
}
