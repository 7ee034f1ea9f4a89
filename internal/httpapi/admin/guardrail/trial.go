// Package guardrail tries a text: what redaction would replace in it, and what the guardrails of a
// config say about it. Nobody is called, and the text is not kept.
package guardrail

import (
	"context"
	"net/http"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/guardrails/pii"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/dryrun"
)

// Guards judge texts. It is guardrails' service.
type Guards interface {
	// Find locates entities, and credentials whatever is asked for.
	Find(entities []string, text string) ([]pii.Span, error)
	Try(ctx context.Context, specs []gateway.GuardrailSpec, text string, output bool) []gateway.Verdict
}

// Settings is what a trial needs. Both fields are required.
type Settings struct {
	Guards Guards
	Router dryrun.Router
}

type resource struct{ Settings }

// Actions are the operations.
func Actions(settings Settings) []action.Action {
	a := resource{settings}
	return []action.Action{
		{Method: http.MethodPost, Path: "/v1/guardrails/test", Name: "guardrail.test", Need: gateway.ConfigsRead,
			About: httpapi.Description{Summary: "Tells what redaction would replace in a text, and what the guardrails of a config say about it", Answer: textTrial{Findings: []finding{}, Verdicts: []verdict{{Checks: []check{}}}}}, Do: a.test},
	}
}

// maxText is how many bytes of text are tried.
const maxText = 100_000

type textTrial struct {
	Object   string    `json:"object"`
	Findings []finding `json:"findings"` // in order, none over another
	Redacted string    `json:"redacted"` // the text as a provider would get it
	Verdicts []verdict `json:"verdicts"`
}

// finding is a part of the text that redaction replaces. Positions count characters.
type finding struct {
	Entity string  `json:"entity"`
	Start  int     `json:"start"`
	End    int     `json:"end"`
	Score  float32 `json:"score"` // confidence, up to 1
}

type verdict struct {
	Guardrail string  `json:"guardrail"`
	Phase     string  `json:"phase"` // "input" or "output"
	Pass      bool    `json:"pass"`
	Action    string  `json:"action"`
	Checks    []check `json:"checks"`
}

type check struct {
	ID          string `json:"id"`
	Pass        bool   `json:"pass"`
	Explanation string `json:"explanation,omitempty"`
	Error       string `json:"error,omitempty"`
}

// test takes {text, config, entities}. Without entities the config's are looked for, and without
// either all.
func (a resource) test(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	text, entities := f.Text("text", true), f.Texts("entities")
	if len(text) > maxText {
		f.Wrong("text", "must be at most 100000 bytes long")
	}
	env := &gateway.Envelope{Method: http.MethodPost, Route: "/v1/chat/completions", Header: http.Header{}}
	named := f.Given("config")
	document := dryrun.Document(f, env)
	for _, name := range entities {
		if _, err := a.Guards.Find([]string{name}, ""); err != nil {
			f.Wrong("entities", "must be of "+strings.Join(pii.Entities(), ", "))
			break
		}
	}
	if err := f.Done(); err != nil {
		return err
	}
	out := textTrial{Object: "guardrail_test", Findings: []finding{}, Verdicts: []verdict{}}
	if named {
		// The model is one that every config answers: guardrails do not depend on it.
		req, err := openai.NewRequest(gateway.OpChat, []byte(`{"model":"mock/echo","messages":[{"role":"user","content":"Hello"}]}`))
		if err != nil {
			return err
		}
		ex := &gateway.Exchange{ID: r.ID, Start: r.Start, Trace: r.Trace, Principal: r.By, Envelope: env, Request: req, Facts: &gateway.Facts{}}
		planned, err := a.Router.DryRun(ctx, ex, document)
		if err != nil {
			return err
		}
		if entities == nil {
			entities = planned.Plan.Redact.Input
		}
		out.add(a.Guards.Try(ctx, planned.Plan.Input, text, false))
		out.add(a.Guards.Try(ctx, planned.Plan.Output, text, true))
	} else if entities == nil {
		entities = pii.Entities()
	}
	spans, err := a.Guards.Find(entities, text)
	if err != nil {
		return err
	}
	out.mark(text, spans)
	r.Reply = out
	return nil
}
