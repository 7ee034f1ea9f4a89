package task

import (
	"math"
	"strconv"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// maxCount bounds what one answer may report: an absurd number would overflow the cost.
const maxCount = 1_000_000_000

// usage reads what an answer says that it used, nil if it says nothing.
//
//	completions      usage.prompt_tokens, completion_tokens
//	images           usage.input_tokens with details, output_tokens; else the number of images, their size and quality
//	transcriptions   usage of type "tokens" or "duration"; else the duration of verbose_json
//	rerank           meta.billed_units.search_units (Cohere), usage.total_tokens (Jina, Voyage)
func (d Dialect) usage(raw []byte) *gateway.Usage {
	u := gateway.Usage{}
	given := jsonx.Get(raw, "usage")
	get := func(path ...string) int64 { return count(jsonx.Get(given, path...)) }
	u.Input, u.Output = max(get("prompt_tokens"), get("input_tokens")), max(get("completion_tokens"), get("output_tokens"))
	u.CacheRead = max(get("prompt_tokens_details", "cached_tokens"), get("input_tokens_details", "cached_tokens"))
	u.AudioInput = max(get("input_token_details", "audio_tokens"), get("input_tokens_details", "audio_tokens"))
	u.ImageInput = get("input_tokens_details", "image_tokens")
	switch d.Op {
	case gateway.OpRerank:
		if u.Input == 0 {
			u.Input = max(get("total_tokens"), count(jsonx.Get(raw, "meta", "billed_units", "input_tokens")))
		}
		u.Queries = count(jsonx.Get(raw, "meta", "billed_units", "search_units"))
	case gateway.OpImage, gateway.OpImageEdit, gateway.OpImageVariation:
		u.ImageOutput = u.Output
		for range jsonx.Elements(jsonx.Get(raw, "data")) {
			u.Images++
		}
		if completed(jsonx.String(jsonx.Get(raw, "type"))) {
			u.Images = 1
		}
	case gateway.OpTranscription, gateway.OpAudioTranslation:
		u.InputSeconds = seconds(jsonx.Get(given, "seconds"))
		if u == (gateway.Usage{}) {
			u.InputSeconds = seconds(jsonx.Get(raw, "duration"))
		}
	case gateway.OpSpeech:
		u.AudioOutput = u.Output
	}
	if u == (gateway.Usage{}) {
		return nil
	}
	if u.Images > 0 {
		u.Terms.Size, u.Terms.Quality = gateway.Size(jsonx.String(jsonx.Get(raw, "size"))), gateway.Quality(jsonx.String(jsonx.Get(raw, "quality")))
	}
	return &u
}

// completed reports the type of an event that holds a whole image.
func completed(kind string) bool {
	return kind == "image_generation.completed" || kind == "image_edit.completed"
}

func count(raw []byte) int64 { return min(max(jsonx.Int(raw), 0), maxCount) }

// seconds reads a length, which some answers give as a string, rounded up.
func seconds(raw []byte) int64 {
	text := string(raw)
	if len(raw) > 0 && raw[0] == '"' {
		text = jsonx.String(raw)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || !(f > 0) {
		return 0
	}
	return int64(math.Ceil(min(f, maxCount)))
}

// Spoken is what a request for speech uses of the vendor's units by its text alone: most
// answers are nothing but audio. The length of the text is exact, the tokens are an estimate.
func Spoken(req *gateway.Request) *gateway.Usage {
	text := jsonx.String(req.Field("input"))
	var tokens gateway.TokenCount
	tokens.Add(text)
	return &gateway.Usage{Input: tokens.Tokens(), InputCharacters: int64(len([]rune(text)))}
}
