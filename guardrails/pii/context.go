package pii

import "strings"

// How many bytes before a number a word may stand to say what the number is.
const (
	farWindow     = 40
	nearWindow    = 24
	versionWindow = 12
)

var (
	phoneWords = []string{"phone", "tel", "telephone", "telefon", "phonenumber", "cellphone", "mobile", "cell", "fax", "whatsapp", "sms", "hotline",
		"电话", "手机", "联系", "致电", "热线", "传真", "拨打", "号码"}
	callWords    = []string{"call", "dial", "contact"} // weaker evidence
	ssnWords     = []string{"ssn", "social security", "社会安全"}
	bankWords    = []string{"银行卡", "卡号", "账号", "账户", "bank card", "unionpay"}
	versionWords = []string{"version", "ver", "section", "chapter", "版本", "章节"}
)

// preceded reports whether one of the words stands in the window before i, or in the label
// if the window begins with the text.
func (s *scan) preceded(i, window int, words []string) bool {
	from := max(i-window, 0)
	s.work += i - from
	if containsWord(s.text[from:i], words) {
		return true
	}
	return from == 0 && s.label != "" && containsWord(s.label, words)
}

// containsWord looks for words in t. A Latin word must stand alone, in the plural, or as a
// part of an identifier such as homePhone or phone_number.
func containsWord(t string, words []string) bool {
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
			if b >= 0x80 && t[i:i+len(w)] == w || b < 0x80 && strings.EqualFold(t[i:i+len(w)], w) && wordEnds(t, i+len(w)) {
				return true
			}
		}
	}
	return false
}

// wordEnds reports whether a word may end at i.
func wordEnds(t string, i int) bool {
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
