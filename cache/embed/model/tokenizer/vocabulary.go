package tokenizer

import (
	"encoding/json"
	"fmt"
)

// vocabulary is the model of a tokenizer.json.
type vocabulary struct {
	Type  string          `json:"type"`
	Vocab json.RawMessage `json:"vocab"`

	// of a WordPiece
	Unknown string `json:"unk_token"`
	Prefix  string `json:"continuing_subword_prefix"`
	MaxWord int    `json:"max_input_chars_per_word"`

	// of a Unigram
	UnknownID    *int32 `json:"unk_id"`
	ByteFallback bool   `json:"byte_fallback"`

	numbers map[string]int32 // of tokens; set by readNumbers or readPieces
}

// kind returns the type. Files of early releases leave out that of a WordPiece.
func (v *vocabulary) kind() string {
	if v.Type == "" && v.Prefix != "" {
		return "WordPiece"
	}
	return v.Type
}

// id returns the number of a token.
func (v *vocabulary) id(token string) (int32, bool) {
	n, ok := v.numbers[token]
	return n, ok
}

// readNumbers reads the vocabulary of a WordPiece, an object of numbers.
func (v *vocabulary) readNumbers() error {
	if err := json.Unmarshal(v.Vocab, &v.numbers); err != nil {
		return fmt.Errorf("model.vocab: %w", err)
	}
	if len(v.numbers) == 0 || len(v.numbers) > maxTokens {
		return fmt.Errorf("model.vocab has %d tokens; at most %d are read", len(v.numbers), maxTokens)
	}
	for token, n := range v.numbers {
		if n < 0 || int(n) >= len(v.numbers) {
			return fmt.Errorf("model.vocab: the number %d of the token %.40q is out of range", n, token)
		}
		if len(token) > maxTokenLen {
			return fmt.Errorf("model.vocab: a token is longer than %d bytes", maxTokenLen)
		}
	}
	v.Vocab = nil
	return nil
}

// Piece is one token of a Unigram with its logarithmic probability.
type Piece struct {
	Text  string
	Score float64
}

// UnmarshalJSON reads the pair of a text and a score.
func (p *Piece) UnmarshalJSON(b []byte) error {
	pair := []any{&p.Text, &p.Score}
	if err := json.Unmarshal(b, &pair); err != nil {
		return err
	}
	if len(pair) != 2 {
		return fmt.Errorf("a piece is a pair of a text and a score")
	}
	return nil
}

// readPieces reads the vocabulary of a Unigram, a list of pieces.
func (v *vocabulary) readPieces() ([]Piece, error) {
	var pieces []Piece
	if err := json.Unmarshal(v.Vocab, &pieces); err != nil {
		return nil, fmt.Errorf("model.vocab: %w", err)
	}
	v.Vocab = nil
	return pieces, nil
}
