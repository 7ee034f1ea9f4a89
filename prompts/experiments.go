package prompts

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// The states of an experiment.
const (
	ExperimentRunning = "running" // calls without a version get one of its arms
	ExperimentDraft   = "draft"   // its version is newer than the one that calls get
	ExperimentEnded   = "ended"   // calls get a later version
)

// Experiment is the comparison of the arms of a template, as the admin API shows it. A template has one:
// that of the version which calls get, else the newest version with arms.
type Experiment struct {
	Prompt    string          `json:"prompt_id"`
	Slug      string          `json:"slug"`
	Name      string          `json:"name"`
	Workspace string          `json:"workspace"`
	Version   int             `json:"version"`
	State     string          `json:"state"` // running, draft or ended
	By        string          `json:"by"`    // what arms are drawn by: "member" or "metadata.<key>"
	FromFile  bool            `json:"from_file"`
	StartedAt time.Time       `json:"started_at"` // of the first version in a row with the same arms
	Arms      []ExperimentArm `json:"arms"`       // the first one is the control
}

// ExperimentArm is one arm.
type ExperimentArm struct {
	Name    string  `json:"name"`
	Weight  float64 `json:"weight"`
	Share   float64 `json:"share"`   // of the callers, from 0 to 1
	Version int     `json:"version"` // the version that its text is from
	Model   string  `json:"model"`
}

// Experiments lists the experiments of a workspace by the slug of their templates.
func (s *Service) Experiments(ctx context.Context, by *gateway.Principal, workspace string) ([]Experiment, error) {
	_, templates, err := s.authorize(ctx, by, workspace, "")
	if err != nil {
		return nil, err
	}
	out := []Experiment{}
	for _, e := range templates.entries() {
		if found := templates.experimentOf(e); found != nil {
			out = append(out, *found)
		}
	}
	return out, nil
}

// Experiment returns the experiment of a template.
func (s *Service) Experiment(ctx context.Context, by *gateway.Principal, workspace, ref string) (Experiment, error) {
	_, templates, err := s.authorize(ctx, by, workspace, "")
	if err != nil {
		return Experiment{}, err
	}
	e, err := templates.template(ref)
	if err != nil {
		return Experiment{}, err
	}
	found := templates.experimentOf(e)
	if found == nil {
		return Experiment{}, &gateway.Error{Op: "prompts.Experiment", Kind: gateway.NotFound, Param: "id", Public: "The prompt '" + e.Slug + "' has no version with variants."}
	}
	return *found, nil
}

// experimentOf returns the experiment of a template; nil if it has none.
func (templates *workspaceTemplates) experimentOf(e *templateEntry) *Experiment {
	active := e.view().Active
	number := active
	if len(templates.arms(e, number)) == 0 {
		for number = e.newest; number > 0 && len(templates.arms(e, number)) == 0; number-- {
		}
	}
	arms := templates.arms(e, number)
	if len(arms) == 0 {
		return nil
	}
	out := &Experiment{Prompt: e.ID, Slug: e.Slug, Name: e.Name, Workspace: e.Workspace, Version: number, State: ExperimentRunning, FromFile: e.FromFile, StartedAt: e.versions[number].CreatedAt}
	switch {
	case number > active:
		out.State = ExperimentDraft
	case number < active:
		out.State = ExperimentEnded
	}
	out.By = e.versions[number].compiled.by
	sum := 0.0
	for i := range arms {
		sum += arms[i].weight
	}
	for i := range arms {
		a := &arms[i]
		out.Arms = append(out.Arms, ExperimentArm{Name: a.name, Weight: a.weight, Share: a.weight / sum, Version: a.version, Model: a.model})
	}
	for n := number - 1; n > 0 && sameArms(arms, templates.arms(e, n)); n-- {
		out.StartedAt = e.versions[n].CreatedAt
	}
	return out
}

// arms returns the named arms of a version; none if it has no variants or cannot be used.
func (templates *workspaceTemplates) arms(e *templateEntry, number int) []arm {
	v := e.versions[number]
	if v == nil {
		return nil
	}
	compiled, err := templates.experiment(resolvedRef{templateEntry: e, compiledVersion: v})
	if err != nil || len(compiled.arms) == 0 || compiled.arms[0].name == "" {
		return nil
	}
	return compiled.arms
}

// sameArms reports whether two versions compare arms of the same names.
func sameArms(a, b []arm) bool {
	names := func(arms []arm) (out []string) {
		for i := range arms {
			out = append(out, arms[i].name)
		}
		slices.Sort(out)
		return out
	}
	return slices.Equal(names(a), names(b))
}

