package realtime

import (
	"math"
	"strconv"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// maxCount bounds what one event may report: an absurd number would overflow the cost.
const maxCount = 1_000_000_000

// usageOf reads the usage of a response; nil if there is none.
//
//	input_tokens, output_tokens
//	input_token_details   text_tokens, audio_tokens, image_tokens, cached_tokens,
//	                      cached_tokens_details {text_tokens, audio_tokens, image_tokens}
//	output_token_details  text_tokens, audio_tokens
func usageOf(raw []byte) *gateway.Usage {
	if len(raw) == 0 || raw[0] != '{' {
		return nil
	}
	return &gateway.Usage{
		Input: count(raw, "input_tokens"), Output: count(raw, "output_tokens"),
		CacheRead:      count(raw, "input_token_details", "cached_tokens"),
		AudioInput:     count(raw, "input_token_details", "audio_tokens"),
		ImageInput:     count(raw, "input_token_details", "image_tokens"),
		AudioCacheRead: count(raw, "input_token_details", "cached_tokens_details", "audio_tokens"),
		ImageCacheRead: count(raw, "input_token_details", "cached_tokens_details", "image_tokens"),
		AudioOutput:    count(raw, "output_token_details", "audio_tokens"),
	}
}

// transcriptionUsage reads what a transcription used: tokens, or the seconds of the audio; nil if it is
// not reported.
func transcriptionUsage(raw []byte) *gateway.Usage {
	if jsonx.String(jsonx.Get(raw, "type")) != "duration" {
		return usageOf(raw)
	}
	seconds, err := strconv.ParseFloat(string(jsonx.Get(raw, "seconds")), 64)
	if err != nil || !(seconds >= 0) {
		return nil
	}
	return &gateway.Usage{InputSeconds: int64(math.Ceil(min(seconds, maxCount)))}
}

func count(raw []byte, path ...string) int64 {
	return min(max(jsonx.Int(jsonx.Get(raw, path...)), 0), maxCount)
}
