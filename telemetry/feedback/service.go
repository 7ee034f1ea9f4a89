package feedback

import (
	"context"
	"fmt"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// Store keeps feedback. Workspaces are ids.
type Store interface {
	// AddFeedback keeps all of them or none. trace is the key of each one's trace. A trace that
	// would have more than MaxPerTrace in its workspace is a Conflict error.
	AddFeedback(ctx context.Context, list []Feedback, trace []string) error
	// Feedback returns one; gateway.NotFound if it is absent in the workspace.
	Feedback(ctx context.Context, workspace, id string) (Feedback, error)
	// UpdateFeedback replaces value, weight, metadata and UpdatedAt of one.
	UpdateFeedback(ctx context.Context, f Feedback) error
	// FeedbackOf returns the feedback of these traces, given by their keys, oldest first: the key
	// of each beside it.
	FeedbackOf(ctx context.Context, traces []string) (list []Feedback, keys []string, err error)
	// FeedbackBetween returns up to limit feedbacks that were created in a period, the newest first, and
	// the keys of their traces. workspace "" is all workspaces.
	FeedbackBetween(ctx context.Context, workspace string, since, until time.Time, limit int) (list []Feedback, keys []string, err error)
}

// Service checks, cleanses and finds feedback.
type Service struct {
	store     Store
	cleanse   func(string) string // removes personal data
	newID     func(time.Time) string
	pseudonym func(string) string
}

// New returns a service on a store. cleanse and pseudonym are those of the rows: a trace or a
// metadata value with personal data is kept as rows keep it.
func New(store Store, cleanse, pseudonym func(string) string, newID func(time.Time) string) *Service {
	return &Service{store: store, cleanse: cleanse, pseudonym: pseudonym, newID: newID}
}

// Add keeps feedback of a caller, all or none, and returns the ids in order.
func (s *Service) Add(ctx context.Context, by *gateway.Principal, list []Feedback, now time.Time) ([]string, error) {
	ids, keys := make([]string, len(list)), make([]string, len(list))
	for i := range list {
		f := &list[i]
		at := ""
		if len(list) > 1 {
			at = fmt.Sprintf("[%d].", i)
		}
		if err := f.Check(at); err != nil {
			return nil, err
		}
		keys[i] = key(f.Trace)
		f.ID, f.Workspace, f.Member, f.APIKey, f.CreatedAt, f.UpdatedAt = s.newID(now), by.Workspace, by.Member, by.APIKey, now, now
		f.Trace, f.Metadata = s.cleanse(f.Trace), s.metadata(f.Metadata)
		ids[i] = f.ID
	}
	return ids, s.store.AddFeedback(ctx, list, keys)
}

// Update changes a feedback of the caller's workspace. Who may not see the rows of others changes
// its own only.
func (s *Service) Update(ctx context.Context, by *gateway.Principal, id string, change func(*Feedback), now time.Time) (Feedback, error) {
	f, err := s.store.Feedback(ctx, by.Workspace, id)
	if err == nil && f.Member != by.Member && !by.May(gateway.LogsReadAll) {
		err = &gateway.Error{Op: "feedback.Update", Kind: gateway.NotFound, Param: "id", Public: "There is no such feedback."}
	}
	if err != nil {
		return Feedback{}, err
	}
	change(&f)
	if err := f.Check(""); err != nil {
		return Feedback{}, err
	}
	f.Metadata, f.UpdatedAt = s.metadata(f.Metadata), now
	return f, s.store.UpdateFeedback(ctx, f)
}

// metadata cleanses keys and values as the recorder does.
func (s *Service) metadata(m map[string]string) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		if s.cleanse(v) != v {
			v = s.pseudonym(v)
		}
		out[s.cleanse(k)] = v
	}
	return out
}

// Of returns the feedback on each of these records, in their order: that of its workspace which
// names its trace or its request id.
func (s *Service) Of(ctx context.Context, records []*telemetry.Record) ([][]Feedback, error) {
	out := make([][]Feedback, len(records))
	at := map[string][]int{} // records by key
	var traces []string
	for i, r := range records {
		for _, k := range []string{r.Trace.ID.String(), key(r.ID)} {
			if at[k] == nil {
				traces = append(traces, k)
			}
			at[k] = append(at[k], i)
		}
	}
	for len(traces) > 0 {
		n := min(len(traces), MaxTraces)
		found, keys, err := s.store.FeedbackOf(ctx, traces[:n])
		if err != nil {
			return nil, err
		}
		traces = traces[n:]
		for i, f := range found {
			for _, j := range at[keys[i]] {
				if records[j].Workspace == f.Workspace {
					out[j] = append(out[j], f)
				}
			}
		}
	}
	return out, nil
}

// key is how a trace is looked up: its W3C id.
func key(ref string) string { return gateway.TraceIDFrom(ref).String() }
