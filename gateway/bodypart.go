package gateway

// BodyPart is what is read at once of a body that is passed on: a call that a vendor makes later, in the
// file of a batch, or the fields of a form.
type BodyPart struct {
	Place   string   // "line 3 of the file"
	Request *Request // what a model is asked; nil: Around is all there is
	Around  *Request // what stands around it, such as the call's id, or the name of the file
	// Content tells that the texts of Around are the body's own: fields of a form, a file that is a text.
	// What a guardrail requires may be in any of a body's parts.
	Content bool
}

// PartFilter reads, and may change, each part of a body before it goes upstream.
type PartFilter struct {
	// By are the policies that the filter stands for, such as "redact:email". A batch may run under a plan
	// whose policies its calls have passed.
	By []string
	// Apply returns the part as it goes upstream; an error ends the body. One goroutine calls it, which is
	// not that of the exchange: it must not write to Facts.
	Apply func(BodyPart) (BodyPart, error)
	// End is called after the last part, before the end of the body goes upstream; an error ends the body.
	// nil: it is not asked.
	End func() error
}

// FilteredBody is a body whose parts can pass through filters. One in which nothing can be read refuses
// them.
type FilteredBody interface {
	// Filter adds a filter after those before. It is called before the body is read.
	Filter(PartFilter) error
	// Refused is why the body was not passed on to its end; nil: it was, or nobody knows yet.
	Refused() error
}

// Filter lets the body that the request brings pass through f. It refuses a request that begins a
// batch whose calls have not passed what f stands for.
func (p *PassThrough) Filter(f PartFilter) error {
	if p.Origin != nil {
		return p.Origin.check(f.By)
	}
	if p.Body == nil || p.Body.Parts == nil {
		return nil
	}
	p.Body.Length = -1 // it changes
	return p.Body.Parts.Filter(f)
}

// Refused is why a filter, or who cuts the body into parts, has ended the body; nil if nobody has.
func (p *PassThrough) Refused() error {
	if p.Body == nil || p.Body.Parts == nil {
		return nil
	}
	return p.Body.Parts.Refused()
}
