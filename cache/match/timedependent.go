package match

import (
	"strings"
	"unicode"
)

// timeWords are words that make an answer depend on when it is asked.
var timeWords = setOf("today", "tonight", "tomorrow", "yesterday", "now", "nowadays", "currently", "current", "latest", "recent", "recently", "newest", "upcoming",
	"today's", "tonight's", "tomorrow's", "yesterday's")

// timePairs are words that do so together with the word before them, which is the key.
var timePairs = map[string]map[string]bool{
	"this": setOf("morning", "afternoon", "evening", "week", "weekend", "month", "quarter", "year"),
	"next": setOf("week", "weekend", "month", "year"),
	"last": setOf("night", "week", "month", "year"),
	"what": setOf("time", "day", "date"),
}

// timePhrases are those of Chinese, which has no spaces between words.
var timePhrases = []string{"今天", "今日", "今晚", "今早", "明天", "昨天", "后天", "前天", "现在", "目前", "当前", "如今", "最新", "最近", "近期", "刚刚", "实时",
	"本周", "这周", "上周", "下周", "本月", "这个月", "上个月", "下个月", "今年", "去年", "明年", "几点", "几号", "星期几"}

func setOf(words ...string) map[string]bool {
	set := make(map[string]bool, len(words))
	for _, w := range words {
		set[w] = true
	}
	return set
}

// TimeDependent reports whether a question asks for something that changes with the time at
// which it is asked, as far as its words tell.
func TimeDependent(text string) bool {
	var afterPrevious map[string]bool // what depends on time after the word before
	lower := strings.ReplaceAll(strings.ToLower(text), "’", "'")
	for word := range strings.FieldsFuncSeq(lower, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' }) {
		if timeWords[word] || afterPrevious[word] {
			return true
		}
		afterPrevious = timePairs[word]
	}
	for _, phrase := range timePhrases {
		if strings.Contains(text, phrase) {
			return true
		}
	}
	return false
}
