package native

import (
	"regexp"
	"strings"
)

// below are the words of paths that stand behind an object, or behind a pattern that ends with anything.
const below = `content results cancel remix archive download input_items input_tokens items events checkpoints permissions pause resume
	messages runs steps submit_tool_outputs file_batches search parts complete versions metadata variants files batches compact
	chat completions embeddings images generations edits variations audio speech transcriptions translations moderations responses
	rerank embed tokenize detokenize classify ocr fim projects locations publishers google anthropic endpoints openai upload api
	generateContent streamGenerateContent countTokens embedContent batchEmbedContents predict rawPredict streamRawPredict
	predictLongRunning fetchPredictOperation uploadToFileSearchStore importFile batchUpdate retrieve ps tags show version`

// words are all words of the APIs.
var words = func() map[string]bool {
	known := map[string]bool{}
	add := func(patterns ...string) {
		for _, pattern := range patterns {
			for _, word := range strings.FieldsFunc(pattern, func(r rune) bool { return r == '/' || r == ':' || r == ' ' }) {
				known[word] = true
			}
		}
	}
	for _, a := range apis {
		add(a.stateless...)
		for _, k := range a.kinds {
			add(append(k.makes, k.path, k.alone)...)
		}
	}
	add(strings.Fields(below)...)
	return known
}()

var versionWord = regexp.MustCompile(`^v[0-9]{1,2}((alpha|beta)[0-9]{0,2})?$`)

// OwnWords lists what is no word of the vendors' APIs in a path: names and ids that the caller wrote, such as
// that of a model, decoded. id is one that the vendor gave; it is left out.
func OwnWords(segments []string, id string) (own []string) {
	for _, segment := range segments {
		name, action, acts := strings.Cut(segment, ":")
		if !acts || !words[action] {
			name = segment
		}
		if name == "" || words[name] || versionWord.MatchString(name) || id != "" && (name == id || strings.HasSuffix(id, "/"+name)) {
			continue
		}
		own = append(own, name)
	}
	return own
}
