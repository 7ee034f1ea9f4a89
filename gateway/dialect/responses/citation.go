package responses

import (
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// readAnnotation reads an annotation of a text that base characters stand before
// (https://platform.openai.com/docs/api-reference/responses/object).
func readAnnotation(v gjson.Result, base int) (c message.Citation, ok bool) {
	switch text(v.Get("type")) {
	case "url_citation":
		c = message.Citation{URL: text(v.Get("url")), Title: text(v.Get("title"))}
		if end := int(v.Get("end_index").Int()); end > 0 {
			c.Start, c.End = base+int(v.Get("start_index").Int()), base+end
		}
		return c, c.URL != ""
	case "file_citation":
		at := base + int(v.Get("index").Int())
		c = message.Citation{FileID: text(v.Get("file_id")), Title: text(v.Get("filename")), Start: at, End: at}
		return c, c.FileID != ""
	}
	return c, false
}

// annotationOf writes a citation of a text that base characters stand before.
func annotationOf(c *message.Citation, base int) []byte {
	var o jsonx.Object
	start, end := int64(max(c.Start-base, 0)), int64(max(c.End-base, 0))
	if c.URL == "" {
		o.Text("type", "file_citation")
		o.Text("file_id", c.FileID)
		o.Text("filename", c.Title)
		o.Int("index", end)
		return o.JSON()
	}
	o.Text("type", "url_citation")
	o.Int("start_index", start)
	o.Int("end_index", end)
	o.Text("url", c.URL)
	o.Text("title", c.Title)
	return o.JSON()
}

// cite takes in a source: of the text that is open, else of the next one.
func (w *answerWriter) cite(c *message.Citation) {
	if w.cited++; w.cited > message.MaxCitations {
		return
	}
	for _, i := range w.open {
		if i.of == message.KindText {
			i.annotations = append(i.annotations, annotationOf(c, i.base))
			w.tellAnnotations(i)
			return
		}
	}
	w.sources = append(w.sources, *c)
}

// tellAnnotations writes the events of annotations that are not told yet, once the part is open.
func (w *answerWriter) tellAnnotations(i *openItem) {
	for i.begun && i.told < len(i.annotations) {
		w.annotation(i.spot, i.told, i.annotations[i.told])
		i.told++
	}
}

// count counts the characters of the answer's texts.
func (w *answerWriter) count(i *openItem, piece string) {
	if i.of == message.KindText {
		w.said += utf8.RuneCountInString(piece)
	}
}
