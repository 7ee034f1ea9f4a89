package route

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// document is a config, or a target inside one, as its author wrote it. It is valid and
// short forms are expanded. It is not yet merged with a request, a workspace or its parents.
// Immutable once parsed.
type document struct {
	path   string // "config", "config.targets[1]"
	offset int

	// "" = a leaf
	mode     gateway.Mode // "" = a leaf
	onStatus []int
	onErrors []string // in the fallback around d
	failover bool     // of a loadbalance
	targets  []*document

	// canonical vendor id
	provider      string // canonical vendor id
	virtualKey    string
	apiKey        gateway.Secret
	model         string // from a provider "@virtual-key/model"
	fallbackEntry string // from a "fallback" short form: "model" or "vendor/model"
	promptID      string

	name       string
	weight     float64
	retry      *gateway.RetryPolicy
	timeout    time.Duration
	customHost string
	forward    []string        // nil = inherit
	defaults   json.RawMessage // JSON objects
	overrides  json.RawMessage
	drop       []string            // nil = inherit
	points     *bool               // cache_points; nil = inherit
	billing    gateway.BillingLine // "" = inherit
	input      []gateway.GuardrailSpec
	output     []gateway.GuardrailSpec

	// Top level only.
	cache  *gateway.CachePolicy
	redact *redactConfig

	fallback []string // the short form; nil after expandFallback
	size     int      // bytes of the config's text
	offsets  fieldOffsets
}

// fieldOffsets holds the byte offsets of fields that are checked once their whole object is
// read.
type fieldOffsets struct {
	apiKey, targets, strategy, fallback, overrides int

	hasStrategy, hasTargets bool
	overrideKey             string // the virtual key in override_params.model
}

// redactConfig is the "redact" setting of a config.
type redactConfig struct {
	off     bool
	input   []string
	restore *bool
}

func (d *document) isLeaf() bool { return d.mode == "" }

// namesTarget reports whether d names a provider or virtual key.
func (d *document) namesTarget() bool { return d.provider != "" || d.virtualKey != "" }

// acceptsRequested reports whether some leaf of d names no target, so that the request's is
// used there.
func (d *document) acceptsRequested() bool {
	if d.namesTarget() {
		return false
	}
	if d.isLeaf() {
		return true
	}
	for _, t := range d.targets {
		if t.acceptsRequested() {
			return true
		}
	}
	return false
}

// withoutTargets returns d with one leaf in place of its targets. The request names that
// leaf's target; every other setting of d stays.
func (d *document) withoutTargets() *document {
	c := *d
	c.mode, c.onStatus, c.targets = "", nil, nil
	c.provider, c.virtualKey, c.apiKey, c.model, c.promptID = "", "", gateway.Secret{}, "", ""
	return &c
}

// expandFallback turns {…, fallback: [b, "@vk/c"]} into a fallback over d itself, b and c.
// Inherited settings stay at the group; provider, virtual key and model move to the
// children.
func (d *document) expandFallback() {
	if len(d.fallback) == 0 {
		return
	}
	child := func(i int) *document {
		return &document{path: indexPath(d.path+".targets", i), offset: d.offset, weight: 1,
			provider: d.provider, virtualKey: d.virtualKey, apiKey: d.apiKey}
	}
	first := child(0)
	first.model, first.promptID = d.model, d.promptID
	d.targets = []*document{first}
	for i, entry := range d.fallback {
		c := child(i + 1)
		if vk, model, ok := cutVirtualKey(entry); ok {
			c.provider, c.apiKey = "", gateway.Secret{}
			c.virtualKey, c.model = vk, model
			c.overrides = modelOverride(model)
		} else {
			c.fallbackEntry = entry
		}
		d.targets = append(d.targets, c)
	}
	d.mode, d.fallback = gateway.ModeFallback, nil
	d.provider, d.virtualKey, d.apiKey, d.model, d.promptID = "", "", gateway.Secret{}, "", ""
}

// modelOverride returns {"model": model}. As a child's override it replaces the group's.
func modelOverride(model string) json.RawMessage {
	return append(jsonx.AppendQuote([]byte(`{"model":`), model), '}')
}

// cutVirtualKey splits "@virtual-key/model". "@cf/…" and "@hf/…" are model names of
// Cloudflare and Hugging Face.
func cutVirtualKey(s string) (virtualKey, model string, ok bool) {
	if !strings.HasPrefix(s, "@") || strings.HasPrefix(s, "@cf/") || strings.HasPrefix(s, "@hf/") {
		return "", s, false
	}
	virtualKey, model, _ = strings.Cut(s[1:], "/")
	return virtualKey, model, true
}
