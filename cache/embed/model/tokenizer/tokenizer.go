package tokenizer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// Tokenizer splits texts. It is safe for concurrent use.
type Tokenizer struct {
	normalize func(string) string
	split     splitter
	before    []int32 // the special tokens around each text
	after     []int32
	size      int // of the vocabulary
}

// splitter turns a normalised text into tokens.
type splitter interface {
	// append appends the tokens of a text, and stops once there are more than limit.
	append(tokens []int32, text string, limit int) []int32
	// vocabulary returns the number of each token.
	vocabulary() map[string]int32
}

// The bounds of a file. Real ones stay far below: XLM-RoBERTa's has 17 MB and 250,002 tokens.
const (
	maxFile     = 64 << 20
	maxTokens   = 1 << 20
	maxTokenLen = 512 // bytes
)

// Read reads a tokenizer.json.
func Read(r io.Reader) (*Tokenizer, error) {
	content, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(content) > maxFile {
		return nil, fmt.Errorf("it is larger than %d bytes", maxFile)
	}
	var f file
	if err := json.NewDecoder(bytes.NewReader(content)).Decode(&f); err != nil {
		return nil, fmt.Errorf("it is not a tokenizer's JSON: %w", err)
	}
	t := &Tokenizer{}
	switch f.Model.kind() {
	case "WordPiece":
		err = t.useWordPiece(&f)
	case "Unigram":
		err = t.useUnigram(&f)
	default:
		err = fmt.Errorf("model.type: %q is not supported; WordPiece and Unigram are", f.Model.Type)
	}
	if err != nil {
		return nil, err
	}
	if t.before, t.after, err = f.PostProcessor.around(f.Model.id, t.size); err != nil {
		return nil, fmt.Errorf("post_processor: %w", err)
	}
	return t, nil
}

// Size returns the number of tokens in the vocabulary. Every token is below it.
func (t *Tokenizer) Size() int { return t.size }

// Vocabulary returns all tokens, in the order of their numbers.
func (t *Tokenizer) Vocabulary() []string {
	all := make([]string, t.size)
	for token, n := range t.split.vocabulary() {
		all[n] = token
	}
	return all
}

// Tokens returns the tokens of a text with the special ones around it, and whether they are all
// of them: a text of more than limit tokens is cut.
func (t *Tokenizer) Tokens(text string, limit int) (tokens []int32, whole bool) {
	tokens = append(tokens, t.before...)
	room := limit - len(t.after)
	tokens = t.split.append(tokens, t.normalize(text), room)
	if whole = len(tokens) <= room; !whole {
		tokens = tokens[:max(room, 0)]
	}
	return append(tokens, t.after...), whole
}

// Specials returns how many special tokens surround each text.
func (t *Tokenizer) Specials() int { return len(t.before) + len(t.after) }

// file is a tokenizer.json, as far as it matters here. Padding and truncation are the caller's.
type file struct {
	Normalizer    *component `json:"normalizer"`
	PreTokenizer  *component `json:"pre_tokenizer"`
	PostProcessor *template  `json:"post_processor"`
	Model         vocabulary `json:"model"`
}

// component is a normalizer or a pre-tokenizer.
type component struct {
	Type string `json:"type"`

	// of a Sequence
	Normalizers   []component `json:"normalizers"`
	Pretokenizers []component `json:"pretokenizers"`

	// of a BertNormalizer
	CleanText    bool  `json:"clean_text"`
	ChineseChars bool  `json:"handle_chinese_chars"`
	StripAccents *bool `json:"strip_accents"`
	Lowercase    bool  `json:"lowercase"`

	Charsmap []byte `json:"precompiled_charsmap"` // of a Precompiled

	// of a Metaspace
	Replacement    string  `json:"replacement"`
	AddPrefixSpace *bool   `json:"add_prefix_space"`
	PrependScheme  *string `json:"prepend_scheme"`

	// of a Replace
	Pattern struct {
		Regex  string `json:"Regex"`
		String string `json:"String"`
	} `json:"pattern"`
	Content string `json:"content"`
}

// template is the part of a post-processor that says what stands around a text.
type template struct {
	Type   string `json:"type"`
	Single []struct {
		Special  *struct{ ID string } `json:"SpecialToken"`
		Sequence *struct{ ID string } `json:"Sequence"`
	} `json:"single"`
	// of a BertProcessing or RobertaProcessing: token and number
	Sep []any `json:"sep"`
	Cls []any `json:"cls"`
}

// maxSpecials is how many special tokens may surround a text.
const maxSpecials = 16

// around returns the special tokens before and after each text.
func (p *template) around(id func(string) (int32, bool), size int) (before, after []int32, err error) {
	if p == nil {
		return nil, nil, nil
	}
	switch p.Type {
	case "BertProcessing", "RobertaProcessing":
		for _, pair := range [][]any{p.Cls, p.Sep} {
			if len(pair) != 2 {
				return nil, nil, fmt.Errorf("cls and sep must be pairs of a token and its number")
			}
			token, _ := pair[0].(string)
			n, ok := id(token)
			if !ok {
				return nil, nil, fmt.Errorf("the token %.40q is not in the vocabulary", token)
			}
			before = append(before, n)
		}
		return before[:1:1], before[1:], nil
	case "TemplateProcessing":
	default:
		return nil, nil, fmt.Errorf("%q is not supported", p.Type)
	}
	if len(p.Single) > maxSpecials {
		return nil, nil, fmt.Errorf("single has more than %d parts", maxSpecials)
	}
	seen := false
	for _, part := range p.Single {
		switch {
		case part.Sequence != nil && !seen:
			seen = true
		case part.Special != nil:
			n, ok := id(part.Special.ID)
			if !ok || int(n) >= size {
				return nil, nil, fmt.Errorf("the token %.40q is not in the vocabulary", part.Special.ID)
			}
			if seen {
				after = append(after, n)
			} else {
				before = append(before, n)
			}
		default:
			return nil, nil, fmt.Errorf("single must hold special tokens and one text")
		}
	}
	if !seen {
		return nil, nil, fmt.Errorf("single has no text")
	}
	return before, slices.Clip(after), nil
}
