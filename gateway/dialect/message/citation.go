package message

// Citation is a source for a span of an answer's text: a page in the web, or a file.
type Citation struct {
	URL    string // "" = a file
	Title  string // or name of the file
	FileID string // of a file that has one
	Quote  string // the source's own words, "" where the vendor quotes none
	// Start and End are the span in the text of the choice so far, in characters; both are 0
	// where the vendor names no span.
	Start, End int
}

// MaxCitations bounds the citations of one choice of an answer.
const MaxCitations = 1024
