package guardrails

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/checks"
)

// wordsOnly are the headers of a call that is passed on in which only words of HTTP and of the vendor stand:
// vendors refuse others.
var wordsOnly = map[string]bool{"Content-Type": true, "Accept": true, "Range": true,
	"X-Goog-Upload-Protocol": true, "X-Goog-Upload-Command": true, "X-Goog-Upload-Offset": true, "X-Goog-Upload-Header-Content-Length": true, "X-Goog-Upload-Header-Content-Type": true}

// passedParts is the head of a call that is passed on, as guardrails see it.
func passedParts(p *gateway.PassThrough) (parts []checks.Part) {
	for name, values := range p.Header {
		if !wordsOnly[name] {
			parts = appendHeader(parts, name, values)
		}
	}
	return parts
}
