package anthropic

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// dropSearches leaves out what a conversation keeps of searches that Anthropic ran: the calls,
// and the results, which only Anthropic's models can read. What the model found stands in the
// text that follows them. Other server tools stay, because an answer may depend on what they
// brought: a target of another format refuses those.
//
// The cache point of a part that is left out moves to the part before it.
func dropSearches(m *message.Request, parts []message.Part) []message.Part {
	if !slices.ContainsFunc(parts, isSearch) {
		return parts
	}
	kept := parts[:0]
	for _, p := range parts {
		if !isSearch(p) {
			kept = append(kept, p)
			continue
		}
		m.Dropped = append(m.Dropped, p.Path)
		if n := len(kept); n > 0 && kept[n-1].Cache == nil {
			kept[n-1].Cache = p.Cache
		}
	}
	return kept
}

func isSearch(p message.Part) bool {
	if p.Kind != message.KindNative {
		return false
	}
	v := gjson.ParseBytes(p.Native)
	switch text(v.Get("type")) {
	case "web_search_tool_result", "tool_search_tool_result":
		return true
	case "server_tool_use":
		name := text(v.Get("name"))
		return name == "web_search" || strings.HasPrefix(name, "tool_search_tool_")
	}
	return false
}
