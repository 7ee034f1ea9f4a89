package gateway

import (
	"encoding/json"
	"time"
)

// Target is a leaf of the Plan: one provider, model and credential with the
// parameters that the config sets. Immutable, shared between exchanges.
type Target struct {
	Path       string // "config.targets[1].targets[0]"
	Provider   string // vendor id: "openai", "anthropic", "mock" …
	VirtualKey string // name; "" if the caller brought its own credential
	BaseURL    string // "" = the vendor's; as the vendor's SDK takes it
	CustomHost bool   // BaseURL came from a header or config: checked at connect time too
	Credential Secret
	Models     []string // the virtual key's models; empty = all
	Prices     Prices   // of the virtual key; nil = catalogue

	Model    string // replaces the request's model; "" = as asked
	Default  []byte // JSON object, fills gaps
	Override []byte // JSON object, beats the caller
	Drop     []string

	Timeout time.Duration // to the first chunk; 0 = the server's first_byte
	Retry   RetryPolicy
	Forward []string // names of the caller's headers to pass on

	PromptID string          // this arm's template; drawn by the prompt stage
	Input    []GuardrailSpec // its own, without the root's
	Output   []GuardrailSpec // all that apply to its answer, root's first
}

// Prices are a virtual key's own prices: model → price. The model "*" is for all others.
type Prices map[string]Price

// Price is nano-USD per million tokens, so that 1 USD per million is 1e9. A nil
// CacheRead or CacheWrite means: as Input.
type Price struct {
	Input      int64  `json:"input"`
	Output     int64  `json:"output"`
	CacheRead  *int64 `json:"cache_read,omitempty"`
	CacheWrite *int64 `json:"cache_write,omitempty"`
	Version    string `json:"version,omitempty"`
}

// Cost is what u costs, in nano-USD, rounded up to the next one.
func (p Price) Cost(u Usage) int64 {
	read, write := p.Input, p.Input
	if p.CacheRead != nil {
		read = *p.CacheRead
	}
	if p.CacheWrite != nil {
		write = *p.CacheWrite
	}
	plain := max(u.Input-u.CacheRead-u.CacheWrite, 0)
	const per = 1_000_000
	sum := plain*p.Input + u.CacheRead*read + u.CacheWrite*write + u.Output*p.Output
	return (sum + per - 1) / per
}

// Apply makes the request that this target gets, in Portkey's order: default_params
// fill gaps, override_params beat the caller, drop_params remove, then the model.
// The original request is untouched.
func (t *Target) Apply(req *Request) (*Request, error) {
	if len(t.Default) == 0 && len(t.Override) == 0 && len(t.Drop) == 0 && (t.Model == "" || t.Model == req.Model()) {
		return req, nil
	}
	var room [8]Change
	changes := room[:0]
	for m := MembersOf(t.Default); m.Next(); {
		changes = put(changes, Change{Name: string(m.Key), Value: m.Value, fill: true})
	}
	named := false
	for m := MembersOf(t.Override); m.Next(); {
		changes = put(changes, Change{Name: string(m.Key), Value: m.Value})
		named = named || string(m.Key) == "model"
	}
	var model Change
	if t.Model != "" && !named {
		model = Change{Name: "model", Value: AppendQuoted(nil, t.Model)}
	}
	switch {
	case len(t.Drop) > 0:
		out, err := t.drop(req, changes)
		if err != nil || model.Name == "" {
			return out, err
		}
		return out.WithFields(model) // drop_params may have named it
	case model.Name != "":
		changes = put(changes, model)
	case len(changes) == 0:
		return req, nil
	}
	return req.WithFields(changes...)
}

// put adds a change; a later one of the same field beats an earlier one.
func put(changes []Change, c Change) []Change {
	for i := range changes {
		if changes[i].Name == c.Name {
			changes[i] = c
			return changes
		}
	}
	return append(changes, c)
}

// drop makes the changes and then removes what drop_params names.
func (t *Target) drop(req *Request, changes []Change) (*Request, error) {
	raw := req.Raw
	if len(changes) > 0 {
		raw, _ = rewrite(raw, changes, nil)
	}
	raw, err := dropPaths(raw, t.Drop)
	if err != nil {
		return nil, &Error{Op: "gateway.Target.Apply", Kind: Invalid, Public: "The config's parameters cannot be applied to this body.", Target: t.Path, Err: err}
	}
	return req.WithRaw(raw)
}

// Sends is the model that t sends upstream for a request of model, as Apply has it.
func (t *Target) Sends(model string) string {
	if o := Member(t.Override, "model"); o != nil {
		return TextOf(o)
	}
	switch {
	case t.Model != "":
		return t.Model
	case model != "" || len(t.Default) == 0:
		return model
	}
	return TextOf(Member(t.Default, "model"))
}

// MarshalJSON keeps the credential out of every dump of a plan.
func (t *Target) MarshalJSON() ([]byte, error) {
	type view struct {
		Path, Provider, VirtualKey, Model string
	}
	return json.Marshal(view{t.Path, t.Provider, t.VirtualKey, t.Model})
}
