package calllog

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/jsonx"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/feedback"
)

// feedbackResponse is Portkey's answer.
type feedbackResponse struct {
	Status  string   `json:"status"` // "success"
	Message string   `json:"message"`
	IDs     []string `json:"feedback_ids"`
}

// AddFeedback adds to rows, as they are answered, the feedback on them.
func (s *Settings) AddFeedback(ctx context.Context, records []*telemetry.Record, rows []json.RawMessage) error {
	found, err := s.Feedback.Of(ctx, records)
	if err != nil {
		return err
	}
	for i, list := range found {
		if len(list) == 0 {
			continue
		}
		shown := make([]telemetry.FeedbackJSON, len(list))
		for j, f := range list {
			shown[j] = telemetry.FeedbackJSON{ID: f.ID, Value: f.Value, Weight: f.Weight, Metadata: f.Metadata, Member: f.Member, APIKey: f.APIKey, CreatedAt: f.CreatedAt, UpdatedAt: f.UpdatedAt}
		}
		raw, err := json.Marshal(shown)
		if err != nil {
			return err
		}
		rows[i] = jsonx.Update(rows[i], jsonx.Change{Name: "feedback", Value: raw})
	}
	return nil
}

// addFeedback takes {trace_id, value, weight, metadata}, or a list of them.
func (a resource) addFeedback(ctx context.Context, r *action.Request) error {
	list, err := action.ReadForms(ctx, r, feedback.MaxPerCall, func(f *action.Form) feedback.Feedback {
		return feedback.Feedback{Trace: f.Text("trace_id", true), Value: whole(f, "value", true), Weight: weight(f, 1), Metadata: metadata(f, "metadata")}
	})
	if err != nil {
		return err
	}
	ids, err := a.Feedback.Add(ctx, r.By, list, r.Now())
	if err != nil {
		return err
	}
	for _, f := range list {
		if f.Value < 0 && a.Rejected != nil {
			a.Rejected(r.By.Workspace, f.Trace)
		}
	}
	r.Target = ids[0]
	r.Reply = feedbackResponse{Status: "success", Message: "Feedback successfully saved", IDs: ids}
	return nil
}

// updateFeedback takes {value, weight, metadata}; what is absent stays.
func (a resource) updateFeedback(ctx context.Context, r *action.Request) error {
	r.Target = r.Param("id")
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	hasValue, hasWeight, hasMetadata := f.Given("value"), f.Given("weight"), f.Given("metadata")
	value, w, meta := whole(f, "value", false), weight(f, 1), metadata(f, "metadata")
	f.Idle("; a feedback stays with its trace", "trace_id")
	if err := f.Done(); err != nil {
		return err
	}
	_, err = a.Feedback.Update(ctx, r.By, r.Target, func(f *feedback.Feedback) {
		if hasValue {
			f.Value = value
		}
		if hasWeight {
			f.Weight = w
		}
		if hasMetadata {
			f.Metadata = meta
		}
	}, r.Now())
	if err != nil {
		return err
	}
	r.Reply = feedbackResponse{Status: "success", Message: "Feedback successfully updated", IDs: []string{r.Target}}
	return nil
}

// whole reads a whole number, which may be negative.
func whole(f *action.Form, name string, required bool) int {
	v, ok := f.Take(name, required, 0)
	if !ok {
		return 0
	}
	if v.Type != gjson.Number || v.Num != math.Trunc(v.Num) || math.Abs(v.Num) > math.MaxInt32 {
		f.Wrong(name, "must be a whole number")
		return 0
	}
	return int(v.Num)
}

func weight(f *action.Form, absent float64) float64 {
	v, ok := f.Take("weight", false, 1.0)
	if !ok {
		return absent
	}
	if v.Type != gjson.Number {
		f.Wrong("weight", "must be a number from 0 to 1")
		return absent
	}
	return v.Num
}

// metadata reads an object of texts; numbers and flags are taken as they are written.
func metadata(f *action.Form, name string) map[string]string {
	v, ok := f.Take(name, false, map[string]string{})
	if !ok {
		return nil
	}
	if !v.IsObject() {
		f.Wrong(name, "must be an object of texts")
		return nil
	}
	out := map[string]string{}
	v.ForEach(func(k, value gjson.Result) bool {
		if value.IsObject() || value.IsArray() || len(out) > gateway.MaxMetadataKeys {
			f.Wrong(name, fmt.Sprintf("must be an object of at most %d texts", gateway.MaxMetadataKeys))
			return false
		}
		out[k.String()] = value.String()
		return true
	})
	return out
}
