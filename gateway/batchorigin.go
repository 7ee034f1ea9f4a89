package gateway

import "slices"

// BatchOrigin says what has judged the calls of a batch that a request begins, where they are not in its
// body.
type BatchOrigin struct {
	Judged []string // policies, as PartFilter.By has them
	// Unread says in a sentence why nobody can judge the calls; "" if they came in a file.
	Unread string
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
