package recorder

import (
	"context"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// Log writes rows that did not come about here: those that an application reports, and those of the
// demonstration. It cleanses their texts as those of exchanges, keeps bodies as Config.Content says,
// and returns once they are on disk. No audit event is linked to them and no exporter sees them.
func (r *Recorder) Log(ctx context.Context, rows []*telemetry.Record) error {
	b := &r.build
	for _, row := range rows {
		row.Node = b.node
		for _, s := range []*string{&row.Model, &row.Served, &row.Provider, &row.Route, &row.UserAgent, &row.Trace.Ref, &row.Trace.SpanRef, &row.Trace.Name} {
			*s = b.cleanser.text(*s)
		}
		row.Session = b.cleanser.pseudonymise(row.Session)
		for i, m := range row.Metadata {
			row.Metadata[i] = telemetry.Pair{Key: b.cleanser.text(m.Key), Value: b.cleanser.pseudonymise(m.Value)}
		}
		if row.Error != nil {
			row.Error.Message = b.cleanser.text(row.Error.Message)
		}
		if row.Body = b.content.bodyState(); row.Body == telemetry.BodyNone {
			row.DropBodies()
			row.SentRequest = false
			continue
		}
		texts := b.cleanser.ofRecord()
		for _, body := range row.Bodies() {
			if len(*body) > 0 {
				*body = b.body(&texts, *body)
			}
		}
	}
	if err := r.cfg.Writer.Write(ctx, &telemetry.Batch{ID: ulid.Make().String(), Rows: rows, Sync: true}); err != nil {
		return &gateway.Error{Op: "recorder.Log", Kind: gateway.Unavailable, Public: "The rows cannot be written now.", Err: err}
	}
	return nil
}

// Recorded returns the query with its values as rows were recorded, see Reader.
func (r *Recorder) Recorded(q telemetry.Query) telemetry.Query {
	(&cleansingReader{cleanser: &r.build.cleanser}).cleanse(&q)
	return q
}
