package answer

import "strings"

// refusals are how models begin an answer that they do not give.
var refusals = []string{
	"i can't help", "i cannot help", "i can't assist", "i cannot assist", "i'm unable to", "i am unable to", "i'm not able to", "i am not able to",
	"i won't ", "i can't provide", "i cannot provide", "i can't answer", "i cannot answer", "i can't comply", "i cannot comply", "i can't fulfill", "i cannot fulfill",
	"i can't do that", "i cannot do that", "i must decline", "i have to decline", "i can't discuss", "i cannot discuss", "i can't share", "i cannot share",
	"i'm sorry, but", "i am sorry, but", "sorry, but i", "i apologize, but", "as an ai", "i don't have access", "i do not have access", "i don't know", "i do not know",
	"无法回答", "无法提供", "无法协助", "无法帮", "不能回答", "不能提供", "不能协助", "作为一个ai", "作为ai", "作为人工智能", "我不知道", "抱歉，我", "对不起，我", "很抱歉",
}

// opening is how much of an answer is searched for a refusal, in bytes.
const opening = 240

// Refuses reports whether a text reads like a refusal: the model does not answer, and may answer
// a question in other words.
func Refuses(text string) bool {
	text = strings.TrimSpace(text)
	start := strings.ToLower(strings.ReplaceAll(text[:min(len(text), opening)], "’", "'"))
	for _, r := range refusals {
		if strings.Contains(start, r) {
			return true
		}
	}
	return false
}
