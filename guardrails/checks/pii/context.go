package pii

import "strings"

// How far before a number a word may stand to say what it is.
const (
	reach  = 40
	beside = 24
)

var (
	phoneWords = []string{"phone", "tel", "telephone", "telefon", "phonenumber", "cellphone", "mobile", "cell", "fax", "whatsapp", "sms", "hotline",
		"电话", "手机", "联系", "致电", "热线", "传真", "拨打", "号码"}
	callWords    = []string{"call", "dial", "contact"} // say less
	ssnWords     = []string{"ssn", "social security", "社会安全"}
	bankWords    = []string{"银行卡", "卡号", "账号", "账户", "bank card", "unionpay"}
	versionWords = []string{"version", "ver", "section", "chapter", "版本", "章节"}
)

// said reports whether one of the words stands in the window before i, or in the label
// when the window reaches it.
func (s *scan) said(i, window int, words []string) bool {
	if s.first {
		return &words[0] != &versionWords[0] // those take back, all others add
	}
	from := max(i-window, 0)
	s.work += i - from
	if has(s.text[from:i], words) {
		return true
	}
	return from == 0 && s.label != "" && has(s.label, words)
}

// has looks for words. Latin ones must stand alone, as a plural, or as a part of a name
// like homePhone or phone_number.
func has(t string, words []string) bool {
	for i := 0; i < len(t); i++ {
		b := t[i]
		if b < 0x80 && (!isLetter(b) || i > 0 && isLetter(t[i-1]) && !escape(t, i-1) && !(b < 'a' && t[i-1] >= 'a')) {
			continue
		}
		if b >= 0x80 && b < 0xC0 {
			continue
		}
		for _, w := range words {
			if len(t)-i < len(w) || lower(b) != w[0] {
				continue
			}
			if b >= 0x80 && t[i:i+len(w)] == w || b < 0x80 && strings.EqualFold(t[i:i+len(w)], w) && stops(t, i+len(w)) {
				return true
			}
		}
	}
	return false
}

// stops reports whether a word that reaches to i ends there.
func stops(t string, i int) bool {
	if i < len(t) && t[i] == 's' {
		i++
	}
	return i >= len(t) || !isAlnum(t[i]) || t[i]-'A' < 26
}

func lower(b byte) byte {
	if b-'A' < 26 {
		return b | 0x20
	}
	return b
}
