package gemini

import (
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// citedText is the text of one candidate, as far as it is needed to convert the spans of
// citations: Google counts bytes.
type citedText struct{ text strings.Builder }

// maxCited bounds the text that is kept. Spans behind it are left out.
const maxCited = 1 << 20

func (c *citedText) add(s string) {
	if c.text.Len()+len(s) <= maxCited {
		c.text.WriteString(s)
	}
}

// characters converts an offset in bytes.
func (c *citedText) characters(bytes int) int {
	s := c.text.String()
	return utf8.RuneCountInString(s[:min(max(bytes, 0), len(s))])
}

// bytes converts an offset in characters.
func (c *citedText) bytes(characters int) int {
	at := 0
	for i := range c.text.String() {
		if at == characters {
			return i
		}
		at++
	}
	return c.text.Len()
}

// readGrounding reads a groundingMetadata: each source of each span, or the sources alone.
func readGrounding(v gjson.Result, text *citedText) []message.Citation {
	f := fieldsOf(v)
	var sources, out []message.Citation
	for _, chunk := range elements(f["groundingChunks"]) {
		web := fieldsOf(fieldsOf(chunk)["web"])
		sources = append(sources, message.Citation{URL: web.text("uri"), Title: web.text("title")})
	}
	add := func(i int64, start, end int) {
		if i >= 0 && i < int64(len(sources)) && sources[i].URL != "" && len(out) < message.MaxCitations {
			c := sources[i]
			c.Start, c.End = start, end
			out = append(out, c)
		}
	}
	for _, support := range elements(f["groundingSupports"]) {
		s := fieldsOf(support)
		segment := fieldsOf(s["segment"])
		start, end := text.characters(int(segment["startIndex"].Int())), text.characters(int(segment["endIndex"].Int()))
		for _, i := range elements(s["groundingChunkIndices"]) {
			add(i.Int(), start, end)
		}
	}
	if len(out) == 0 {
		for i := range sources {
			add(int64(i), 0, 0)
		}
	}
	return out
}

// grounding is a groundingMetadata that Sluice writes.
type grounding struct {
	Chunks   []groundingChunk   `json:"groundingChunks"`
	Supports []groundingSupport `json:"groundingSupports,omitempty"`
}

type groundingChunk struct {
	Web webSource `json:"web"`
}

type webSource struct {
	URI   string `json:"uri"`
	Title string `json:"title,omitempty"`
}

type groundingSupport struct {
	Segment segment `json:"segment"`
	Chunks  []int   `json:"groundingChunkIndices"`
}

type segment struct {
	Start int    `json:"startIndex"`
	End   int    `json:"endIndex"`
	Text  string `json:"text"`
}

// writeGrounding writes citations, each source once.
func writeGrounding(list []message.Citation, text *citedText) *grounding {
	if len(list) == 0 {
		return nil
	}
	g := &grounding{}
	known := map[string]int{}
	for _, c := range list {
		i, ok := known[c.URL]
		if !ok {
			i = len(g.Chunks)
			known[c.URL] = i
			g.Chunks = append(g.Chunks, groundingChunk{webSource{c.URL, c.Title}})
		}
		if start, end := text.bytes(c.Start), text.bytes(c.End); end > start {
			g.Supports = append(g.Supports, groundingSupport{segment{start, end, text.text.String()[start:end]}, []int{i}})
		}
	}
	return g
}
