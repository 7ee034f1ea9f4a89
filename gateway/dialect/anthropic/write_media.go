package anthropic

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// ownTypes are the types of blocks that only this format knows and that a request may hold.
var ownTypes = map[string]bool{
	"image": true, "document": true, "search_result": true, "thinking": true, "redacted_thinking": true,
	"server_tool_use": true, "mcp_tool_use": true, "container_upload": true, "tool_reference": true, "compaction": true,
	"tool_addition": true, "tool_removal": true, "mcp_tool_listing": true, "browser_state": true, "fallback": true,
}

// isOwn reports whether a type of block is Anthropic's. Its server tools have results of
// their own: "web_search_tool_result" and more to come.
func isOwn(kind string) bool {
	return ownTypes[kind] || strings.HasSuffix(kind, "_tool_result")
}

func nativeType(p *message.Part) string { return jsonx.String(jsonx.Get(p.Native, "type")) }

// isReasoning reports whether a part is reasoning that Anthropic signed.
func isReasoning(p *message.Part) bool {
	switch p.Kind {
	case message.KindReasoning:
		return p.Sign != message.Signature{} && !p.Sign.Stamped()
	case message.KindNative:
		kind := nativeType(p)
		return kind == "thinking" || kind == "redacted_thinking"
	}
	return false
}

// writeMedia writes an image or a document.
func writeMedia(kind string, p *message.Part) ([]byte, error) {
	var source, o object
	media, _, _ := strings.Cut(p.Media.Type, ";")
	switch m := &p.Media; {
	case m.Data != "" && kind == "document" && strings.HasPrefix(media, "text/"):
		text, err := base64.StdEncoding.DecodeString(m.Data)
		if err != nil || !utf8.Valid(text) {
			return nil, refuse(p.Path, "must hold a text in UTF-8, in base64")
		}
		source.text("type", "text")
		source.text("media_type", "text/plain")
		source.text("data", string(text))
	case m.Data != "":
		switch {
		case media == "image/jpg":
			media = "image/jpeg"
		case media == "" && kind == "document":
			media = "application/pdf"
		}
		if strings.HasPrefix(media, "image/") {
			kind = "image"
		}
		source.text("type", "base64")
		source.text("media_type", media)
		source.text("data", m.Data)
	case strings.HasPrefix(m.URL, "https://"), strings.HasPrefix(m.URL, "http://"):
		source.text("type", "url")
		source.text("url", m.URL)
	case strings.HasPrefix(m.FileID, "file_"): // an upload at Anthropic
		source.text("type", "file")
		source.text("file_id", m.FileID)
	case m.FileID != "":
		return nil, refuse(p.Path, "names a file of another provider, which this target cannot read")
	default:
		return nil, refuse(p.Path, "must be a data: URL in base64, or an https: or http: URL")
	}
	o.text("type", kind)
	o.raw("source", source.json())
	return o.json(), nil
}
