package gateway

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/sluicegate/sluice/internal/jsonx"
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
	Models     []string         // the virtual key's models; empty = all
	Prices     Prices           // of the virtual key; nil = catalogue
	MaxOutput  map[string]int64 // of the virtual key: model → most output tokens, "*" for all others

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
	var changes []jsonx.Change
	for m := range jsonx.Members(t.Default) {
		changes = append(changes, jsonx.Change{Name: m.Key, Value: m.Value, IfAbsent: true})
	}
	named := false
	for m := range jsonx.Members(t.Override) {
		changes = append(changes, jsonx.Change{Name: m.Key, Value: m.Value})
		named = named || m.Key == "model"
	}
	raw := jsonx.Update(req.Raw, changes...)
	paths := make([][]string, len(t.Drop))
	for i, path := range t.Drop {
		paths[i] = dropPath(path)
	}
	raw = jsonx.DeleteAll(raw, paths)
	if t.Model != "" && !named {
		raw = jsonx.Update(raw, jsonx.Change{Name: "model", Value: jsonx.Quote(t.Model)})
	}
	return req.WithRaw(raw)
}

// dropPath reads a path of drop_params: dots and brackets, [*] for every element
// ("messages[*].name").
func dropPath(path string) []string {
	path = strings.NewReplacer("[", ".", "]", "").Replace(path)
	return strings.Split(strings.Trim(path, "."), ".")
}

// Sends is the model that t sends upstream for a request of model, as Apply has it.
func (t *Target) Sends(model string) string {
	if o := jsonx.Get(t.Override, "model"); o != nil {
		return jsonx.String(o)
	}
	switch {
	case t.Model != "":
		return t.Model
	case model != "" || len(t.Default) == 0:
		return model
	}
	return jsonx.String(jsonx.Get(t.Default, "model"))
}

// MarshalJSON keeps the credential out of every dump of a plan.
func (t *Target) MarshalJSON() ([]byte, error) {
	type view struct {
		Path, Provider, VirtualKey, Model string
	}
	return json.Marshal(view{t.Path, t.Provider, t.VirtualKey, t.Model})
}
