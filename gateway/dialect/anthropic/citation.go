package anthropic

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// readCitation reads a citation of a text block
// (https://docs.claude.com/en/docs/build-with-claude/citations). It has no span: all of the block
// rests on it.
func readCitation(v gjson.Result) (c message.Citation, ok bool) {
	c = message.Citation{Title: text(v.Get("title")), Quote: text(v.Get("cited_text"))}
	switch kindOf(v) {
	case "web_search_result_location":
		c.URL = text(v.Get("url"))
	case "search_result_location":
		if source := text(v.Get("source")); strings.HasPrefix(source, "https://") || strings.HasPrefix(source, "http://") {
			c.URL = source
		}
	case "char_location", "page_location", "content_block_location":
		c.Title, c.FileID = text(v.Get("document_title")), text(v.Get("file_id"))
		return c, c.FileID != "" || c.Title != ""
	}
	return c, c.URL != ""
}

// webCitation is a citation of a page. Nobody but Anthropic has an encrypted_index; without one,
// Anthropic does not take the citation back.
func webCitation(c *message.Citation) []byte {
	var o object
	o.text("type", "web_search_result_location")
	o.text("url", c.URL)
	o.text("title", c.Title)
	o.text("encrypted_index", "")
	o.text("cited_text", c.Quote)
	return o.json()
}
