package openai

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// rawLogprobs is the member "logprobs" of a choice.
type rawLogprobs struct {
	Content []json.RawMessage `json:"content"`
	Refusal []json.RawMessage `json:"refusal,omitempty"`
}

type wireLogprob struct {
	topLogprob
	Top []topLogprob `json:"top_logprobs"`
}

type topLogprob struct {
	Token string      `json:"token"`
	Value json.Number `json:"logprob"`
	Bytes []int       `json:"bytes"`
}

// maxLogprobs bounds how many tokens of one answer are told of.
const maxLogprobs = 1 << 16

func logprobsOf(list []message.Logprob) *rawLogprobs {
	if len(list) == 0 {
		return nil
	}
	out := &rawLogprobs{}
	for _, p := range list {
		w := wireLogprob{topLogprob: topLogprobOf(p), Top: []topLogprob{}}
		for _, t := range p.Top {
			w.Top = append(w.Top, topLogprobOf(t))
		}
		out.Content = append(out.Content, rawOf(w))
	}
	return out
}

func topLogprobOf(p message.Logprob) topLogprob {
	w := topLogprob{Token: p.Token, Value: p.Value, Bytes: []int{}}
	for _, b := range []byte(p.Token) {
		w.Bytes = append(w.Bytes, int(b))
	}
	return w
}

// readLogprobs reads the probabilities in one event or body.
func readLogprobs(raw []byte, f func(choice int, list []message.Logprob)) {
	for i, choice := range gjson.GetBytes(raw, "choices").Array() {
		index := i
		if v := choice.Get("index"); v.Type == gjson.Number {
			index = int(v.Int())
		}
		var list []message.Logprob
		for _, v := range choice.Get("logprobs.content").Array() {
			p := readLogprob(v)
			for _, top := range v.Get("top_logprobs").Array() {
				p.Top = append(p.Top, readLogprob(top))
			}
			list = append(list, p)
		}
		if len(list) > 0 {
			f(index, list)
		}
	}
}

func readLogprob(v gjson.Result) message.Logprob {
	p := message.Logprob{Token: text(v.Get("token")), Value: "0"}
	if n := v.Get("logprob"); n.Type == gjson.Number {
		p.Value = json.Number(n.Raw)
	}
	return p
}
