package keys

import (
	"bytes"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/catalog"
)

// What a call can cost is bounded from what stands in its body, without a tokeniser.
//
// Text: every tokeniser in use works on bytes, so a text has at most as many tokens as
// it has bytes; the JSON around it is longer than what a vendor adds per message. Images
// in data: URLs are billed by their size in pixels, never by their bytes, so each one
// counts as imageTokens, as does an image given by reference. Other data (audio, PDF)
// counts its bytes.
const (
	imageTokens = 5_000 // what the dearest current models take for one large image
	toolTokens  = 1_000 // the system prompt that vendors add when tools are given
	openOutput  = 32_768
	// What may have been generated but not sent when a stream breaks.
	unseenOutput = 1_024
)

// inputBound is the most input tokens that body can have.
func inputBound(body []byte) int64 {
	n := int64(len(body))
	for rest := body; ; {
		i := bytes.Index(rest, []byte(`"data:image/`))
		if i < 0 {
			break
		}
		rest = rest[i+1:]
		end := bytes.IndexByte(rest, '"')
		if end < 0 {
			break
		}
		n -= int64(end)
		rest = rest[end:]
	}
	if bytes.Contains(body, []byte(`"image_url"`)) {
		n += imageTokens * int64(bytes.Count(body, []byte(`"image_url"`))) // twice an image: type and field
	}
	if bytes.Contains(body, []byte(`"tools"`)) {
		n += toolTokens
	}
	return n
}

// outputBound is the most output tokens that a target may write for req. open says that
// nothing limits them and the number is a guess.
func outputBound(t *gateway.Target, req *gateway.Request) (tokens int64, open bool) {
	if req.Op != gateway.OpChat {
		return 0, false
	}
	field := func(name string) (int64, bool) {
		for _, from := range [][]byte{t.Override, req.Raw, t.Default} {
			if len(from) == 0 {
				continue
			}
			if v := gjson.GetBytes(from, name); v.Type == gjson.Number {
				return clampTokens(v.Int()), true
			}
		}
		return 0, false
	}
	n, ok := field("max_completion_tokens")
	if m, also := field("max_tokens"); also {
		n, ok = max(n, m), true
	}
	if d, required := catalog.DefaultMaxTokens(t.Provider); required {
		if !ok {
			n, ok = d, true
		}
		// what it thinks may come on top of what the caller allows
		if b, thinks := field("thinking.budget_tokens"); thinks {
			n = clampTokens(n + b)
		}
		if mentions(t, req, "reasoning_effort") || mentions(t, req, "reasoning") {
			n = clampTokens(n + catalog.MaxThinkingBudget)
		}
	}
	if !ok {
		n, open = openOutput, true
	}
	if c, many := field("n"); many && c > 1 {
		n = clampTokens(n * min(c, 1_000))
	}
	return n, open
}

func mentions(t *gateway.Target, req *gateway.Request, name string) bool {
	for _, from := range [][]byte{t.Override, req.Raw, t.Default} {
		if len(from) > 0 && gjson.GetBytes(from, name).Exists() {
			return true
		}
	}
	return false
}

// maxTokens is more than any model can read or write in one call. An upstream that
// reports more is lying or broken.
const maxTokens = 1_000_000_000

func clampTokens(n int64) int64 { return min(max(n, 0), maxTokens) }
