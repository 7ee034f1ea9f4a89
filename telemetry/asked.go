package telemetry

import "context"

// Reader answers from store in the askers' words: a row whose metadata or model was recorded
// under another name, because it identifies, is found by the value that the caller sent.
func (r *Recorder) Reader(store Reader) Reader {
	return &translated{Reader: store, cleanser: &r.build.cleanser}
}

// translated asks a Reader for what was recorded instead of what was sent. Of the cleanser it
// uses what is pure; the memo is the recorder's.
type translated struct {
	Reader
	cleanser *cleanser
}

func (t *translated) Logs(ctx context.Context, q Query) (Page, error) {
	q.Model = t.cleanser.text(q.Model)
	if len(q.Metadata) > 0 {
		recorded := make(map[string]string, len(q.Metadata))
		for k, v := range q.Metadata {
			recorded[t.cleanser.text(k)] = t.cleanser.value(v)
		}
		q.Metadata = recorded
	}
	return t.Reader.Logs(ctx, q)
}
