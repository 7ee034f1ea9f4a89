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
	c.cleanse(&q)
	return c.Reader.Logs(ctx, q)
}

// Analytics implements telemetry.Reader.
func (c *cleansingReader) Analytics(ctx context.Context, q telemetry.AnalyticsQuery) ([]telemetry.AnalyticsRow, error) {
	c.cleanse(&q.Query)
	if key, ok := q.GroupBy.MetadataKey(); ok {
		q.GroupBy = telemetry.DimensionOfMetadata(c.cleanser.text(key))
	}
	return c.Reader.Analytics(ctx, q)
}

// Facets implements telemetry.Reader.
func (c *cleansingReader) Facets(ctx context.Context, q telemetry.FacetQuery) (telemetry.Facets, error) {
	c.cleanse(&q.Query)
	return c.Reader.Facets(ctx, q)
}

// Sessions implements telemetry.Reader.
func (c *cleansingReader) Sessions(ctx context.Context, q telemetry.Query) (telemetry.SessionPage, error) {
	c.cleanse(&q)
	return c.Reader.Sessions(ctx, q)
}

func (c *cleansingReader) cleanse(q *telemetry.Query) {
	models := make([]string, len(q.Model))
	for i, m := range q.Model {
		models[i] = c.cleanser.text(m)
	}
	q.Model = models
	q.Session = c.cleanser.pseudonymise(q.Session)
	if len(q.Metadata) > 0 {
		recorded := make(map[string]string, len(q.Metadata))
		for k, v := range q.Metadata {
			recorded[c.cleanser.text(k)] = c.cleanser.pseudonymise(v)
		}
		q.Metadata = recorded
	}
}

// Usage implements telemetry.Reader.
func (c *cleansingReader) Usage(ctx context.Context, q telemetry.UsageQuery) ([]telemetry.UsageRow, error) {
	q.Model = c.cleanser.text(q.Model)
	return c.Reader.Usage(ctx, q)
}
