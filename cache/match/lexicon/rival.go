package lexicon

import "strings"

// rivals are words, or the classes of markers, that exclude each other: what one of a line is asked
// about, the others are not.
var rivals = rivalLines(
	"increase decrease", "raise lower", "add remove", "enable disable", "activate deactivate", "open close", "start stop", "buy sell", "import export", "upload download",
	"install uninstall", "encrypt decrypt", "encode decode", "compress decompress", "lock unlock", "login logout", "deposit withdraw", "send receive", "subscribe unsubscribe",
	"accept reject", "allow deny", "include exclude", "win lose", "pass fail", "love hate", "gain loss", "cancel schedule move", "rise fall",
	"before after", "above below", "over under", "inside outside", "up down", "left right", "top bottom", "front back",
	"more less", "most least", "many few", "best worst", "better worse", "good bad", "high low", "higher lower", "maximum minimum", "big small", "long short", "longer shorter",
	"longest shortest", "fast slow", "faster slower", "hot cold", "warm cool", "old new", "oldest latest", "cheap expensive", "rich poor", "easy hard", "loud quiet",
	"safe unsafe poisonous", "legal illegal", "possible impossible", "true false", "correct incorrect", "public private", "internal external", "positive negative",
	"active inactive", "valid invalid", "healthy unhealthy", "happy sad", "advantage disadvantage", "cause effect", "ascending descending", "similarities difference",
	"male female", "boy girl", "son daughter", "mother father", "husband wife", "parent child", "he she",
	"today yesterday tomorrow", "last next", "future past", "thisyear lastyear nextyear", "monday tuesday wednesday thursday friday saturday sunday",
	"january february march april may june july august september october november december", "daily weekly monthly yearly hourly",
	"morning afternoon evening night", "spring summer autumn winter", "north south east west", "northern southern eastern western",
	"red green blue yellow black white orange purple pink brown grey",
)

func rivalLines(lines ...string) map[string]int {
	all := map[string]int{}
	for i, line := range lines {
		for _, word := range strings.Fields(line) {
			if class := Marker(word); class != "" {
				word = class
			} else {
				word = Stem(word)
			}
			all[word] = i + 1
		}
	}
	return all
}

// Rival returns the number of the line of words that exclude each other, 0 for a word that is in none.
// stem is the class of a marker, or the stem of another word.
func Rival(stem string) int { return rivals[stem] }
