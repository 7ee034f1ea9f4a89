package provider

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/tiktoken-go/tokenizer"

	"github.com/sluicegate/sluice/gateway"
)

const (
	// turnTokens is what a vendor adds around each text: role and separators.
	turnTokens = 4
	// countedMost bounds the bytes of a request that are tokenised; of the rest, four bytes
	// count as a token.
	countedMost = 1 << 20
	// pieceMost bounds the text that is tokenised at once: the work grows with the square
	// of the longest word.
	pieceMost = 1 << 10
)

// estimateTokens answers a count_tokens call for a target that has no counter of its own,
// with OpenAI's o200k vocabulary. The answer is marked as an estimate. The vocabulary is
// loaded when it is used first.
func estimateTokens(req *gateway.Request) (gateway.Stream, error) {
	const op = "provider.estimateTokens"
	codec, err := tokenizer.Get(tokenizer.O200kBase)
	if err != nil {
		return nil, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "The tokens cannot be counted.", Err: err}
	}
	total, left := 0, countedMost
	for _, t := range req.Texts() {
		text := t.Value
		total += turnTokens
		for text != "" && left > 0 {
			piece := text[:pieceEnd(text)]
			n, err := codec.Count(piece)
			if err != nil {
				return nil, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "The tokens cannot be counted.", Err: err}
			}
			total += n
			left -= len(piece)
			text = text[len(piece):]
		}
		total += (len(text) + 3) / 4
	}
	raw, err := json.Marshal(struct {
		Input     int  `json:"input_tokens"`
		Estimated bool `json:"estimated"`
	}{total, true})
	if err != nil {
		return nil, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "The tokens cannot be counted.", Err: err}
	}
	return gateway.Chunks(gateway.Chunk{Raw: raw, Form: gateway.FormBody, Dialect: req.Dialect}), nil
}

// pieceEnd is where the next piece of text ends: before the last space that fits, else
// between two characters.
func pieceEnd(text string) int {
	if len(text) <= pieceMost {
		return len(text)
	}
	if i := strings.LastIndexByte(text[:pieceMost], ' '); i > 0 {
		return i
	}
	end := pieceMost
	for end > 1 && !utf8.RuneStart(text[end]) {
		end--
	}
	return end
}
