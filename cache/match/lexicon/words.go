package lexicon

import "strings"

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(list) {
		set[word] = true
	}
	return set
}

// wordClasses builds a map from word to class out of lines "class word word …". The class
// is itself a word of the class.
func wordClasses(lines ...string) map[string]string {
	classes := map[string]string{}
	for _, line := range lines {
		words := strings.Fields(line)
		for _, word := range words {
			classes[word] = words[0]
		}
	}
	return classes
}

// optionalWords are the stop words and request phrases that even a short question does not need.
var optionalWords = wordSet(`a an the i i'm i'd i'll is are am do does can could would to so and then also just it's
	what what's whats please pls plz kindly hi hello hey dear ok okay well
	you me tell give show let know want wanna like`)

// markers groups the words that change an answer. Words of one line are equivalent.
var markers = wordClasses(
	"was were did had",
	"not no don't doesn't didn't isn't aren't wasn't weren't won't wouldn't can't cannot couldn't shouldn't haven't hasn't hadn't mustn't dont doesnt didnt isnt cant wont nor neither none nothing nobody nowhere",
	"without excluding except minus", "never", "always", "with including",
	"who whom who's whose", "when", "where", "why", "how",
	"today tonight", "yesterday", "tomorrow", "now currently present", "last previous", "next upcoming following", "current", "latest newest", "oldest earliest", "future", "past historical",
	"monday mondays", "tuesday tuesdays", "wednesday wednesdays", "thursday thursdays", "friday fridays", "saturday saturdays", "sunday sundays",
	"january jan", "february feb", "march", "april apr", "june jun", "july jul", "august aug", "september sep sept", "october oct", "november nov", "december dec",
	"daily", "weekly", "monthly", "yearly annually annual", "hourly",
	"increase increases increased increasing raise", "decrease decreases decreased decreasing reduce reduces lower lowers",
	"add adds added adding", "remove removes removed removing delete deletes deleted deleting", "insert",
	"enable enables enabled enabling", "disable disables disabled disabling", "activate", "deactivate",
	"open opens opened opening", "close closes closed closing", "start starts started starting begin", "stop stops stopped stopping end ends",
	"buy buys buying bought purchase", "sell sells selling sold", "import imports importing", "export exports exporting", "upload uploads uploading", "download downloads downloading",
	"install installing", "uninstall uninstalling", "encrypt encryption encrypting", "decrypt decryption decrypting", "encode encoding", "decode decoding",
	"lock locks locked", "unlock unlocks unlocked", "login signin", "logout signout", "deposit deposits", "withdraw withdraws withdrawal", "send sends sending sent", "receive receives receiving received",
	"before", "after", "above", "below", "over", "under", "inside", "outside", "between", "against versus vs", "until", "since", "within", "beyond", "up", "down", "left", "right", "top", "bottom", "front", "back",
	"more", "less", "fewer", "most", "least", "many", "much", "few", "all every each", "only", "best", "worst", "better", "worse", "good", "bad", "high", "low", "higher", "highest", "lowest", "maximum max largest biggest", "minimum min smallest",
	"big large", "small little", "long", "short", "longer", "shorter", "longest", "shortest", "fast quick", "slow", "faster", "slower", "hot", "cold", "old", "new", "young", "cheap cheapest", "expensive", "rich", "poor", "easy", "hard difficult",
	"safe", "unsafe dangerous", "legal", "illegal", "possible", "impossible", "true", "false", "correct", "incorrect wrong", "public", "private", "internal", "external", "positive", "negative", "active", "inactive", "valid", "invalid", "healthy", "unhealthy", "happy", "sad unhappy",
	"advantage advantages pros benefit benefits", "disadvantage disadvantages cons drawback drawbacks", "cause causes", "effect effects", "win wins won", "lose loses lost", "love", "hate", "accept", "reject", "allow", "deny forbid prohibit", "include", "exclude", "ascending", "descending", "similarities similarity", "difference differences",
	"male man men", "female woman women", "boy boys", "girl girls", "son", "daughter", "mother mom mum", "father dad", "husband", "wife", "parent parents", "child children", "he him his", "she her hers", "we us our ours", "they them their theirs", "your yours yourself",
	"english", "french", "german", "spanish", "italian", "portuguese", "chinese mandarin", "cantonese", "japanese", "korean", "russian", "arabic", "hindi", "dutch", "polish", "turkish", "swedish", "danish", "norwegian", "finnish", "greek", "hebrew", "thai", "vietnamese", "indonesian", "ukrainian", "czech", "latin",
	"python", "javascript js", "typescript ts", "java", "golang go", "rust", "ruby", "php", "kotlin", "swift", "scala", "perl", "c", "c++ cpp", "c# csharp", "sql", "bash", "powershell", "haskell", "lua", "matlab", "r",
	"json", "xml", "yaml", "csv", "html", "markdown", "latex", "table", "list bullets bullet", "poem", "essay", "haiku", "story", "email", "letter", "summary summarize summarise", "translate", "rewrite", "paraphrase", "briefly brief concise", "detail detailed details", "formal", "informal casual", "code",
	"north", "south", "east", "west", "northern", "southern", "eastern", "western", "morning", "afternoon", "evening", "night", "spring", "summer", "autumn fall", "winter",
	"red", "green", "blue", "yellow", "black", "white", "orange", "purple", "pink", "brown", "grey gray",
	"refund refunds", "exchange exchanges", "cancel cancels cancelled canceled cancellation", "renew renewal", "subscribe", "unsubscribe", "pass passed", "fail failed",
)

