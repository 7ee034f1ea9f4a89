package opaque

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// maxCount bounds what one answer may report: an absurd number would overflow the cost.
const maxCount = 1_000_000_000

// Usage finds what an answer, or an event of one, says that it used; nil if it says nothing.
//
//	OpenAI      usage, or response.usage of an event
//	Anthropic   usage, or message.usage of an event; its input leaves out what its cache holds
//	Google      usageMetadata
//	Cohere      usage, delta.usage of an event, or meta, each with billed_units
//	Ollama      prompt_eval_count and eval_count
//	Imagen      predictions that are images
func Usage(raw []byte) *gateway.Usage {
	for _, path := range [][]string{{"usage"}, {"response", "usage"}, {"message", "usage"}} {
		if u := jsonx.Get(raw, path...); len(u) > 0 && u[0] == '{' {
			used := ofUsage(u)
			if used != nil && jsonx.String(jsonx.Get(raw, "object")) == "batch" {
				used.Terms.Tier = "batch"
			}
			return used
		}
	}
	if u := jsonx.Get(raw, "usageMetadata"); len(u) > 0 && u[0] == '{' {
		thoughts := count(u, "thoughtsTokenCount")
		return nonzero(gateway.Usage{Input: count(u, "promptTokenCount"), CacheRead: count(u, "cachedContentTokenCount"),
			Output: count(u, "candidatesTokenCount") + thoughts, Reasoning: thoughts})
	}
	for _, path := range [][]string{{"delta", "usage", "billed_units"}, {"meta", "billed_units"}} {
		if u := jsonx.Get(raw, path...); len(u) > 0 && u[0] == '{' {
			return ofBilledUnits(u)
		}
	}
	return nonzero(gateway.Usage{Input: count(raw, "prompt_eval_count"), Output: count(raw, "eval_count"), Images: images(raw)})
}

// images counts the images among the answers of a method "predict" of Google's. One that was filtered has a
// reason in the place of the image.
func images(raw []byte) (n int64) {
	for e := range jsonx.Elements(jsonx.Get(raw, "predictions")) {
		is := func(name string) bool { return jsonx.String(jsonx.Get(e.Value, name)) != "" }
		if strings.HasPrefix(jsonx.String(jsonx.Get(e.Value, "mimeType")), "image/") && (is("bytesBase64Encoded") || is("gcsUri")) {
			n++
		}
	}
	return n
}

// ofBilledUnits reads what Cohere bills.
func ofBilledUnits(u []byte) *gateway.Usage {
	return nonzero(gateway.Usage{Input: count(u, "input_tokens"), Output: count(u, "output_tokens"), Queries: count(u, "search_units")})
}

func ofUsage(u []byte) *gateway.Usage {
	if billed := jsonx.Get(u, "billed_units"); len(billed) > 0 && billed[0] == '{' {
		return ofBilledUnits(billed)
	}
	out := gateway.Usage{Input: max(count(u, "prompt_tokens"), count(u, "input_tokens")), Output: max(count(u, "completion_tokens"), count(u, "output_tokens"))}
	read, write := count(u, "cache_read_input_tokens"), count(u, "cache_creation_input_tokens")
	if read+write > 0 { // Anthropic's
		out.Input, out.CacheRead, out.CacheWrite = out.Input+read+write, read, write
		return &out
	}
	for _, details := range []string{"prompt_tokens_details", "input_tokens_details", "input_token_details"} {
		out.CacheRead = max(out.CacheRead, count(u, details, "cached_tokens"))
		out.AudioInput = max(out.AudioInput, count(u, details, "audio_tokens"))
		out.ImageInput = max(out.ImageInput, count(u, details, "image_tokens"))
	}
	for _, details := range []string{"completion_tokens_details", "output_tokens_details", "output_token_details"} {
		out.Reasoning = max(out.Reasoning, count(u, details, "reasoning_tokens"))
		out.AudioOutput = max(out.AudioOutput, count(u, details, "audio_tokens"))
	}
	return nonzero(out)
}

func nonzero(u gateway.Usage) *gateway.Usage {
	if u == (gateway.Usage{}) {
		return nil
	}
	return &u
}

func count(raw []byte, path ...string) int64 {
	return min(max(jsonx.Int(jsonx.Get(raw, path...)), 0), maxCount)
}

// Later is what an answer used by two reports of its stream: each counts from the beginning.
func Later(before, now *gateway.Usage) *gateway.Usage {
	if before == nil || now == nil {
		if now == nil {
			return before
		}
		return now
	}
	out := *now
	for _, unit := range gateway.Units {
		*out.Count(unit) = max(*before.Count(unit), *now.Count(unit))
	}
	return &out
}
