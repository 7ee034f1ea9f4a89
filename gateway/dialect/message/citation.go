package message

// Citation is a source in the web for a span of an answer's text.
type Citation struct {
	URL, Title string
	// Start and End are the span in the text of the choice so far, in characters; both are 0
	// where the vendor names no span.
	Start, End int
}
