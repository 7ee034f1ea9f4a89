package cohere

import (
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// maxCount bounds what one answer may report: ten times the largest context there is.
const maxCount = 10_000_000

// readUsage reads "usage" of a chat, or "meta" of embeddings; nil if they count nothing.
func readUsage(v gjson.Result) *gateway.Usage {
	counts := v.Get("billed_units")
	if !counts.IsObject() {
		if counts = v.Get("tokens"); !counts.IsObject() {
			return nil
		}
	}
	count := func(name string) int64 { return min(max(counts.Get(name).Int(), 0), maxCount) }
	u := &gateway.Usage{Input: count("input_tokens"), Output: count("output_tokens"), Queries: count("search_units")}
	if images := count("image_tokens"); images > 0 {
		u.Input, u.ImageInput = u.Input+images, images
	}
	if *u == (gateway.Usage{}) { // as of images that are billed by the piece, which nothing here is priced by
		return nil
	}
	return u
}

// usage is what an answer used, on the wire.
type usage struct {
	Billed counts `json:"billed_units"`
	Tokens counts `json:"tokens"`
	Cached int64  `json:"cached_tokens,omitempty"`
}

type counts struct {
	Input  int64 `json:"input_tokens"`
	Output int64 `json:"output_tokens"`
}

func usageOf(u *gateway.Usage) *usage {
	if u == nil {
		return nil
	}
	c := counts{u.Input, u.Output}
	return &usage{c, c, u.CacheRead}
}
