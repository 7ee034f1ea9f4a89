package document

import (
	"crypto/sha256"
	"encoding/json"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/condition"
	"github.com/sluicegate/sluice/gateway/route/sticky"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Document is a config, or a target inside one, as its author wrote it. It is valid and
// short forms are expanded. It is not yet merged with a request, a workspace or its parents.
// Immutable once parsed.
type Document struct {
	Path   string // "config", "config.targets[1]"
	Offset int

	Mode     gateway.Mode // "" = a leaf
	OnStatus []int
	OnErrors []string // in the fallback around d
	Failover bool     // of a loadbalance
	// FirstOnly is true for a cheapest or fastest config that asks no other target when the first one fails.
	FirstOnly bool
	Chooser   *condition.Chooser // of a conditional
	Sticky    *sticky.Keeper     // of a loadbalance
	Breaker   *gateway.BreakerPolicy
	Targets   []*Document

	Provider      string // canonical vendor id
	VirtualKey    string
	APIKey        gateway.Secret
	Model         string // from a provider "@virtual-key/model"
	FallbackEntry string // from a "fallback" short form: "model" or "vendor/model"
	PromptID      string

	Name        string
	Weight      float64
	Retry       *gateway.RetryPolicy
	Timeout     time.Duration
	CustomHost  string
	Forward     []string        // nil = inherit
	Defaults    json.RawMessage // JSON objects
	Overrides   json.RawMessage
	Drop        []string            // nil = inherit
	CachePoints *bool               // cache_points; nil = inherit
	BillingLine gateway.BillingLine // "" = inherit
	Input       []gateway.GuardrailSpec
	Output      []gateway.GuardrailSpec

	// Top level only.
	Cache  *gateway.CachePolicy
	Redact *Redact

	Fallback []string // the short form; nil after ExpandFallback
	Size     int      // bytes of the config's text
	Sum      [sha256.Size]byte
	offsets  fieldOffsets
	branches branches
}

// fieldOffsets holds the byte offsets of fields that are checked once their whole object is
// read.
type fieldOffsets struct {
	apiKey, targets, strategy, fallback, overrides int

	hasStrategy, hasTargets bool
	overrideKey             string // the virtual key in override_params.model
}

// Redact is the "redact" setting of a config.
type Redact struct {
	Off     bool
	Input   []string
	Restore *bool
}

func (d *Document) IsLeaf() bool { return d.Mode == "" }

// NamesTarget reports whether d names a provider or virtual key.
func (d *Document) NamesTarget() bool { return d.Provider != "" || d.VirtualKey != "" }

// AcceptsRequested reports whether some leaf of d names no target, so that the request's is
// used there.
func (d *Document) AcceptsRequested() bool {
	if d.NamesTarget() {
		return false
	}
	if d.IsLeaf() {
		return true
	}
	for _, t := range d.Targets {
		if t.AcceptsRequested() {
			return true
		}
	}
	return false
}

// WithoutTargets returns d with one leaf in place of its targets. The request names that
// leaf's target; every other setting of d stays.
func (d *Document) WithoutTargets() *Document {
	c := *d
	c.Mode, c.OnStatus, c.Chooser, c.Breaker, c.Targets = "", nil, nil, nil, nil
	c.Provider, c.VirtualKey, c.APIKey, c.Model, c.PromptID = "", "", gateway.Secret{}, "", ""
	return &c
}

// Primary returns d without its fallbacks: what is asked first.
func (d *Document) Primary() *Document {
	if d.Mode != gateway.ModeFallback && !d.Mode.Ranks() || len(d.Targets) < 2 {
		return d
	}
	c := *d
	if d.Mode.Ranks() { // who is first is known at the call
		c.FirstOnly = true
		return &c
	}
	c.Mode, c.OnStatus, c.Targets = gateway.ModeSingle, nil, d.Targets[:1]
	return &c
}

// ExpandFallback turns {…, fallback: [b, "@vk/c"]} into a fallback over d itself, b and c.
// Inherited settings stay at the group; provider, virtual key and model move to the
// children.
func (d *Document) ExpandFallback() {
	if len(d.Fallback) == 0 {
		return
	}
	child := func(i int) *Document {
		return &Document{Path: IndexPath(d.Path+".targets", i), Offset: d.Offset, Weight: 1,
			Provider: d.Provider, VirtualKey: d.VirtualKey, APIKey: d.APIKey}
	}
	first := child(0)
	first.Model, first.PromptID = d.Model, d.PromptID
	d.Targets = []*Document{first}
	for i, entry := range d.Fallback {
		c := child(i + 1)
		if vk, model, ok := CutVirtualKey(entry); ok {
			c.Provider, c.APIKey = "", gateway.Secret{}
			c.VirtualKey, c.Model = vk, model
			c.Overrides = ModelOverride(model)
		} else {
			c.FallbackEntry = entry
		}
		d.Targets = append(d.Targets, c)
	}
	d.Mode, d.Fallback = gateway.ModeFallback, nil
	d.Provider, d.VirtualKey, d.APIKey, d.Model, d.PromptID = "", "", gateway.Secret{}, "", ""
}

// ModelOverride returns {"model": model}. As a child's override it replaces the group's.
func ModelOverride(model string) json.RawMessage {
	return append(jsonx.AppendQuote([]byte(`{"model":`), model), '}')
}

// CutVirtualKey splits "@virtual-key/model". "@cf/…" and "@hf/…" are model names of
// Cloudflare and Hugging Face.
func CutVirtualKey(s string) (virtualKey, model string, ok bool) {
	if !strings.HasPrefix(s, "@") || strings.HasPrefix(s, "@cf/") || strings.HasPrefix(s, "@hf/") {
		return "", s, false
	}
	virtualKey, model, _ = strings.Cut(s[1:], "/")
	return virtualKey, model, true
}
