// Package verdict writes the guardrails' verdicts of an exchange as Portkey's clients read them
// (https://portkey.ai/docs/product/guardrails): hook_results, a member of complete answers, of
// events and of errors. It never quotes the text that was judged.
package verdict

import (
	"encoding/json"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// HookResults are the verdicts on the request and on the answer.
type HookResults struct {
	Before []hookResult `json:"before_request_hooks"`
	After  []hookResult `json:"after_request_hooks"`
}

type hookResult struct {
	Verdict     bool          `json:"verdict"`
	ID          string        `json:"id"`
	Transformed bool          `json:"transformed"`
	Checks      []checkResult `json:"checks"`
	Feedback    feedback      `json:"feedback"`
	Millis      float64       `json:"execution_time"`
	Async       bool          `json:"async"`
	Type        string        `json:"type"`
	Created     string        `json:"created_at"`
	Deny        bool          `json:"deny"`
	Skipped     bool          `json:"skipped"`
}

type checkResult struct {
	ID          string      `json:"id"`
	Verdict     bool        `json:"verdict"`
	Data        checkData   `json:"data"`
	Millis      float64     `json:"execution_time"`
	Transformed bool        `json:"transformed"`
	Created     string      `json:"created_at"`
	Log         *string     `json:"log"`
	Error       *checkError `json:"error"`
	FailOnError bool        `json:"fail_on_error"`
}

type checkData struct {
	Explanation string `json:"explanation,omitempty"`
}

type checkError struct {
	Message string `json:"message"`
}

type feedback struct {
	Value    int              `json:"value"`
	Weight   float64          `json:"weight"`
	Metadata feedbackMetadata `json:"metadata"`
}

type feedbackMetadata struct {
	Successful string `json:"successfulChecks"`
	Failed     string `json:"failedChecks"`
	Errored    string `json:"erroredChecks"`
}

// HooksOf gives the verdicts of an exchange, nil if no guardrail ran.
func HooksOf(facts *gateway.Facts) *HookResults {
	if len(facts.Input)+len(facts.Output) == 0 {
		return nil
	}
	return &HookResults{Before: hooks(facts.Input), After: hooks(facts.Output)}
}

// HookMember is the verdicts as one more member of a JSON object: its name, a colon and its
// value. It is nil if there are none.
func HookMember(facts *gateway.Facts) []byte {
	results := HooksOf(facts)
	if results == nil {
		return nil
	}
	raw, _ := json.Marshal(results) // plain data always encodes
	return append([]byte(`"hook_results":`), raw...)
}

func hooks(verdicts []gateway.Verdict) []hookResult {
	out := make([]hookResult, 0, len(verdicts))
	for i := range verdicts {
		v := &verdicts[i]
		r := hookResult{Verdict: v.Pass, ID: v.Guardrail, Transformed: v.Action == gateway.ActionRedact, Checks: []checkResult{},
			Type: "guardrail", Millis: millis(v.Duration), Created: stamp(v.At), Deny: v.Deny}
		var good, failed, errored []byte
		for _, c := range v.Checks {
			shape := checkResult{ID: c.ID, Verdict: c.Pass, Data: checkData{c.Explanation}, Millis: millis(c.Duration), Created: stamp(c.At), FailOnError: true}
			switch {
			case c.Error != "":
				shape.Error = &checkError{c.Error}
				errored = list(errored, c.ID)
			case c.Pass:
				good = list(good, c.ID)
			default:
				failed = list(failed, c.ID)
			}
			r.Checks = append(r.Checks, shape)
		}
		r.Feedback = feedback{Value: 5, Weight: 1, Metadata: feedbackMetadata{string(good), string(failed), string(errored)}}
		if !v.Pass {
			r.Feedback.Value = -5
		}
		out = append(out, r)
	}
	return out
}

func list(to []byte, id string) []byte {
	if len(to) > 0 {
		to = append(to, ", "...)
	}
	return append(to, id...)
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
func stamp(t time.Time) string       { return t.UTC().Format(time.RFC3339Nano) }
