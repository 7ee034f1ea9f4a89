package gateway

import "slices"

// BatchCall is a call that a vendor makes later, in a file that is passed on to it now.
type BatchCall struct {
	Place   string   // "line 3 of the file"
	Request *Request // what a model is asked; nil: Around is all there is
	Around  *Request // what stands around it, such as the call's id, or the name of the file
}

// BatchFilter reads, and may change, each call of a batch before it goes upstream.
type BatchFilter struct {
	// By are the policies that the filter stands for, such as "redact:email". A batch may run under a plan
	// whose policies its calls have passed.
	By []string
	// Call returns the call as it goes upstream; an error ends the body. One goroutine calls it, which is
	// not that of the exchange: it must not write to Facts.
	Call func(BatchCall) (BatchCall, error)
}

// BatchBody is a body that may be the file of a batch.
type BatchBody interface {
	// Filter adds a filter after those before. It is called before the body is read.
	Filter(BatchFilter) error
	// Refused is why the body was not passed on to its end; nil: it was, or nobody knows yet.
	Refused() error
}

// BatchOrigin says what has judged the calls of a batch that a request begins, where they are not in its
// body.
type BatchOrigin struct {
	Judged []string // policies, as BatchFilter.By has them
	// Unread says in a sentence why nobody can judge the calls; "" if they came in a file.
	Unread string
}

// Filter lets the calls of a batch that the request brings pass through f. It refuses a request that
// begins a batch whose calls have not passed what f stands for.
func (p *PassThrough) Filter(f BatchFilter) error {
	if p.Origin != nil {
		return p.Origin.check(f.By)
	}
	if p.Body == nil || p.Body.Calls == nil {
		return nil
	}
	p.Body.Length = -1 // it changes
	return p.Body.Calls.Filter(f)
}

// Refused is why a filter, or who cuts the calls out of the body, has ended the body; nil if nobody has.
func (p *PassThrough) Refused() error {
	if p.Body == nil || p.Body.Calls == nil {
		return nil
	}
	return p.Body.Calls.Refused()
}

// And is the origin of a batch that has the calls of one more file. A nil origin has no file.
func (o *BatchOrigin) And(judged []string) *BatchOrigin {
	if o == nil {
		return &BatchOrigin{Judged: judged}
	}
	return &BatchOrigin{Judged: slices.DeleteFunc(slices.Clone(o.Judged), func(policy string) bool { return !slices.Contains(judged, policy) })}
}

func (o *BatchOrigin) check(by []string) error {
	refused := &Error{Op: "gateway.BatchOrigin", Kind: Invalid, Code: "batch_not_judged", Public: o.Unread}
	if o.Unread != "" {
		return refused
	}
	for _, policy := range by {
		if !slices.Contains(o.Judged, policy) {
			refused.Public = "The redaction and the guardrails of this call have not read the batch's file. Upload the file again with the same API key and config, in one call, with the purpose 'batch' where the vendor has purposes."
			return refused
		}
	}
	return nil
}