// directional words give their neighbours roles.
var directional = wordSet("from to into than then by beat beats before after over under between through via versus vs for against with onto")

// hanPhrases maps Chinese phrases to their marker class, "" for a phrase without content.
var hanPhrases = map[string]string{
	"我想知道": "", "能不能": "", "可不可以": "", "可以告诉我": "", "能告诉我": "", "请告诉我": "", "告诉我": "", "我想问": "", "请问": "", "麻烦": "", "帮我": "", "谢谢": "", "你好": "", "您好": "", "一下": "",
	"为什么": "why", "为何": "why", "怎么样": "how", "怎么办": "how", "怎么": "how", "怎样": "how", "如何": "how", "什么时候": "when", "何时": "when", "哪里": "where", "哪儿": "where", "在哪": "where", "多少": "many", "多久": "howlong", "多长": "howlong", "什么": "what", "是谁": "who", "谁": "who", "哪": "which",
	"是不是": "?", "有没有": "?", "会不会": "?", "要不要": "?", "能否": "?", "是否": "?", "不": "not", "没": "not", "无": "not", "非": "not", "未": "not", "别": "not", "勿": "not", "禁止": "deny",
	"今天": "today", "明天": "tomorrow", "昨天": "yesterday", "现在": "now", "今年": "thisyear", "去年": "lastyear", "明年": "nextyear", "上个": "last", "下个": "next", "之前": "before", "以前": "before", "之后": "after", "以后": "after",
	"增加": "add", "减少": "reduce", "提高": "raise", "降低": "lower", "打开": "open", "关闭": "close", "开启": "open", "买": "buy", "卖": "sell", "上传": "upload", "下载": "download", "最大": "max", "最小": "min", "最多": "most", "最少": "least", "最好": "best", "最差": "worst", "优点": "pros", "缺点": "cons",
	"英语": "english", "英文": "english", "法语": "french", "德语": "german", "日语": "japanese", "日文": "japanese", "中文": "chinese", "汉语": "chinese", "韩语": "korean", "俄语": "russian", "西班牙语": "spanish",
	"男": "male", "女": "female", "他们": "they", "他": "he", "她": "she", "我们": "we", "您": "your", "你": "your",
	"吗": "", "呢": "", "吧": "", "啊": "", "呀": "", "嘛": "", "的": "", "了": "", "请": "", "我": "", "想": "", "是": "", "可以": "", "能": "", "会": "",
}
