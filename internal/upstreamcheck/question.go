package upstreamcheck

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Kind says what a question is for.
type Kind string

// The kinds of questions that are asked as chats.
const (
	Recall Kind = "recall"
	Sample Kind = "sample"
)

// Question is one user message that both keys are asked.
type Question struct {
	Kind  Kind
	Group int // samples of one group have the same text but for a number
	Text  string

	words     [2]string // that the answer to a recall repeats
	MaxTokens int       // bound of the answer, with room for reasoning
}

// maxTokens leaves room for the reasoning of models that always reason.
const maxTokens = 4000

// lengths of the texts between the code words of recalls, in words of English.
var lengths = []int{0, 40, 150, 400, 1200}

// sampleTexts are open questions. Models have habits in what they answer.
var sampleTexts = []string{
	"Write one sentence that begins a short story.",
	"Name an animal, a city and a colour, and say in one short sentence each why you chose it.",
	"Give one piece of advice to somebody who moves to a new town, in one sentence.",
	"Make up a title and a one-line description of a book that does not exist.",
}

// Plan returns the questions of a run: recalls, one of them with a text of contextWords if that is
// not 0, and samples of each open question. rng makes them different in each run.
func Plan(rng *rand.Rand, samples, contextWords int) []Question {
	var plan []Question
	for _, n := range lengths {
		plan = append(plan, recall(rng, english(rng, n)))
	}
	plan = append(plan, recall(rng, chinese(rng, 300)), recall(rng, mixed(rng, 120)))
	if contextWords > 0 {
		plan = append(plan, recall(rng, english(rng, contextWords)))
	}
	for range samples {
		for group, text := range sampleTexts {
			plan = append(plan, Question{Kind: Sample, Group: group, Text: text, MaxTokens: maxTokens})
		}
	}
	return plan
}

func recall(rng *rand.Rand, text string) Question {
	words := [2]string{codeWord(rng), codeWord(rng)}
	return Question{Kind: Recall, words: words, MaxTokens: maxTokens,
		Text: fmt.Sprintf("The first code word is %s.\n\n%s\n\nThe second code word is %s.\n\nRepeat both code words, the first one first, and write nothing else.", words[0], text, words[1])}
}

var syllables = []string{"ba", "ko", "ri", "men", "tal", "su", "vek", "lo", "dar", "pim", "no", "zel", "ga", "fir", "hu", "mot"}

// codeWord returns one of 65,536 made-up words.
func codeWord(rng *rand.Rand) string {
	var b strings.Builder
	for range 4 {
		b.WriteString(syllables[rng.IntN(len(syllables))])
	}
	return b.String()
}

var englishWords = strings.Fields(`river stone market letter garden window teacher engine paper winter bridge coffee mountain story
	question answer village season weather journey harbour kitchen library morning evening machine country summer shadow silver
	quickly often slowly never always carries finds builds writes opens closes remembers follows between without behind around
	unbelievable infrastructure characteristically counterproductive photosynthesis`)

func english(rng *rand.Rand, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(englishWords[rng.IntN(len(englishWords))])
		if i%12 == 11 {
			b.WriteByte('.')
		}
	}
	return b.String()
}

var chineseCharacters = []rune("的一是了我不在人们有来他这上着个地到大里说去子得也和那要下看天时过出小么起你都把好还多没为又可家学只以主会样年想能生同老中从自面前头道它后然走很像见两用她国动进成回什边作对开而已")

func chinese(rng *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteRune(chineseCharacters[rng.IntN(len(chineseCharacters))])
	}
	return b.String()
}

var mixedPieces = []string{"for i := range xs {", "return nil, err", "привет", "будущее", "नमस्ते", "مرحبا", "こんにちは", "안녕하세요", "🙂🚲", "<div class=\"row\">",
	"SELECT name FROM t;", "camelCaseName", "snake_case_name", "∑ᵢ xᵢ² ≤ ε", "façade naïve", "\tindented"}

// mixed returns code, symbols and scripts on which tokenizers differ most.
func mixed(rng *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(mixedPieces[rng.IntN(len(mixedPieces))])
		b.WriteByte(' ')
	}
	return b.String()
}
