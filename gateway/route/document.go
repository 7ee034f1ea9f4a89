package route

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// document is a config, or a target inside one, as its author wrote it: valid, short
// forms expanded, not yet joined with a request, a workspace or its parents. Immutable
// once parsed.
type document struct {
	path   string // "config", "config.targets[1]"
	offset int

	// A group.
	mode     gateway.Mode // "" = a leaf
	onStatus []int
	targets  []*document

	// A leaf's own address. All empty: the request's, or the parent's.
	provider      string // canonical vendor id
	virtualKey    string
	apiKey        gateway.Secret
	model         string // of provider "@virtual-key/model"
	fallbackEntry string // of a "fallback" short form: "model" or "vendor/model"
	promptID      string

	name       string
	weight     float64
	retry      *gateway.RetryPolicy
	timeout    time.Duration
	customHost string
	forward    []string        // nil = inherit
	defaults   json.RawMessage // JSON objects
	overrides  json.RawMessage
	drop       []string // nil = inherit
	input      []gateway.GuardrailSpec
	output     []gateway.GuardrailSpec

	// Top level only.
	cache  *gateway.CachePolicy
	redact *redactConfig

	fallback []string // the short form, until expand
	size     int      // of the text
	offsets  fieldOffsets
}

// places remembers where fields stood that are judged only when the object is complete.
type fieldOffsets struct {
	apiKey, targets, strategy, fallback, overrides int

	hasStrategy, hasTargets bool
	overrideKey             string // virtual key in override_params.model
}

// redaction is a "redact" as written.
type redactConfig struct {
	off     bool
	input   []string
	restore *bool
}

func (d *document) isLeaf() bool { return d.mode == "" }

// named reports whether d says itself which provider it is for.
func (d *document) namesTarget() bool { return d.provider != "" || d.virtualKey != "" }

// vacant reports whether the request's address has a place in d: some leaf names none.
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

// vacated is d without its targets: one leaf for the request's address, under everything
// else that d says.
func (d *document) withoutTargets() *document {
	c := *d
	c.mode, c.onStatus, c.targets = "", nil, nil
	c.provider, c.virtualKey, c.apiKey, c.model, c.promptID = "", "", gateway.Secret{}, "", ""
	return &c
}

// expand turns {…, fallback: [b, "@vk/c"]} into a fallback over d itself, b and c.
// What children inherit stays at the group; what addresses moves to the children.
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

// modelOverride is {"model": model}: it beats a model that the group overrides.
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
