package guardrails

import (
	"context"
	"sync"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/redact"
)

// partRedactor redacts the parts of a body that is passed on: the calls in the file of a batch, the fields
// of a form. Each part has a redaction and placeholders of its own, so that nothing grows with the body.
// Nothing is restored.
type partRedactor struct {
	service  *Service
	entities []string

	mu             sync.Mutex
	hits, unedited map[string]int // by entity
}

// filter is what the parts pass through.
func (r *partRedactor) filter(ctx context.Context) gateway.PartFilter {
	f := gateway.PartFilter{Apply: func(call gateway.BodyPart) (gateway.BodyPart, error) { return r.redact(ctx, call) }}
	for _, entity := range r.entities {
		f.By = append(f.By, "redact:"+entity)
	}
	return f
}

func (r *partRedactor) redact(ctx context.Context, call gateway.BodyPart) (gateway.BodyPart, error) {
	redaction, err := r.service.Begin(ctx, r.entities)
	if err != nil {
		return call, err
	}
	if call.Request != nil {
		if call.Request, err = redaction.Request(call.Request); err != nil {
			return call, err
		}
	}
	if call.Around, err = redaction.Request(call.Around); err != nil {
		return call, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, h := range redaction.Hits() {
		r.hits[h.Entity] += h.Count
	}
	for _, h := range redaction.Unedited() {
		r.unedited[h.Entity] += h.Count
	}
	return call, nil
}

// report adds what was replaced until now.
func (r *partRedactor) report(f *gateway.Facts) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f.Redacted, f.Unedited = withHits(f.Redacted, r.hits), withHits(f.Unedited, r.unedited)
}

// withHits adds counts to a list.
func withHits(list []gateway.EntityHits, counts map[string]int) []gateway.EntityHits {
	sum := map[string]int{}
	for entity, n := range counts {
		sum[entity] += n
	}
	for _, h := range list {
		sum[h.Entity] += h.Count
	}
	return redact.HitsOf(sum)
}
