package openai

import (
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// annotation is a source in the web, of a message or a delta.
type annotation struct {
	Type     string      `json:"type"` // "url_citation"
	Citation urlCitation `json:"url_citation"`
}

type urlCitation struct {
	Start int    `json:"start_index"`
	End   int    `json:"end_index"`
	Title string `json:"title"`
	URL   string `json:"url"`
}

func annotationOf(c *message.Citation) annotation {
	return annotation{"url_citation", urlCitation{c.Start, c.End, c.Title, c.URL}}
}

// readAnnotations reads the citations of one event or body; part is the member of a choice
// that has them.
func readAnnotations(raw []byte, part string, f func(choice int, c message.Citation)) {
	for i, choice := range gjson.GetBytes(raw, "choices").Array() {
		index := i
		if v := choice.Get("index"); v.Type == gjson.Number {
			index = int(v.Int())
		}
		for _, a := range choice.Get(part + ".annotations").Array() {
			v := a.Get("url_citation")
			if url := text(v.Get("url")); url != "" {
				f(index, message.Citation{URL: url, Title: text(v.Get("title")), Start: int(v.Get("start_index").Int()), End: int(v.Get("end_index").Int())})
			}
		}
	}
}
