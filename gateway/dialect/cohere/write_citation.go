package cohere

import "github.com/sluicegate/sluice/gateway/dialect/message"

type citation struct {
	Start   int      `json:"start"`
	End     int      `json:"end"`
	Text    string   `json:"text"`
	Sources []source `json:"sources"`
	Index   int      `json:"content_index"`
	Type    string   `json:"type"`
}

type source struct {
	Type     string         `json:"type"`
	ID       string         `json:"id"`
	Document map[string]any `json:"document"`
}

// maxCited bounds how much of an answer is kept to quote it in citations, in characters.
const maxCited = 1 << 20

// citedText is the text of an answer that citations are about.
type citedText struct {
	said   []rune      // of all blocks
	blocks []citedPart // in their order
}

// citedPart is a block of text.
type citedPart struct{ index, begin int } // begin: characters before it

func (t *citedText) begin(block int) {
	if len(t.blocks) < maxBlocks {
		t.blocks = append(t.blocks, citedPart{block, len(t.said)})
	}
}

func (t *citedText) add(text string) {
	if len(t.said) < maxCited {
		t.said = append(t.said, []rune(text)...)
	}
}

// citationOf is a citation of a span of the block that it begins in.
func (t *citedText) citationOf(c *message.Citation) citation {
	out := citation{Type: "TEXT_CONTENT", Sources: []source{sourceFor(c)}}
	spans := c.Start >= 0 && c.End > c.Start && c.End <= len(t.said)
	begin := 0
	for _, b := range t.blocks {
		if !spans || b.begin <= c.Start {
			out.Index, begin = b.index, b.begin
		}
	}
	if spans {
		out.Start, out.End, out.Text = c.Start-begin, c.End-begin, string(t.said[c.Start:c.End])
	}
	return out
}

func sourceFor(c *message.Citation) source {
	s := source{Type: "document", ID: c.FileID, Document: map[string]any{}}
	if c.URL != "" {
		s.ID, s.Document["url"] = c.URL, c.URL
	}
	s.Document["id"] = s.ID
	if c.Title != "" {
		s.Document["title"] = c.Title
	}
	if c.Quote != "" {
		s.Document["snippet"] = c.Quote
	}
	return s
}
