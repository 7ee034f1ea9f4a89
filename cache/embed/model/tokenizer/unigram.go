package tokenizer

import (
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// unigram splits each word into the pieces whose probabilities have the largest product.
type unigram struct {
	pieces    []Piece
	numbers   map[string]int32
	unknown   int32
	unlikely  float64 // score of a character that the vocabulary does not have
	longest   int     // piece, in bytes
	wordStart string  // stands for the space before a word
}

// unknownPenalty is how much less likely than the least likely piece an unknown character is,
// in SentencePiece.
const unknownPenalty = 10

func (t *Tokenizer) useUnigram(f *file) error {
	m := &f.Model
	pieces, err := m.readPieces()
	if err != nil {
		return err
	}
	if m.UnknownID == nil || *m.UnknownID < 0 || int(*m.UnknownID) >= len(pieces) {
		return fmt.Errorf("model.unk_id is missing or not in the vocabulary")
	}
	if m.ByteFallback {
		return fmt.Errorf("model.byte_fallback is not supported")
	}
	u, err := newUnigram(pieces, *m.UnknownID)
	if err != nil {
		return fmt.Errorf("model.vocab: %w", err)
	}
	m.numbers = u.numbers
	if u.wordStart, err = f.PreTokenizer.wordStart(); err != nil {
		return fmt.Errorf("pre_tokenizer: %w", err)
	}
	if t.normalize, err = f.Normalizer.sentencePiece(); err != nil {
		return fmt.Errorf("normalizer: %w", err)
	}
	t.split, t.size = u, len(pieces)
	return nil
}

// newUnigram numbers the pieces in their order.
func newUnigram(pieces []Piece, unknown int32) (*unigram, error) {
	if len(pieces) == 0 || len(pieces) > maxTokens {
		return nil, fmt.Errorf("it has %d tokens; at most %d are read", len(pieces), maxTokens)
	}
	u := &unigram{pieces: pieces, numbers: make(map[string]int32, len(pieces)), unknown: unknown, unlikely: math.Inf(1)}
	for i, p := range pieces {
		switch {
		case len(p.Text) > maxTokenLen:
			return nil, fmt.Errorf("a token is longer than %d bytes", maxTokenLen)
		case math.IsNaN(p.Score) || math.IsInf(p.Score, 0):
			return nil, fmt.Errorf("a score is not a number")
		}
		u.numbers[p.Text] = int32(i)
		u.unlikely = min(u.unlikely, p.Score-unknownPenalty)
		u.longest = max(u.longest, len(p.Text))
	}
	return u, nil
}

// Unigram is what a model's file says of its tokenizer, where it has no tokenizer.json.
type Unigram struct {
	Pieces        []Piece
	Unknown       int32
	Before, After []int32         // the special tokens around each text
	Replaced      map[rune]string // normalisation of single characters
}

// NewUnigram returns the tokenizer of a model of XLM-RoBERTa's kind.
func NewUnigram(file Unigram) (*Tokenizer, error) {
	u, err := newUnigram(file.Pieces, file.Unknown)
	if err != nil {
		return nil, err
	}
	u.wordStart = "▁"
	for _, n := range append([]int32{file.Unknown}, append(file.Before, file.After...)...) {
		if n < 0 || int(n) >= len(file.Pieces) {
			return nil, fmt.Errorf("the special token %d is not in the vocabulary", n)
		}
	}
	normalize := func(text string) string {
		var b strings.Builder
		b.Grow(len(text))
		for _, r := range text {
			if replacement, ok := file.Replaced[r]; ok {
				b.WriteString(replacement)
			} else {
				b.WriteRune(r)
			}
		}
		return b.String()
	}
	return &Tokenizer{normalize: normalize, split: u, before: file.Before, after: file.After, size: len(file.Pieces)}, nil
}

// wordStart returns the mark that a pre-tokenizer puts before each word, if it does what
// XLM-RoBERTa's does: split at white space, one mark before each word.
func (c *component) wordStart() (string, error) {
	if c == nil {
		return "", fmt.Errorf("it is missing")
	}
	parts := []component{*c}
	if c.Type == "Sequence" {
		parts = c.Pretokenizers
	}
	for _, p := range parts {
		switch {
		case p.Type == "WhitespaceSplit":
		case p.Type == "Metaspace" && p.Replacement != "" && len(p.Replacement) <= utf8.UTFMax &&
			(p.AddPrefixSpace == nil || *p.AddPrefixSpace) && (p.PrependScheme == nil || *p.PrependScheme == "always"):
			return p.Replacement, nil
		default:
			return "", fmt.Errorf("%q is not supported in this form", p.Type)
		}
	}
	return "", fmt.Errorf("it has no Metaspace")
}

// sentencePiece returns the normalisation of SentencePiece's models.
func (c *component) sentencePiece() (func(string) string, error) {
	parts := []component{}
	switch {
	case c == nil:
	case c.Type == "Sequence":
		parts = c.Normalizers
	default:
		parts = append(parts, *c)
	}
	var characters *charsmap
	for _, p := range parts {
		switch {
		case p.Type == "Precompiled" && characters == nil:
			m, err := readCharsmap(p.Charsmap)
			if err != nil {
				return nil, err
			}
			characters = m
		case p.Type == "Replace" && p.Pattern.Regex == " {2,}": // words are split at white space anyway
		default:
			return nil, fmt.Errorf("%q is not supported in this form", p.Type)
		}
	}
	if characters == nil {
		return func(text string) string { return text }, nil
	}
	return characters.normalize, nil
}

func (u *unigram) vocabulary() map[string]int32 { return u.numbers }

func (u *unigram) append(tokens []int32, text string, limit int) []int32 {
	for len(tokens) <= limit {
		text = strings.TrimLeftFunc(text, unicode.IsSpace)
		if text == "" {
			break
		}
		end := strings.IndexFunc(text, unicode.IsSpace)
		if end < 0 {
			end = len(text)
		}
		tokens = u.appendWord(tokens, u.wordStart+text[:end])
		text = text[end:]
	}
	return tokens
}

// maxUnigramWord is the longest word that is split, in bytes. The rest of a longer one counts
// as another word, so that the work stays linear.
const maxUnigramWord = 4 << 10

// step is the best way to the end of a prefix of a word.
type step struct {
	score float64
	start int   // of the last piece
	token int32 // of the last piece
}

// appendWord is Viterbi's algorithm. Neighbouring unknown characters become one token.
func (u *unigram) appendWord(tokens []int32, word string) []int32 {
	if len(word) > maxUnigramWord {
		cut := maxUnigramWord
		for cut > 0 && !utf8.RuneStart(word[cut]) {
			cut--
		}
		return u.appendWord(u.appendWord(tokens, word[:cut]), word[cut:])
	}
	best := make([]step, len(word)+1)
	for i := 1; i < len(best); i++ {
		best[i].score = math.Inf(-1)
	}
	for start := 0; start < len(word); {
		_, size := utf8.DecodeRuneInString(word[start:])
		reach := func(end int, token int32, score float64) {
			if score += best[start].score; score > best[end].score {
				best[end] = step{score, start, token}
			}
		}
		known := false
		for end := start + size; end <= min(len(word), start+u.longest); {
			if n, ok := u.numbers[word[start:end]]; ok {
				reach(end, n, u.pieces[n].Score)
				known = known || end == start+size
			}
			if end == len(word) {
				break
			}
			_, next := utf8.DecodeRuneInString(word[end:])
			end += next
		}
		if !known {
			reach(start+size, u.unknown, u.unlikely)
		}
		start += size
	}
	var reversed []int32
	for end := len(word); end > 0; end = best[end].start {
		if last := len(reversed) - 1; best[end].token == u.unknown && last >= 0 && reversed[last] == u.unknown {
			continue
		}
		reversed = append(reversed, best[end].token)
	}
	for i := len(reversed) - 1; i >= 0; i-- {
		tokens = append(tokens, reversed[i])
	}
	return tokens
}
