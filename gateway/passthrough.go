package gateway

import (
	"io"
	"net/http"
	"sync/atomic"
)

// PassThrough is a call of a vendor's API that is passed on as it is, with the credential of the
// target. Raw of the request is its body if that is a JSON object, else "{}".
type PassThrough struct {
	Method string
	Path   string // below the base URL of the target, escaped; begins with "/"
	// Names is what the caller wrote into Path: all but the words of the vendor's API, and an id that the
	// vendor gave. It is decoded.
	Names  []string
	Query  string      // as in a URL; the stage Redact replaces values
	Header http.Header // those of the caller's that are passed on; the stage Redact replaces values
	Body   *PassedBody // nil: Raw, if the method has a body
	// Stored is what is read in a bucket of the cloud that the target is in, in place of Path:
	// "gs://bucket/object" or "s3://bucket/object"; with a slash at the end, the list of the objects whose
	// names begin so. Only Sluice itself asks so. "": Path.
	Stored string
	// Free tells that the call costs nothing by itself: it asks no model.
	Free bool
	// Pieces is the most that the call uses of what is billed by the piece, such as images. nil: its body
	// does not tell.
	Pieces *Usage
	// Work is what the vendor does afterwards. nil: nothing.
	Work *VendorWork
	// Origin tells of the calls of a batch that this call begins, or whose file it brings in a way that
	// cannot be read. nil: there are none outside the body.
	Origin *BatchOrigin
	// Settles is asked of an answer to a Free call, with the usage that it reports: whether it is the
	// first to tell what an earlier call's work cost, such as that of a batch. nil: it never is.
	Settles func(answer []byte, used *Usage) *SettledWork
	// Results reads along with an answer that holds the results of an earlier call's work. nil: it holds
	// none.
	Results WorkResults
	// Owed tells that Sluice itself asks what is owed for earlier work: no budget refuses that.
	Owed bool
	// Settled is what Settles or Results said of the answer.
	Settled *SettledWork
	// Answer is what the vendor's answer says besides its body. The provider writes it before the
	// answer's first chunk is handed on.
	Answer PassedAnswer
}

// PassedBody is a body that is read once, while it is sent.
type PassedBody struct {
	Reader io.Reader
	Length int64 // -1: unknown
	// Parts lets the body pass through filters. nil: nobody looks into it.
	Parts FilteredBody
	taken atomic.Bool
}

// Take returns the reader, and false if it was taken before.
func (b *PassedBody) Take() (io.Reader, bool) { return b.Reader, b.taken.CompareAndSwap(false, true) }

// PassedAnswer is the head of an answer that is passed on.
type PassedAnswer struct {
	Status int
	Header http.Header // those that the caller gets
}

// Usage is what the caller is charged for by an answer that reports used.
func (p *PassThrough) Usage(answer []byte, used *Usage) *Usage {
	if !p.Free {
		return used
	}
	if p.Settles != nil {
		p.Settled = p.Settles(answer, used)
	}
	if p.Settled == nil {
		return &Usage{}
	}
	return p.Settled.Usage()
}

// Once reports whether the request can be sent only once.
func (r *Request) Once() bool { return r.Pass != nil && r.Pass.Body != nil }
