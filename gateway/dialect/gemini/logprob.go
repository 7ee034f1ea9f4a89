package gemini

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// logprobs is a logprobsResult.
type logprobs struct {
	Top    []topCandidates `json:"topCandidates,omitempty"`
	Chosen []logprob       `json:"chosenCandidates"`
}

type topCandidates struct {
	Candidates []logprob `json:"candidates"`
}

type logprob struct {
	Token string      `json:"token"`
	Value json.Number `json:"logProbability"`
}

// maxLogprobs bounds how many tokens of one candidate are told of.
const maxLogprobs = 1 << 16

// readLogprobs reads a logprobsResult.
func readLogprobs(v gjson.Result) []message.Logprob {
	f := fieldsOf(v)
	var out []message.Logprob
	for _, v := range elements(f["chosenCandidates"]) {
		out = append(out, readLogprob(v))
	}
	for i, v := range elements(f["topCandidates"]) {
		if i == len(out) {
			break
		}
		for _, top := range elements(fieldsOf(v)["candidates"]) {
			out[i].Top = append(out[i].Top, readLogprob(top))
		}
	}
	return out
}

func readLogprob(v gjson.Result) message.Logprob {
	f := fieldsOf(v)
	p := message.Logprob{Token: f.text("token"), Value: "0"}
	if n := f["logProbability"]; n.Type == gjson.Number {
		p.Value = json.Number(n.Raw)
	}
	return p
}

func writeLogprobs(list []message.Logprob) *logprobs {
	if len(list) == 0 {
		return nil
	}
	out := &logprobs{}
	alternatives := false
	for _, p := range list {
		out.Chosen = append(out.Chosen, logprob{p.Token, p.Value})
		top := topCandidates{Candidates: []logprob{}}
		for _, t := range p.Top {
			top.Candidates = append(top.Candidates, logprob{t.Token, t.Value})
			alternatives = true
		}
		out.Top = append(out.Top, top)
	}
	if !alternatives {
		out.Top = nil
	}
	return out
}
