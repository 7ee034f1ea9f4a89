package experiment

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/prompts"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/feedback"
)

// Templates hold the experiments. workspace is an id, ref an id or slug.
type Templates interface {
	Experiments(ctx context.Context, by *gateway.Principal, workspace string) ([]prompts.Experiment, error)
	Experiment(ctx context.Context, by *gateway.Principal, workspace, ref string) (prompts.Experiment, error)
	ChangeWeights(ctx context.Context, by *gateway.Principal, workspace, ref string, weights map[string]float64) (prompts.Experiment, error)
	EndExperiment(ctx context.Context, by *gateway.Principal, workspace, ref, winner string) (prompts.View, error)
}

// Exchanges are what results are made of. telemetry.Reader implements it.
type Exchanges interface {
	Analytics(ctx context.Context, q telemetry.AnalyticsQuery) ([]telemetry.AnalyticsRow, error)
	feedback.Exchanges
}

// Settings are the parts.
type Settings struct {
	Templates Templates
	Exchanges Exchanges
	Feedback  *feedback.Service
}

type resource struct{ Settings }

// Actions are the operations.
func Actions(settings Settings) []action.Action {
	a := resource{settings}
	return []action.Action{
		{Method: "GET", Path: "/v1/experiments", Name: "experiment.list", Need: gateway.PromptsList,
			About: httpapi.Description{Group: "prompts", Summary: "Lists the experiments of a workspace: the prompt templates whose versions have variants", Answer: action.CountedList{List: action.ListLike(experimentResponse{})}}, Do: a.list},
		{Method: "GET", Path: "/v1/experiments/:id", Name: "experiment.get", Need: gateway.PromptsRead,
			About: httpapi.Description{Group: "prompts", Summary: "Shows an experiment with the results of its variants, and whether they differ from the first one by more than chance", Answer: resultsExample()}, Do: a.results},
		{Method: "PUT", Path: "/v1/experiments/:id", Name: "experiment.update", Need: gateway.PromptsPublish,
			About: httpapi.Description{Group: "prompts", Summary: "Changes the weights of variants, as a new version of the prompt template", Answer: experimentResponse{}}, Do: a.update},
		{Method: "POST", Path: "/v1/experiments/:id/end", Name: "experiment.end", Need: gateway.PromptsPublish,
			About: httpapi.Description{Group: "prompts", Summary: "Ends an experiment with one of its variants, whose text becomes the next version", Answer: promptResponse{}}, Do: a.end},
	}
}

type experimentResponse struct {
	Object string `json:"object"` // "experiment"
	prompts.Experiment
}

type promptResponse struct {
	Object string `json:"object"` // "prompt"
	prompts.View
}

func (a resource) list(ctx context.Context, r *action.Request) error {
	p := action.ReadQuery(r)
	ref, page := p.Text("workspace"), p.Page()
	if err := p.Done(); err != nil {
		return err
	}
	workspace, err := r.In(ctx, ref)
	if err != nil {
		return err
	}
	all, err := a.Templates.Experiments(ctx, r.By, workspace)
	if err != nil {
		return err
	}
	shown, next, err := action.PageOf(page, all, func(e prompts.Experiment) string { return e.Slug })
	if err != nil {
		return err
	}
	out := action.CountedList{Total: len(all), List: action.ListOf(shown, func(e prompts.Experiment) experimentResponse { return experimentResponse{"experiment", e} })}
	out.Next = next
	r.Reply = out
	return nil
}

// update takes {weights, workspace}.
func (a resource) update(ctx context.Context, r *action.Request) error {
	r.Target = r.Param("id")
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	ref := f.Text("workspace", false)
	weights := weightsIn(f)
	if err := f.Done(); err != nil {
		return err
	}
	workspace, err := r.In(ctx, ref)
	if err != nil {
		return err
	}
	e, err := a.Templates.ChangeWeights(ctx, r.By, workspace, r.Target, weights)
	r.Reply = experimentResponse{"experiment", e}
	return err
}

// end takes {variant, workspace}.
func (a resource) end(ctx context.Context, r *action.Request) error {
	r.Target = r.Param("id")
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	ref, winner := f.Text("workspace", false), f.Text("variant", true)
	if err := f.Done(); err != nil {
		return err
	}
	workspace, err := r.In(ctx, ref)
	if err != nil {
		return err
	}
	v, err := a.Templates.EndExperiment(ctx, r.By, workspace, r.Target, winner)
	r.Reply = promptResponse{"prompt", v}
	return err
}
