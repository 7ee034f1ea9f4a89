package tokenizer

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// wordPiece splits text at spaces and punctuation, and each word into the longest tokens that
// the vocabulary has, from the left.
type wordPiece struct {
	numbers map[string]int32
	unknown int32
	prefix  string // of a token that continues a word
	maxWord int    // characters; a longer word is unknown
}

func (t *Tokenizer) useWordPiece(f *file) error {
	m := &f.Model
	if err := m.readNumbers(); err != nil {
		return err
	}
	unknown, ok := m.id(m.Unknown)
	if !ok {
		return fmt.Errorf("model.unk_token: %.40q is not in the vocabulary", m.Unknown)
	}
	if m.MaxWord <= 0 || m.MaxWord > maxTokenLen {
		return fmt.Errorf("model.max_input_chars_per_word must be from 1 to %d", maxTokenLen)
	}
	if f.PreTokenizer == nil || f.PreTokenizer.Type != "BertPreTokenizer" {
		return fmt.Errorf("pre_tokenizer: a WordPiece is read with a BertPreTokenizer only")
	}
	if f.Normalizer == nil || f.Normalizer.Type != "BertNormalizer" {
		return fmt.Errorf("normalizer: a WordPiece is read with a BertNormalizer only")
	}
	t.normalize, t.size = f.Normalizer.bert, len(m.numbers)
	t.split = &wordPiece{numbers: m.numbers, unknown: unknown, prefix: m.Prefix, maxWord: m.MaxWord}
	return nil
}

// bert is BERT's normalisation of a text.
func (c *component) bert(text string) string {
	var b strings.Builder
	b.Grow(len(text) + 16)
	for _, r := range text {
		switch {
		case c.CleanText && (r == 0 || r == utf8.RuneError || r != '\t' && r != '\n' && r != '\r' && unicode.Is(unicode.C, r)):
		case c.CleanText && unicode.IsSpace(r):
			b.WriteByte(' ')
		case c.ChineseChars && isChinese(r):
			b.WriteByte(' ')
			b.WriteRune(r)
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	text = b.String()
	if c.StripAccents == nil && c.Lowercase || c.StripAccents != nil && *c.StripAccents {
		text = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) {
				return -1
			}
			return r
		}, norm.NFD.String(text))
	}
	if c.Lowercase {
		text = strings.ToLower(text)
	}
	return text
}

// isChinese reports whether BERT's normalisation puts spaces around a character: the blocks of
// unified ideographs and their compatibility forms.
func isChinese(r rune) bool {
	switch {
	case r >= 0x4E00 && r <= 0x9FFF, r >= 0x3400 && r <= 0x4DBF, r >= 0x20000 && r <= 0x2A6DF, r >= 0x2A700 && r <= 0x2B73F,
		r >= 0x2B740 && r <= 0x2B81F, r >= 0x2B920 && r <= 0x2CEAF, r >= 0xF900 && r <= 0xFAFF, r >= 0x2F800 && r <= 0x2FA1F:
		return true
	}
	return false
}

// isPunctuation reports whether a character is a word of its own. All symbols of ASCII are.
func isPunctuation(r rune) bool {
	return r >= '!' && r <= '/' || r >= ':' && r <= '@' || r >= '[' && r <= '`' || r >= '{' && r <= '~' || unicode.IsPunct(r)
}

func (w *wordPiece) vocabulary() map[string]int32 { return w.numbers }

func (w *wordPiece) append(tokens []int32, text string, limit int) []int32 {
	for len(text) > 0 && len(tokens) <= limit {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case unicode.IsSpace(r):
			text = text[size:]
			continue
		case !isPunctuation(r):
			size = strings.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || isPunctuation(r) })
			if size < 0 {
				size = len(text)
			}
		}
		tokens = w.appendWord(tokens, text[:size])
		text = text[size:]
	}
	return tokens
}

func (w *wordPiece) appendWord(tokens []int32, word string) []int32 {
	if utf8.RuneCountInString(word) > w.maxWord {
		return append(tokens, w.unknown)
	}
	whole := len(tokens)
	for start := 0; start < len(word); {
		n, end := w.longest(word, start)
		if end == start {
			return append(tokens[:whole], w.unknown)
		}
		tokens, start = append(tokens, n), end
	}
	return tokens
}

// longest returns the longest token at start and its end, which is start if there is none.
func (w *wordPiece) longest(word string, start int) (number int32, end int) {
	for end = len(word); end > start; {
		part := word[start:end]
		if start > 0 {
			part = w.prefix + part
		}
		if n, ok := w.numbers[part]; ok {
			return n, end
		}
		_, size := utf8.DecodeLastRuneInString(word[start:end])
		end -= size
	}
	return 0, start
}
