package access

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/cli/api"
	"github.com/sluicegate/sluice/internal/upstreamcheck"
)

func compareVirtualKeyCommand() *cobra.Command {
	var trusted, model, trustedModel string
	var samples, contextWords int
	cmd := api.Command("compare NAME", "Compare what a virtual key serves with what a trusted one serves; exit code 1 if they differ", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		switch {
		case trusted == "":
			return api.Usage("--trusted is missing: the virtual key to compare with, such as that of the model's maker")
		case trusted == args[0]:
			return api.Usage("--trusted is the key that is compared")
		case model == "":
			return api.Usage("--model is missing: the model to ask, as the provider of %s names it", args[0])
		case samples < 3 || samples > 50:
			return api.Usage("--samples must be between 3 and 50")
		case contextWords < 0 || contextWords > 500_000:
			return api.Usage("--context must be at most 500000 words")
		}
		asker := &questioner{client: c, models: map[string]string{args[0]: model, trusted: model}}
		if trustedModel != "" {
			asker.models[trusted] = trustedModel
		}
		o := upstreamcheck.Options{Checked: args[0], Trusted: trusted, Samples: samples, ContextWords: contextWords, Parallel: 4, Random: rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))}
		if api.IsTerminal(cmd.ErrOrStderr()) {
			o.Progress = func(done, of int) { api.DrawProgress(cmd.ErrOrStderr(), done, of) }
		}
		report, err := upstreamcheck.Run(cmd.Context(), asker, o)
		if err != nil {
			return err
		}
		if err := printComparison(c, report); err != nil {
			return err
		}
		if report.Differs() {
			return fmt.Errorf("%s does not serve what %s serves", args[0], trusted)
		}
		return nil
	})
	cmd.Long = "Ask two virtual keys the same questions, some 27 calls to each, and compare what they answer and count:\n" +
		"whether a reseller serves the model that it sells. The calls are ordinary calls of your API key,\n" +
		"with their cost, and without the cache."
	f := cmd.Flags()
	f.StringVar(&trusted, "trusted", "", "the virtual key to compare with")
	f.StringVar(&model, "model", "", "the model to ask")
	f.StringVar(&trustedModel, "trusted-model", "", "the model's name at the trusted key (default the same)")
	f.IntVar(&samples, "samples", 5, "answers to each of four open questions; more tell smaller differences")
	f.IntVar(&contextWords, "context", 0, "ask with a text of so many words, too, to see whether long prompts are cut")
	return cmd
}

// questioner asks the questions of a comparison as calls to the server.
type questioner struct {
	client *api.Client
	models map[string]string // by virtual key
}

// call sends a body to one virtual key: no other target, no cache, no second try.
func (q *questioner) call(ctx context.Context, key, path string, body api.Body) (gjson.Result, error) {
	config, err := json.Marshal(api.Body{"virtual_key": key, "retry": api.Body{"attempts": 0}})
	if err != nil {
		return gjson.Result{}, fmt.Errorf("encode the config: %w", err)
	}
	c := *q.client
	c.HTTP = &http.Client{Timeout: 5 * time.Minute}
	c.Header = http.Header{"X-Sluice-Config": {string(config)}, "X-Sluice-Cache": {"off"}, "X-Sluice-Metadata": {`{"purpose":"virtual-keys compare"}`}}
	body["model"] = q.models[key]
	return c.Call(ctx, http.MethodPost, path, nil, body)
}

// Ask implements upstreamcheck.Caller.
func (q *questioner) Ask(ctx context.Context, key string, question upstreamcheck.Question) (upstreamcheck.Answer, error) {
	v, err := q.call(ctx, key, api.Path("chat", "completions"), api.Body{"max_tokens": question.MaxTokens, "messages": []api.Body{{"role": "user", "content": question.Text}}})
	if err != nil {
		return upstreamcheck.Answer{}, err
	}
	return upstreamcheck.Answer{ID: gateway.Shorten(v.Get("id").String()), Model: gateway.Shorten(v.Get("model").String()), Text: v.Get("choices.0.message.content").String(),
		InputTokens: int(v.Get("usage.prompt_tokens").Int()), OutputTokens: int(v.Get("usage.completion_tokens").Int()),
		ReasoningTokens: int(v.Get("usage.completion_tokens_details.reasoning_tokens").Int())}, nil
}

const reasoningQuestion = "Which is larger, 17 times 23 or 19 times 21? Think first, then answer in one sentence."

// thinking are the two ways to ask Claude for reasoning: newer models take the first only, older ones the second.
var thinking = []api.Body{{"type": "adaptive"}, {"type": "enabled", "budget_tokens": 1024}}

// Reason implements upstreamcheck.Caller.
func (q *questioner) Reason(ctx context.Context, key string) (signed []byte, err error) {
	for _, how := range thinking {
		var v gjson.Result
		v, err = q.call(ctx, key, api.Path("messages"), api.Body{"max_tokens": 4000, "thinking": how, "messages": []api.Body{{"role": "user", "content": reasoningQuestion}}})
		if refused(err) {
			continue
		}
		if content := v.Get("content"); err == nil && content.Get(`#(signature!="").signature`).String() != "" {
			return []byte(content.Raw), nil
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, err
}

// Resume implements upstreamcheck.Caller.
func (q *questioner) Resume(ctx context.Context, key string, signed []byte) (bool, error) {
	messages := []api.Body{{"role": "user", "content": reasoningQuestion}, {"role": "assistant", "content": json.RawMessage(signed)}, {"role": "user", "content": "Now say the larger product only."}}
	var err error
	for _, how := range thinking {
		_, err = q.call(ctx, key, api.Path("messages"), api.Body{"max_tokens": 4000, "thinking": how, "messages": messages})
		if !refused(err) {
			return err == nil, err
		}
	}
	return false, nil
}

// refused reports whether a provider has found the call itself wrong.
func refused(err error) bool {
	e, ok := errors.AsType[*api.Error](err)
	return ok && e.Status == http.StatusBadRequest
}

// printComparison prints one line a check.
func printComparison(c *api.Client, report *upstreamcheck.Report) error {
	if c.JSON {
		raw, err := json.Marshal(report)
		if err != nil {
			return fmt.Errorf("encode the report: %w", err)
		}
		return c.PrintJSON(gjson.ParseBytes(raw))
	}
	var rows [][]string
	for _, f := range report.Findings {
		rows = append(rows, []string{f.Check, string(f.Verdict), api.Printable(f.Evidence)})
	}
	if err := api.WriteTable(c.Out, api.IsTerminal(c.Out), []string{"CHECK", "VERDICT", "EVIDENCE"}, rows); err != nil || report.Failed == 0 {
		return err
	}
	_, err := fmt.Fprintf(c.Out, "%d of %d questions were not answered by both keys.\n", report.Failed, report.Failed+report.Pairs)
	return err
}
