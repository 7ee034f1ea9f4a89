package billing

import (
	"bytes"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/catalog"
)

// The tokens of a call are bounded from its body, without a tokeniser.
//
// Text: every tokeniser in use works on bytes, so a text has at most as many tokens as
// bytes; the JSON around it is longer than what a vendor adds per message. An image in a
// data: URL is billed by its size in pixels, not by its bytes, so each image counts as
// imageTokens, also one given by reference. Other data (audio, PDF) counts its bytes.
const (
	imageTokens     = 5_000  // what the dearest current models take for one large image
	toolTokens      = 1_000  // the system prompt that vendors add when tools are given
	unboundedOutput = 32_768 // the estimate where nothing limits the output
	// What may have been generated, but not sent, when a stream breaks.
	unseenOutput = 1_024
)

// inputBound returns the most input tokens that body can have.
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
		n += imageTokens * int64(bytes.Count(body, []byte(`"image_url"`))) // occurs twice per image: type and field
	}
	if bytes.Contains(body, []byte(`"tools"`)) {
		n += toolTokens
	}
	return n
}

// outputBound returns the most output tokens that a target may generate for req. If nothing
// limits them, unbounded is true and tokens is an estimate.
func outputBound(t *gateway.Target, req *gateway.Request) (tokens int64, unbounded bool) {
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
		// Thinking tokens may come on top of the limit that the caller set.
		if b, thinks := field("thinking.budget_tokens"); thinks {
			n = clampTokens(n + b)
		}
		if mentions(t, req, "reasoning_effort") || mentions(t, req, "reasoning") {
			n = clampTokens(n + catalog.MaxThinkingBudget)
		}
	}
	if !ok {
		n, unbounded = unboundedOutput, true
	}
	if c, many := field("n"); many && c > 1 {
		n = clampTokens(n * min(c, 1_000))
	}
	return n, unbounded
}

// mentions reports whether the request to the target has a field.
func mentions(t *gateway.Target, req *gateway.Request, name string) bool {
	for _, from := range [][]byte{t.Override, req.Raw, t.Default} {
		if len(from) > 0 && gjson.GetBytes(from, name).Exists() {
			return true
		}
	}
	return false
}

// maxTokens is more than any model can read or write in one call. A higher report is wrong.
const maxTokens = 1_000_000_000

func clampTokens(n int64) int64 { return min(max(n, 0), maxTokens) }
