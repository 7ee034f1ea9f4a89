package recorder

import (
	"context"

	"github.com/sluicegate/sluice/telemetry"
)

// Reader wraps store so that filters take the values that callers sent: a model or a metadata
// entry that was recorded under a pseudonym is found by its original value, too.
func (r *Recorder) Reader(store telemetry.Reader) telemetry.Reader {
	return &cleansingReader{Reader: store, cleanser: &r.build.cleanser}
}

// cleansingReader cleanses the filters of a query as the recorder cleansed the rows.
type cleansingReader struct {
	telemetry.Reader
	cleanser *cleanser
}

func (c *cleansingReader) Logs(ctx context.Context, q telemetry.Query) (telemetry.Page, error) {
	q.Model = c.cleanser.text(q.Model)
	if len(q.Metadata) > 0 {
		recorded := make(map[string]string, len(q.Metadata))
		for k, v := range q.Metadata {
			recorded[c.cleanser.text(k)] = c.cleanser.pseudonymise(v)
		}
		q.Metadata = recorded
	}
	return c.Reader.Logs(ctx, q)
}

// Usage implements telemetry.Reader.
func (c *cleansingReader) Usage(ctx context.Context, q telemetry.UsageQuery) ([]telemetry.UsageRow, error) {
	q.Model = c.cleanser.text(q.Model)
	return c.Reader.Usage(ctx, q)
}
