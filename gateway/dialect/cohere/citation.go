package cohere

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// maxQuote bounds what is quoted of a source, in bytes: a document that the caller sent may be long.
const maxQuote = 1 << 10

// cite takes in a citation (https://docs.cohere.com/docs/rag-citations), of a span of a block of
// content. Each of its sources is one of the model's: a document, or the output of a tool.
func (r *answerReader) cite(v gjson.Result) {
	if v.Get("type").String() == "THINKING_CONTENT" {
		return
	}
	before := r.begin[v.Get("content_index").Int()]
	v.Get("sources").ForEach(func(_, s gjson.Result) bool {
		if r.cited++; r.cited > message.MaxCitations {
			return false
		}
		c := sourceOf(s)
		start, end := v.Get("start").Int(), v.Get("end").Int()
		if start >= 0 && end > start && end <= int64(r.said-before) {
			c.Start, c.End = before+int(start), before+int(end)
		}
		r.Add(message.Event{Kind: message.EventCitation, Source: &c})
		return true
	})
}

func sourceOf(s gjson.Result) message.Citation {
	fields := s.Get("document")
	if s.Get("type").String() == "tool" {
		fields = s.Get("tool_output")
	}
	c := message.Citation{Title: fields.Get("title").String(), Quote: fields.Get("snippet").String()}
	if c.Quote == "" {
		c.Quote = fields.Get("text").String()
	}
	if len(c.Quote) > maxQuote {
		end := maxQuote
		for !utf8.RuneStart(c.Quote[end]) {
			end--
		}
		c.Quote = c.Quote[:end]
	}
	if url := fields.Get("url").String(); strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://") {
		c.URL = url
		return c
	}
	c.FileID = cmp.Or(s.Get("id").String(), fields.Get("id").String(), "source")
	c.Title = cmp.Or(c.Title, c.FileID)
	return c
}
