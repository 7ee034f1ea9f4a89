package cache

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const hanNumerals = "〇零一二三四五六七八九十百千万亿两半壹贰叁肆伍陆柒捌玖拾佰仟"

// notNumbers are words that are spelled with numerals and count nothing. The longer of
// two stands first.
var notNumbers = []string{"万一", "一下", "一些", "一样", "一直", "一起", "一般", "一定", "一旦", "一切", "一点", "十分", "三明治", "百度", "千万别"}

// hanNumber gives the length of the Chinese number that s begins with, 0 if none.
func hanNumber(s string) int {
	for _, w := range notNumbers {
		if strings.HasPrefix(s, w) {
			return 0
		}
	}
	n := 0
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if !strings.ContainsRune(hanNumerals, r) {
			break
		}
		n += size
	}
	return n
}

// hanDigits writes the numbers up to ten as digits, so that 三 meets 3; longer ones are
// compared as they are spelled.
func hanDigits(s string) string {
	if s == "两" {
		return "2"
	}
	if i := strings.Index("一二三四五六七八九", s); i >= 0 && len(s) == len("一") {
		return string(rune('1' + i/len("一")))
	}
	if s == "十" {
		return "10"
	}
	return s
}

// otherDigit tells digits that NFKC leaves alone, e.g. Arabic-Indic ones.
func otherDigit(r rune) bool { return unicode.IsDigit(r) || unicode.IsNumber(r) }
