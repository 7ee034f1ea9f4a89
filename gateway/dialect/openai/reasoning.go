package openai

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// efforts are the efforts that a body may ask for.
var efforts = []string{"none", "minimal", "low", "medium", "high", "xhigh", "max"}

// readReasoning reads OpenRouter's object "reasoning": effort or max_tokens say how much the
// model thinks, enabled alone stands for a medium effort or for none. Its member exclude is
// about the answer (https://openrouter.ai/docs/use-cases/reasoning-tokens).
func readReasoning(v gjson.Result) (r message.Reasoning, err error) {
	if !given(v) {
		return r, nil
	}
	if !v.IsObject() {
		return r, invalid("reasoning", "must be an object")
	}
	for _, name := range []string{"enabled", "exclude"} {
		if flag := v.Get(name); given(flag) && !flag.IsBool() {
			return r, invalid("reasoning."+name, "must be true or false")
		}
	}
	if effort := v.Get("effort"); given(effort) {
		if r.Effort = text(effort); !slices.Contains(efforts, r.Effort) {
			return r, invalid("reasoning.effort", "must be one of "+strings.Join(efforts, ", "))
		}
	}
	if limit := v.Get("max_tokens"); given(limit) {
		n, ok := gateway.ReadCount([]byte(limit.Raw))
		if !ok {
			return r, invalid("reasoning.max_tokens", "must be a positive whole number")
		}
		r.Budget = n
	}
	switch enabled := v.Get("enabled"); {
	case enabled.Type == gjson.False:
		return message.Reasoning{Effort: "none"}, nil
	case r.Effort == "" && r.Budget > 0:
		r.Effort = effortOf(r)
	case r.Effort == "" && enabled.Type == gjson.True:
		r.Effort = "medium"
	}
	return r, nil
}

func given(v gjson.Result) bool { return v.Exists() && v.Type != gjson.Null }

// addReasoning takes in the object "reasoning". The fields reasoning_effort and thinking of
// the same body win.
func addReasoning(m *message.Request, v gjson.Result) error {
	r, err := readReasoning(v)
	if m.Reasoning.Effort == "" {
		m.Reasoning.Effort = r.Effort
	}
	if m.Reasoning.Budget == 0 && m.Reasoning.Native == nil && m.Reasoning.Effort == r.Effort {
		m.Reasoning.Budget = r.Budget
	}
	return err
}

// PlainReasoning returns the body of a chat with reasoning_effort in place of the object
// "reasoning", which OpenAI and most vendors of its format refuse. A reasoning_effort of the
// body stays. keepSwitch leaves an object that only turns reasoning on or off.
func PlainReasoning(raw []byte, keepSwitch bool) ([]byte, error) {
	object := jsonx.Get(raw, "reasoning")
	if object == nil {
		return raw, nil
	}
	v := gjson.ParseBytes(object)
	r, err := readReasoning(v)
	if err != nil {
		return nil, err
	}
	if keepSwitch && given(v.Get("enabled")) && !given(v.Get("effort")) && !given(v.Get("max_tokens")) {
		return raw, nil
	}
	changes := []jsonx.Change{{Name: "reasoning"}}
	own := jsonx.Get(raw, "reasoning_effort")
	if effort := effortOf(r); effort != "" && (own == nil || own[0] == 'n') {
		changes = append(changes, jsonx.Change{Name: "reasoning_effort", Value: jsonx.Quote(effort)})
	}
	return jsonx.Update(raw, changes...), nil
}

// readDetails reads OpenRouter's list reasoning_details of a model's turn. Pieces of one text follow
// each other; the last one has the signature. What only another vendor's model can decrypt is left
// out.
func readDetails(list gjson.Result) []message.Part {
	var parts []message.Part
	open := false // the last part may go on
	list.ForEach(func(_, d gjson.Result) bool {
		format := text(d.Get("format"))
		p := message.Part{Kind: message.KindReasoning}
		switch text(d.Get("type")) {
		case "reasoning.text":
			p.Text = text(d.Get("text"))
			if format == "" || strings.HasPrefix(format, "anthropic") {
				p.Sign.Value = text(d.Get("signature"))
			}
			if n := len(parts); open && n > 0 {
				parts[n-1].Text += p.Text
				parts[n-1].Sign = p.Sign
			} else {
				parts = append(parts, p)
			}
			open = p.Sign.Value == ""
			return true
		case "reasoning.summary":
			p.Text = text(d.Get("summary"))
		case "reasoning.encrypted":
			switch data := text(d.Get("data")); {
			case strings.HasPrefix(format, "anthropic"):
				p.Sign.Encrypted = data
			case strings.HasPrefix(format, "google"):
				p.Sign.Encrypted = message.Stamp(message.StampGoogle, data)
			}
		}
		if open = false; p.Text != "" || p.Sign != (message.Signature{}) {
			parts = append(parts, p)
		}
		return true
	})
	return parts
}
