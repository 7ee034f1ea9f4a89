package gateway

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// Target is a leaf of the Plan: one provider, model and credential, with the parameters that
// the config sets. It is immutable and shared between exchanges.
type Target struct {
	Path       string         // "config.targets[1].targets[0]"
	Provider   string         // vendor id: "openai", "anthropic", "mock" …
	VirtualKey string         // name; "" if the caller sent its own credential
	BaseURL    string         // "" = the vendor's; as the vendor's SDK takes it
	CustomHost bool           // BaseURL comes from a header or config: it is also checked when connecting
	Credential Secret         // of the attempt where Pool chose it; else of all calls
	Pool       CredentialPool // chooses the credential of each attempt; nil: Credential is fixed
	// CredentialName and CredentialFingerprint tell which of Pool's credentials the attempt has.
	CredentialName, CredentialFingerprint string

	Models    []string         // the virtual key's models; empty = all
	Prices    Prices           // of the virtual key; nil = the catalogue's
	MaxOutput map[string]int64 // the virtual key's, by model: largest number of output tokens; "*" for all others
	Formats   Formats          // the virtual key's; empty = the vendor's
	// CheckFormats is true if the base URLs of Formats are also checked when connecting.
	CheckFormats bool
	Settings     ProviderSettings // the virtual key's

	Model    string // replaces the request's model; "" = the request's
	Default  []byte // JSON object: fields for the body if absent
	Override []byte // JSON object: fields that replace the body's
	Drop     []string

	Timeout time.Duration // to the first chunk; 0 = the server's first_byte
	Retry   RetryPolicy
	Forward []string // names of the caller's headers to forward

	// CachePoints adds cache points for Anthropic's prompt cache to requests that have none.
	CachePoints bool
	// BillingLine says what becomes of the first system block of Claude Code's, which is
	// another one in each call, on a target in Anthropic's format.
	BillingLine BillingLine

	PromptID string          // this arm's template; the prompt stage draws among arms
	Input    []GuardrailSpec // the target's own, without the root's
	Output   []GuardrailSpec // all that apply to its answer, the root's first
}

// BillingLine is what becomes of Claude Code's billing line.
type BillingLine string

// What becomes of it. By default Anthropic's own servers get it, and all others do not: there it
// keeps prompt caches from ever matching.
const (
	BillingLineDefault BillingLine = ""
	BillingLineKeep    BillingLine = "keep"
	BillingLineDrop    BillingLine = "drop"
)

// Apply returns the request for this target. In Portkey's order: default_params add missing
// fields, override_params replace fields, drop_params remove fields, then the model is set.
// The original request is unchanged.
func (t *Target) Apply(req *Request) (*Request, error) {
	if len(t.Default) == 0 && len(t.Override) == 0 && len(t.Drop) == 0 && (t.Model == "" || t.Model == req.Model()) {
		return req, nil
	}
	raw, err := t.setParameters(req)
	if err != nil {
		return nil, err
	}
	paths := make([][]string, len(t.Drop))
	for i, path := range t.Drop {
		if paths[i] = dropPath(path); len(paths[i]) == 1 {
			paths[i], _ = placed(req.Dialect, path, nil)
		}
	}
	raw = jsonx.DeleteAll(raw, paths)
	named := jsonx.Get(t.Override, "model") != nil
	if t.Model != "" && !named {
		raw = jsonx.Update(raw, jsonx.Change{Name: "model", Value: jsonx.Quote(t.Model)})
	}
	return req.WithRaw(raw)
}

// WithCredential returns a copy of t for an attempt with one of Pool's credentials.
func (t *Target) WithCredential(c Credential) *Target {
	out := *t
	out.Credential, out.CredentialName, out.CredentialFingerprint = c.Value, c.Name, c.Fingerprint
	return &out
}

// setParameters returns the body with the default and override parameters.
func (t *Target) setParameters(req *Request) ([]byte, error) {
	var changes []jsonx.Change
	var inside []parameter // of an object of the body
	add := func(m jsonx.Member, ifAbsent bool) {
		if path, value := placed(req.Dialect, m.Key, m.Value); len(path) > 1 {
			inside = append(inside, parameter{path, value, ifAbsent})
		} else {
			changes = append(changes, jsonx.Change{Name: m.Key, Value: m.Value, IfAbsent: ifAbsent})
		}
	}
	for m := range jsonx.Members(t.Default) {
		add(m, true)
	}
	for m := range jsonx.Members(t.Override) {
		add(m, false)
	}
	raw := jsonx.Update(req.Raw, changes...)
	for _, p := range inside {
		if p.ifAbsent && jsonx.Get(raw, p.path...) != nil {
			continue
		}
		var err error
		if raw, err = jsonx.Set(raw, p.value, p.path...); err != nil {
			return nil, &Error{Op: "gateway.Target.Apply", Kind: Invalid, Param: p.path[0], Target: t.Path, Err: err,
				Public: "The field '" + p.path[0] + "' must be an object."}
		}
	}
	return raw, nil
}

// parameter is a parameter of a config whose place is inside of an object of the body.
type parameter struct {
	path     []string
	value    []byte
	ifAbsent bool
}

// placed returns where a parameter of a config belongs in a body of the format d, and its
// value there.
func placed(d Dialect, name string, value []byte) ([]string, []byte) {
	if p, ok := d.(ParameterPlacer); ok {
		return p.Place(name, value)
	}
	return []string{name}, value
}

// dropPath parses a path of drop_params, with dots, brackets, and [*] for every element
// ("messages[*].name").
func dropPath(path string) []string {
	path = strings.NewReplacer("[", ".", "]", "").Replace(path)
	return strings.Split(strings.Trim(path, "."), ".")
}

// UpstreamModel returns the model that Apply sends upstream for a request of model.
func (t *Target) UpstreamModel(model string) string {
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

// MarshalJSON omits the credential.
func (t *Target) MarshalJSON() ([]byte, error) {
	type view struct {
		Path, Provider, VirtualKey, Model string
	}
	return json.Marshal(view{t.Path, t.Provider, t.VirtualKey, t.Model})
}
