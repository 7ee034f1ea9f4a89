package anthropic

import (
	"bytes"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/internal/jsonx"
)

const (
	cachePointName  = `"cache_control"`
	ephemeral       = `{"type":"ephemeral"}`
	userCachePoints = 2 // beside those of tools and system: Anthropic allows four
)

// WithCachePoints returns a body with cache points behind the last tool, the last system text
// and the last two messages of the user: the cache then serves what the previous turn sent, and
// keeps this one. A body that sets a cache point anywhere is returned as it is: its author
// decides.
func WithCachePoints(raw []byte) []byte {
	if bytes.Contains(raw, []byte(cachePointName)) {
		return raw
	}
	var edits []jsonx.Edit
	for m := range jsonx.Members(raw) {
		switch m.Key {
		case "tools":
			edits = appendLast(edits, m.Value, m.Start, isCacheableTool)
		case "system":
			edits = appendContentPoint(edits, m.Value, m.Start)
		case "messages":
			edits = appendUserPoints(edits, m.Value, m.Start)
		}
	}
	return jsonx.Splice(raw, edits)
}

// appendUserPoints sets the points of the last messages of the user; base is the offset of the
// list in the body.
func appendUserPoints(edits []jsonx.Edit, list []byte, base int) []jsonx.Edit {
	messages := slices.Collect(jsonx.Elements(list))
	set := 0
	for _, e := range slices.Backward(messages) {
		if set == userCachePoints {
			break
		}
		if jsonx.String(jsonx.Get(e.Value, "role")) != "user" {
			continue
		}
		before := len(edits)
		for m := range jsonx.Members(e.Value) {
			if m.Key == "content" {
				edits = appendContentPoint(edits, m.Value, base+e.Start+m.Start)
			}
		}
		if len(edits) > before {
			set++
		}
	}
	return edits
}

// appendContentPoint sets a point behind the last block of a content that can have one. A text
// becomes a list of one block.
func appendContentPoint(edits []jsonx.Edit, content []byte, at int) []jsonx.Edit {
	if content[0] != '"' {
		return appendLast(edits, content, at, isCacheableBlock)
	}
	if strings.TrimSpace(jsonx.String(content)) == "" {
		return edits
	}
	block := slices.Concat([]byte(`[{"type":"text","text":`), content, []byte(`,`+cachePointName+`:`+ephemeral+`}]`))
	return append(edits, jsonx.Edit{Start: at, End: at + len(content), New: block})
}

// appendLast sets a point in the last element of a list that may have one.
func appendLast(edits []jsonx.Edit, list []byte, base int, may func(element []byte) bool) []jsonx.Edit {
	for _, e := range slices.Backward(slices.Collect(jsonx.Elements(list))) {
		if e.Value[0] == '{' && may(e.Value) {
			end := base + e.End - 1 // its closing brace: it has a member at least
			return append(edits, jsonx.Edit{Start: end, End: end, New: []byte(`,` + cachePointName + `:` + ephemeral)})
		}
	}
	return edits
}

// isCacheableTool reports whether a tool stands in the prompt from the start.
func isCacheableTool(tool []byte) bool {
	return jsonx.Get(tool, "name") != nil && string(jsonx.Get(tool, "defer_loading")) != "true"
}

// isCacheableBlock reports whether Anthropic takes a cache point on a block. It takes none on an
// empty text or on reasoning.
func isCacheableBlock(block []byte) bool {
	switch jsonx.String(jsonx.Get(block, "type")) {
	case "text":
		return strings.TrimSpace(jsonx.String(jsonx.Get(block, "text"))) != "" && !isBillingLine(block)
	case "image", "document", "tool_result", "search_result":
		return true
	}
	return false
}
