package openai

import (
	"encoding/json"

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

// fileAnnotation is a source that is a file, of a message to a client of Cohere: OpenAI's clients know
// sources in the web only.
type fileAnnotation struct {
	Type     string       `json:"type"` // "file_citation"
	Citation fileCitation `json:"file_citation"`
}

type fileCitation struct {
	Start int    `json:"start_index"`
	End   int    `json:"end_index"`
	ID    string `json:"file_id"`
	Name  string `json:"filename"`
	Quote string `json:"quote"`
}

// ownAnnotation holds fields that only the caller's client knows, for which this format has no place.
type ownAnnotation struct {
	Type   string          `json:"type"` // ownFields
	Fields json.RawMessage `json:"own_fields"`
}

const ownFields = "own_fields"

// readOwnFields reads the objects of such annotations, as readAnnotations.
func readOwnFields(raw []byte, part string, f func(choice int, fields json.RawMessage)) {
	for i, choice := range gjson.GetBytes(raw, "choices").Array() {
		index := i
		if v := choice.Get("index"); v.Type == gjson.Number {
			index = int(v.Int())
		}
		for _, a := range choice.Get(part + ".annotations").Array() {
			if v := a.Get(ownFields); text(a.Get("type")) == ownFields && v.IsObject() {
				f(index, json.RawMessage(v.Raw))
			}
		}
	}
}

// source is a citation as the caller's client takes it, nil where it takes none.
func (d Dialect) source(c *message.Citation) []json.RawMessage {
	switch {
	case c.URL != "":
		return []json.RawMessage{rawOf(annotationOf(c))}
	case d.Client == clientCohere:
		return []json.RawMessage{rawOf(fileAnnotation{"file_citation", fileCitation{c.Start, c.End, c.FileID, c.Title, c.Quote}})}
	}
	return nil
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
			if v := a.Get("file_citation"); v.IsObject() {
				f(index, message.Citation{FileID: text(v.Get("file_id")), Title: text(v.Get("filename")), Quote: text(v.Get("quote")), Start: int(v.Get("start_index").Int()), End: int(v.Get("end_index").Int())})
			}
		}
	}
}
