package provider

import (
	"strings"
	"unicode/utf8"

	"github.com/tiktoken-go/tokenizer"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

const (
	// tokensPerText is the vendor's overhead per text, for role and separators.
	tokensPerText = 4
	// maxCountedBytes limits how many bytes of a request are tokenised. Of the rest, four
	// bytes count as one token.
	maxCountedBytes = 1 << 20
	// maxPieceBytes limits the text that is tokenised at once: the work grows with the
	// square of the longest word.
	maxPieceBytes = 1 << 10
)

// estimateTokens answers a count_tokens call for a target without a token counter, with
// OpenAI's o200k vocabulary. The answer is marked as an estimate. The vocabulary is loaded
// on first use.
func estimateTokens(req *gateway.Request) (gateway.Stream, error) {
	const op = "provider.estimateTokens"
	format, ok := req.Dialect.(dialect.CountFormat)
	if !ok {
		return nil, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "The format '" + req.Dialect.Name() + "' has no counts of tokens."}
	}
	codec, err := tokenizer.Get(tokenizer.O200kBase)
	if err != nil {
		return nil, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "The tokens cannot be counted.", Err: err}
	}
	total, left := 0, maxCountedBytes
	for _, t := range req.Texts() {
		text := t.Value
		total += tokensPerText
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
	raw := format.WriteCount(message.Count{Tokens: int64(total), Estimated: true})
	return gateway.Chunks(gateway.Chunk{Raw: raw, Form: gateway.FormBody, Dialect: req.Dialect}), nil
}

// pieceEnd returns the end of the next piece of text: before the last space that fits, else
// between two characters.
func pieceEnd(text string) int {
	if len(text) <= maxPieceBytes {
		return len(text)
	}
	if i := strings.LastIndexByte(text[:maxPieceBytes], ' '); i > 0 {
		return i
	}
	end := maxPieceBytes
	for end > 1 && !utf8.RuneStart(text[end]) {
		end--
	}
	return end
}
