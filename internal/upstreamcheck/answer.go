package upstreamcheck

import "context"

// Answer is what a key answered to a question. The zero value of a count means that it was not
// reported.
type Answer struct {
	ID    string // as the vendor names the answer
	Model string // that the vendor says has answered
	Text  string

	InputTokens     int
	OutputTokens    int // with reasoning
	ReasoningTokens int
}

// Caller asks questions. It must send them as they are, without a cache, a retry or a fallback.
type Caller interface {
	// Ask asks a question of the key.
	Ask(ctx context.Context, key string, q Question) (Answer, error)
	// Reason has the key answer with reasoning. signed is the answer's content in Anthropic's format, nil if
	// no part of it is signed reasoning.
	Reason(ctx context.Context, key string) (signed []byte, err error)
	// Resume gives an answer of Reason back to the key, and reports whether the key's vendor took it.
	Resume(ctx context.Context, key string, signed []byte) (bool, error)
}

// pair is one question with the answers of both keys.
type pair struct {
	question         Question
	checked, trusted Answer
}
