package guardrails

import (
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/checks"
)

// wordsOnly are the headers of a call that is passed on in which only words of HTTP and of the vendor stand:
// vendors refuse others.
var wordsOnly = map[string]bool{"Content-Type": true, "Accept": true, "Range": true,
	"X-Goog-Upload-Protocol": true, "X-Goog-Upload-Command": true, "X-Goog-Upload-Offset": true, "X-Goog-Upload-Header-Content-Length": true, "X-Goog-Upload-Header-Content-Type": true}

// textParameters are the parameters of a query in which vendors take a text for a model or a search. The
// others are settings.
var textParameters = map[string]bool{"q": true, "query": true, "prompt": true, "text": true, "input": true, "message": true, "search": true, "question": true, "instructions": true}

// passedParts is the head of a call that is passed on, as guardrails see it: what the caller wrote into its
// path, its query and its headers. Words of the format are left out as in a body.
func passedParts(req *gateway.Request) (parts []checks.Part, err error) {
	p := req.Pass
	list, err := p.Parameters()
	if err != nil {
		return nil, err
	}
	for _, name := range p.Names {
		parts = append(parts, checks.Part{Path: "path", Text: name, Bare: true})
	}
	for _, each := range list {
		if !req.Dialect.IsWord(each.Name) {
			parts = append(parts, checks.Part{Path: "query", Text: each.Name, Bare: true})
		}
		text := textParameters[strings.ToLower(each.Name)]
		if text || !req.Dialect.IsWord(each.Value) {
			parts = appendPart(parts, checks.Part{Path: "query", Text: each.Value, Bare: !text})
		}
	}
	for name, values := range p.Header {
		if !wordsOnly[name] {
			parts = appendHeader(parts, name, values)
		}
	}
	return parts, nil
}

// withoutTexts reports whether a call that is passed on has no text in which anything could be required: a
// GET, a DELETE, an upload, or one that begins a batch, each of whose calls was judged.
func withoutTexts(p *gateway.PassThrough, parts []checks.Part) bool {
	return p.Origin != nil || !slices.ContainsFunc(parts, func(part checks.Part) bool { return !part.Bare })
}
