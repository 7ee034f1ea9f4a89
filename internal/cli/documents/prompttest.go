package documents

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/cli/api"
	"github.com/sluicegate/sluice/prompts/testcase"
)

// MaxTestModels is how many models one run of test cases may name.
const MaxTestModels = 20

// promptTestCommand calls a prompt with the variables of its test cases, and judges the answers.
func promptTestCommand(workspace *string) *cobra.Command {
	var models []string
	cmd := api.Command("test REF", "Call a prompt with its test cases, and tell which answers fail", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		switch {
		case *workspace != "":
			return api.Usage("--workspace does not apply: calls of prompts use the workspace of the API key")
		case len(models) > MaxTestModels:
			return api.Usage("--model may be given %d times at most", MaxTestModels)
		case len(models) == 0:
			models = []string{""}
		}
		v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("prompts", args[0]), nil, nil)
		if err != nil {
			return err
		}
		var problem error
		cases := testcase.Parse(v.Get("body.test_cases"), "test_cases", func(path, message string) {
			problem = fmt.Errorf("%s: %s", path, message)
		})
		switch {
		case !v.Get("body.test_cases").Exists() || problem == nil && len(cases) == 0:
			return fmt.Errorf("the prompt %s has no test_cases", api.Printable(args[0]))
		case problem != nil:
			return problem
		}
		run := promptTestRun{Prompt: v.Get("slug").String(), Version: v.Get("version").Int()}
		run.callAll(cmd.Context(), c, cases, models, cmd.ErrOrStderr())
		if err := cmd.Context().Err(); err != nil {
			return err
		}
		if err := run.print(c); err != nil {
			return err
		}
		if run.Failed > 0 {
			return fmt.Errorf("%d of %d failed", run.Failed, run.Failed+run.Passed)
		}
		return nil
	})
	cmd.Flags().StringArrayVar(&models, "model", nil, "a model instead of the prompt's; may be repeated")
	return cmd
}

// promptTestRun is a run of the test cases of one version.
type promptTestRun struct {
	Prompt  string             `json:"prompt"`
	Version int64              `json:"version"`
	Passed  int                `json:"passed"`
	Failed  int                `json:"failed"`
	Results []promptTestResult `json:"results"`
}

// promptTestResult is what one model did with one case. Error is why there is no answer.
type promptTestResult struct {
	Case     string             `json:"case"`
	Model    string             `json:"model"` // "" = the prompt's own
	Passed   bool               `json:"passed"`
	Answer   string             `json:"answer"`
	Failures []testcase.Failure `json:"failures"`
	Error    string             `json:"error,omitempty"`
}

// callAll calls each model with each case, one call after the other, until ctx ends.
func (run *promptTestRun) callAll(ctx context.Context, c *api.Client, cases []testcase.Case, models []string, progress io.Writer) {
	draw := !c.JSON && api.IsTerminal(progress)
	for _, tc := range cases {
		for _, model := range models {
			result := run.callOne(ctx, c, tc, model)
			if ctx.Err() != nil {
				return
			}
			if run.Results = append(run.Results, result); result.Passed {
				run.Passed++
			} else {
				run.Failed++
			}
			if draw {
				api.DrawProgress(progress, len(run.Results), len(cases)*len(models))
			}
		}
	}
}

// callOne makes an ordinary call of the prompt, without the cache: a test asks the model. The
// metadata of the call names the case.
func (run *promptTestRun) callOne(ctx context.Context, c *api.Client, tc testcase.Case, model string) promptTestResult {
	result := promptTestResult{Case: tc.Name, Model: model, Failures: []testcase.Failure{}}
	metadata, err := json.Marshal(map[string]string{"prompt_test_case": tc.Name})
	if err != nil {
		result.Error = err.Error()
		return result
	}
	calls := *c
	calls.HTTP = &http.Client{Timeout: 10 * time.Minute} // a model may think for long
	calls.Header = http.Header{"X-Sluice-Metadata": {string(metadata)}, "X-Sluice-Cache": {"off"}}
	b := api.Body{"stream": false}.Text("model", model)
	if tc.Variables != nil {
		b["variables"] = json.RawMessage(tc.Variables)
	}
	v, err := calls.Call(ctx, http.MethodPost, api.Path("prompts", fmt.Sprintf("%s@%d", run.Prompt, run.Version), "completions"), nil, b)
	if err != nil {
		result.Error = err.Error()
		return result
	}
	result.Answer = v.Get("choices.0.message.content").String()
	tokens := int64(-1)
	if n := v.Get("usage.completion_tokens"); n.Type == gjson.Number {
		tokens = n.Int()
	}
	result.Failures = append(result.Failures, tc.Expect.Judge(result.Answer, tokens)...)
	result.Passed = len(result.Failures) == 0
	return result
}

func (run *promptTestRun) print(c *api.Client) error {
	if c.JSON {
		raw, err := json.Marshal(run)
		if err != nil {
			return fmt.Errorf("encode the results: %w", err)
		}
		return c.PrintJSON(gjson.ParseBytes(raw))
	}
	var rows [][]string
	for _, r := range run.Results {
		state, model := "pass", r.Model
		if !r.Passed {
			state = "FAIL"
		}
		if model == "" {
			model = "-"
		}
		rows = append(rows, []string{state, api.Printable(r.Case), api.Printable(model), api.Printable(r.reason())})
	}
	return api.WriteTable(c.Out, api.IsTerminal(c.Out), []string{"RESULT", "CASE", "MODEL", "REASON"}, rows)
}

// reason tells why a case failed, with the beginning of the answer; "-" if it passed.
func (r *promptTestResult) reason() string {
	const most = 200
	switch {
	case r.Error != "":
		return r.Error
	case r.Passed:
		return "-"
	}
	var parts []string
	for _, f := range r.Failures {
		parts = append(parts, f.String())
	}
	answer := []rune(r.Answer)
	if len(answer) > most {
		answer = append(answer[:most], '…')
	}
	return fmt.Sprintf("%s; the answer: %q", strings.Join(parts, "; "), string(answer))
}