// ChangeWeights changes the weights of some arms of a running experiment, as a new version that calls get
// at once.
func (s *Service) ChangeWeights(ctx context.Context, by *gateway.Principal, workspace, ref string, weights map[string]float64) (Experiment, error) {
	return s.changeExperiment(ctx, by, workspace, ref, "The weights were changed.", func(_ *templateEntry, body []byte) ([]byte, error) {
		known := map[string]bool{}
		for i, v := range gjson.GetBytes(body, "variants").Array() {
			name := v.Get("name").String()
			known[name] = true
			weight, given := weights[name]
			if !given {
				continue
			}
			raw, err := json.Marshal(weight)
			if err != nil {
				return nil, gateway.InvalidField("prompts.ChangeWeights", "weights."+name, "The field 'weights."+name+"' must be a number, 0 or more.")
			}
			if body, err = jsonx.Set(body, raw, "variants", strconv.Itoa(i), "weight"); err != nil {
				return nil, err
			}
		}
		for name := range weights {
			if !known[name] {
				return nil, gateway.InvalidField("prompts.ChangeWeights", "weights."+name, "The experiment has no variant '"+name+"'.")
			}
		}
		return body, nil
	})
}

// EndExperiment ends a running experiment with one of its arms: its text becomes a new version without
// variants, which calls get at once.
func (s *Service) EndExperiment(ctx context.Context, by *gateway.Principal, workspace, ref, winner string) (View, error) {
	experiment, err := s.changeExperiment(ctx, by, workspace, ref, "The experiment ended with '"+winner+"'.", func(e *templateEntry, body []byte) ([]byte, error) {
		for _, v := range gjson.GetBytes(body, "variants").Array() {
			if v.Get("name").String() == winner {
				return armBody(e, body, v), nil
			}
		}
		return nil, gateway.InvalidField("prompts.EndExperiment", "variant", "The experiment has no variant '"+winner+"'.")
	})
	if err != nil {
		return View{}, err
	}
	return s.Get(ctx, by, workspace, experiment.Prompt)
}

// changeExperiment adds a version with a changed body to a template whose experiment runs, and lets calls
// get it.
func (s *Service) changeExperiment(ctx context.Context, by *gateway.Principal, workspace, ref, description string, change func(*templateEntry, []byte) ([]byte, error)) (Experiment, error) {
	const op = "prompts.changeExperiment"
	workspace, templates, e, err := s.editable(ctx, by, workspace, ref, gateway.PromptsUpdate)
	if err != nil {
		return Experiment{}, err
	}
	if err := gateway.Require(op, by, gateway.PromptsPublish); err != nil {
		return Experiment{}, err
	}
	experiment := templates.experimentOf(e)
	if experiment == nil || experiment.State != ExperimentRunning {
		return Experiment{}, &gateway.Error{Op: op, Kind: gateway.Conflict, Param: "id", Public: "The prompt '" + e.Slug + "' has no experiment that runs."}
	}
	body, err := change(e, e.versions[experiment.Version].Body)
	if err != nil {
		return Experiment{}, err
	}
	added, err := s.AddVersion(ctx, by, workspace, e.ID, Draft{Description: description, Body: body})
	if err != nil {
		return Experiment{}, err
	}
	if e.labels[Published] > 0 {
		if _, err := s.SetLabel(ctx, by, workspace, e.ID, Published, added.Number); err != nil {
			return Experiment{}, err
		}
	}
	return s.Experiment(ctx, by, workspace, e.ID)
}

// armBody returns the body of a version that has the text of an arm for all callers. It agrees with
// mergeText.
func armBody(e *templateEntry, body []byte, arm gjson.Result) []byte {
	config := gjson.GetBytes(body, "config")
	if n := int(arm.Get("version").Int()); n > 0 {
		body = jsonx.Delete(e.versions[n].Body, "config")
		if config.Exists() {
			body = jsonx.Update(body, jsonx.Change{Name: "config", Value: []byte(config.Raw)})
		}
		return jsonx.DeleteAll(body, [][]string{{"variants"}, {"by"}})
	}
	body = jsonx.DeleteAll(body, [][]string{{"variants"}, {"by"}})
	arm.ForEach(func(key, v gjson.Result) bool {
		value := []byte(v.Raw)
		switch key.String() {
		case "name", "weight", "version":
			return true
		case "messages":
			body = jsonx.Delete(body, "prompt")
		case "prompt":
			body = jsonx.Delete(body, "messages")
		case "model":
			if strings.HasPrefix(v.String(), "@") {
				body = jsonx.Delete(body, "virtual_key")
			}
		case "virtual_key":
			if model := gjson.GetBytes(body, "model").String(); strings.HasPrefix(model, "@") {
				_, model, _ = strings.Cut(model, "/")
				body = jsonx.Update(body, jsonx.Change{Name: "model", Value: jsonx.AppendQuote(nil, model)})
			}
		case "parameters":
			own := gjson.GetBytes(body, "parameters")
			if !own.IsObject() {
				break
			}
			value = []byte(own.Raw)
			v.ForEach(func(name, parameter gjson.Result) bool {
				value = jsonx.Update(value, jsonx.Change{Name: name.String(), Value: []byte(parameter.Raw)})
				return true
			})
		}
		body = jsonx.Update(body, jsonx.Change{Name: key.String(), Value: value})
		return true
	})
	return body
}
