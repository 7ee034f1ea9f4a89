package match

import (
	"slices"
	"strings"
	"unicode"
)

// timeWords are words that make an answer depend on when it is asked: alone, or with the next word.
var timeWords = map[string]timeWord{
	"today": {alone: true}, "tonight": {alone: true}, "tomorrow": {alone: true}, "yesterday": {alone: true}, "now": {alone: true}, "nowadays": {alone: true},
	"currently": {alone: true}, "current": {alone: true}, "latest": {alone: true}, "recent": {alone: true}, "recently": {alone: true}, "newest": {alone: true},
	"upcoming": {alone: true}, "today's": {alone: true}, "tonight's": {alone: true}, "tomorrow's": {alone: true}, "yesterday's": {alone: true},
	"this": {with: []string{"morning", "afternoon", "evening", "week", "weekend", "month", "quarter", "year"}},
	"next": {with: []string{"week", "weekend", "month", "year"}},
	"last": {with: []string{"night", "week", "month", "year"}},
	"what": {with: []string{"time", "day", "date"}},
}

type timeWord struct {
	alone bool
	with  []string
}

// timePhrases are those of Chinese, which has no spaces between words.
var timePhrases = []string{"今天", "今日", "今晚", "今早", "明天", "昨天", "后天", "前天", "现在", "目前", "当前", "如今", "最新", "最近", "近期", "刚刚", "实时",
	"本周", "这周", "上周", "下周", "本月", "这个月", "上个月", "下个月", "今年", "去年", "明年", "几点", "几号", "星期几"}

// TimeDependent reports whether a question asks for something that changes with the time at
// which it is asked, as far as its words tell.
func TimeDependent(text string) bool {
	var previous timeWord
	lower := strings.ReplaceAll(strings.ToLower(text), "’", "'")
	for word := range strings.FieldsFuncSeq(lower, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' }) {
		now := timeWords[word]
		if now.alone || slices.Contains(previous.with, word) {
			return true
		}
		previous = now
	}
	if isASCII(text) {
		return false
	}
	for _, phrase := range timePhrases {
		if strings.Contains(text, phrase) {
			return true
		}
	}
	return false
}
