package match

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const hanNumerals = "〇零一二三四五六七八九十百千万亿两半壹贰叁肆伍陆柒捌玖拾佰仟"

// notNumbers are words that are spelled with numerals but count nothing.
var notNumbers = []string{"万一", "一下", "一些", "一样", "一直", "一起", "一般", "一定", "一旦", "一切", "一点", "十分", "三明治", "百度", "千万别"}

// hanNumberLen returns the length of the Chinese number that text begins with, 0 if there
// is none.
func hanNumberLen(text string) int {
	for _, word := range notNumbers {
		if strings.HasPrefix(text, word) {
			return 0
		}
	}
	return len(text) - len(strings.TrimLeft(text, hanNumerals))
}

// hanDigits writes a number up to ten in digits, so that 三 equals 3. Longer numbers are
// compared as they are spelled.
func hanDigits(number string) string {
	switch i := strings.Index("一二三四五六七八九", number); {
	case number == "两":
		return "2"
	case number == "十":
		return "10"
	case i >= 0 && len(number) == len("一"):
		return string(rune('1' + i/len("一")))
	}
	return number
}

// isForeignDigit reports digits of other scripts that NFKC keeps, such as Arabic-Indic ones.
func isForeignDigit(r rune) bool {
	return r >= utf8.RuneSelf && (unicode.IsDigit(r) || unicode.IsNumber(r))
}
