package prompts_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/prompts"
)

const support = `{"model":"mock/echo","prompt":"{{q}}","by":"metadata.customer","variants":[{"name":"control","weight":3},{"name":"short","weight":1,"prompt":"In short: {{q}}"}]}`

func TestExperiments(t *testing.T) {
	s, _ := service(t)
	create(t, s, "plain", `{"prompt":"x"}`)
	create(t, s, "draft", `{"prompt":"x"}`, support)
	if _, err := s.SetLabel(t.Context(), owner, "", "draft", prompts.Published, 1); err != nil {
		t.Fatal(err)
	}
	create(t, s, "ended", support, `{"prompt":"x"}`)
	create(t, s, "support", `{"prompt":"x"}`, support, strings.Replace(support, `"weight":3`, `"weight":1`, 1))
	list, err := s.Experiments(t.Context(), owner, "")
	if err != nil || len(list) != 3 {
		t.Fatalf("%+v %v", list, err)
	}
	for i, want := range []struct {
		slug, state string
		version     int
		share       float64
	}{{"draft", prompts.ExperimentDraft, 2, .75}, {"ended", prompts.ExperimentEnded, 1, .75}, {"support", prompts.ExperimentRunning, 3, .5}} {
		got := list[i]
		if got.Slug != want.slug || got.State != want.state || got.Version != want.version || got.Arms[0].Share != want.share || got.By != "metadata.customer" || got.Arms[1].Name != "short" || got.Arms[1].Model != "mock/echo" {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	versions, err := s.Versions(t.Context(), owner, "", "support")
	if err != nil || !list[2].StartedAt.Equal(versions[1].CreatedAt) {
		t.Errorf("begins at %v, want that of version 2: %v", list[2].StartedAt, err)
	}
	if _, err := s.Experiment(t.Context(), owner, "", "plain"); kind(err) != gateway.NotFound {
		t.Error(err)
	}
}

func TestChangeWeights(t *testing.T) {
	s, _ := service(t)
	create(t, s, "support", support, `{"prompt":"a draft"}`)
	if _, err := s.SetLabel(t.Context(), owner, "", "support", prompts.Published, 1); err != nil {
		t.Fatal(err)
	}
	got, err := s.ChangeWeights(t.Context(), owner, "", "support", map[string]float64{"short": 9})
	if err != nil || got.Version != 3 || got.State != prompts.ExperimentRunning || got.Arms[1].Share != .75 {
		t.Fatalf("%+v %v", got, err)
	}
	for name, c := range map[string]struct {
		weights map[string]float64
		param   string
	}{"unknown": {map[string]float64{"long": 1}, "weights.long"}, "negative": {map[string]float64{"short": -1}, "variants[1].weight"}, "none": {map[string]float64{"short": 0, "control": 0}, "variants"},
		"no number": {map[string]float64{"short": math.NaN()}, "weights.short"}} {
		if _, err := s.ChangeWeights(t.Context(), owner, "", "support", c.weights); gateway.AsError(err).Param != c.param {
			t.Errorf("%s: %v", name, err)
		}
	}
	viewer := &gateway.Principal{Workspace: owner.Workspace, Member: "mem-2", Role: gateway.RoleViewer}
	if _, err := s.ChangeWeights(t.Context(), viewer, "", "support", map[string]float64{"short": 1}); kind(err) != gateway.Forbidden {
		t.Error(err)
	}
	create(t, s, "plain", `{"prompt":"x"}`)
	if _, err := s.ChangeWeights(t.Context(), owner, "", "plain", nil); kind(err) != gateway.Conflict {
		t.Error(err)
	}
}

// TestEndExperiment: after its end, every caller gets what the callers of the winning arm got.
func TestEndExperiment(t *testing.T) {
	for _, bodies := range [][]string{
		{support},
		{`{"model":"gpt-5","virtual_key":"vk_a","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"{{q}}"}],"parameters":{"temperature":0.2,"top_p":1},"tools":[],
		  "variables":{"q":{"type":"string"}},"variants":[{"name":"a"},{"name":"b","prompt":"{{q}}?","parameters":{"temperature":1,"seed":4}},{"name":"c","model":"@vk_b/claude"},{"name":"d","virtual_key":"vk_c"},{"name":"e","model":"gpt-6","response_format":{"type":"text"}}]}`},
		{`{"model":"@vk_a/gpt-5","prompt":"{{q}}","variants":[{"name":"a"},{"name":"b","virtual_key":"vk_c"},{"name":"c","parameters":{"seed":4}}]}`},
		{`{"model":"gpt-5","prompt":"old {{q}}","config":"other"}`, `{"model":"gpt-6","prompt":"new {{q}}","variants":[{"name":"a"},{"name":"b","version":1}]}`},
	} {
		s, _ := service(t)
		create(t, s, "support", bodies...)
		experiment, err := s.Experiment(t.Context(), owner, "", "support")
		if err != nil {
			t.Fatal(err)
		}
		for _, arm := range experiment.Arms {
			only, ended := rendered(t, bodies, arm.Name, false), rendered(t, bodies, arm.Name, true)
			if only != ended {
				t.Errorf("%s of %s:\n%s\nafter the end:\n%s", arm.Name, bodies[len(bodies)-1], only, ended)
			}
		}
		if _, err := s.EndExperiment(t.Context(), owner, "", "support", "nobody"); gateway.AsError(err).Param != "variant" {
			t.Error(err)
		}
	}
}

// rendered is what a call gets while one arm has all weight, or after the experiment ended with it.
func rendered(t *testing.T, bodies []string, arm string, end bool) string {
	t.Helper()
	s, _ := service(t)
	create(t, s, "support", bodies...)
	experiment, err := s.Experiment(t.Context(), owner, "", "support")
	if err != nil {
		t.Fatal(err)
	}
	if end {
		v, err := s.EndExperiment(t.Context(), owner, "", "support", arm)
		if err != nil || strings.Contains(string(v.Body), `"variants"`) || v.Active != v.Newest {
			t.Fatalf("%s %v", v.Body, err)
		}
	} else {
		weights := map[string]float64{}
		for _, a := range experiment.Arms {
			weights[a.Name] = 0
		}
		weights[arm] = 1
		if _, err := s.ChangeWeights(t.Context(), owner, "", "support", weights); err != nil {
			t.Fatal(err)
		}
	}
	_, text, err := run(t, s, exchange(t, gateway.OpRender, "support", `{"q":"where"}`, `{}`, "mem-1"))
	if err != nil {
		t.Fatal(err)
	}
	var request map[string]any // the order of fields does not matter
	if err := json.Unmarshal([]byte(text), &request); err != nil {
		t.Fatal(err)
	}
	sorted, _ := json.Marshal(request)
	return string(sorted)
}
