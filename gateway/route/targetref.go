package route

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/document"
)

// targetRef is a reference to a target: a virtual key or a vendor, and optionally a model. A
// request can hold several. The order of precedence is: provider header
// "@virtual-key[/model]", virtual-key header, model "@virtual-key/model", provider header
// with a vendor, model "mock/…", model "vendor/model".
type targetRef struct {
	virtualKey   string
	vendor       string
	model        string // sent upstream, without the prefix; "" = the body's model
	bodyModel    string // the body's model without "@virtual-key/"
	header       string // the header that holds the reference, without "x-sluice-"
	path         string // the config object that holds it; with header "" too, the model holds it
	vendorPrefix bool   // read from "vendor/model": used only if nothing else names a target
}

func (a targetRef) empty() bool { return a.virtualKey == "" && a.vendor == "" }

// field returns the header or field that holds the reference, as the caller spelled it.
func (a targetRef) field(env *gateway.Envelope) string {
	switch {
	case a.path != "" && a.virtualKey != "":
		return a.path + ".virtual_key"
	case a.path != "":
		return a.path + ".provider"
	case a.header != "":
		return headerName(env, a.header)
	}
	return "model"
}

// explicit reports whether a takes precedence over the targets of a config that the caller
// did not choose.
func (a targetRef) explicit() bool {
	return !a.empty() && (!a.vendorPrefix || a.vendor == document.Mock)
}

// requestedTarget reads the target that the request itself names.
func (s *Service) requestedTarget(env *gateway.Envelope, model string) (targetRef, error) {
	const op = "route.Configure"
	a := targetRef{bodyModel: model}
	vk, rest, prefixed := document.CutVirtualKey(model)
	if prefixed {
		if vk == "" || rest == "" {
			return a, gateway.InvalidField(op, "model", "The model '"+gateway.Shorten(model)+"' must be '@virtual-key/model'.")
		}
		a.bodyModel = rest
	}
	if env.Provider != "" && env.Provider[0] != '@' { // an unknown vendor is an error even if another reference takes precedence
		if _, ok := s.cfg.Rules.Canonical(env.Provider); !ok {
			at := headerName(env, "provider")
			return a, gateway.InvalidField(op, at, "The header "+at+" names no provider that Sluice knows: '"+gateway.Shorten(env.Provider)+"'. A virtual key is written with an '@' in front.")
		}
	}
	switch {
	case strings.HasPrefix(env.Provider, "@"):
		a.header = "provider"
		a.virtualKey, a.model, _ = strings.Cut(env.Provider[1:], "/")
		if a.virtualKey == "" {
			at := a.field(env)
			return a, gateway.InvalidField(op, at, "The header "+at+" names no virtual key after the '@'.")
		}
	case env.VirtualKey != "":
		a.header = "virtual-key"
		a.virtualKey = strings.TrimPrefix(env.VirtualKey, "@")
	case prefixed:
		a.virtualKey = vk
	case env.Provider != "":
		a.header = "provider"
		a.vendor, _ = s.cfg.Rules.Canonical(env.Provider)
	default:
		a.readVendorPrefix(s, model)
	}
	return a, nil
}

// readVendorPrefix sets a from a model "vendor/model" with a known vendor.
func (a *targetRef) readVendorPrefix(s *Service, model string) {
	head, rest, ok := strings.Cut(model, "/")
	if !ok || head == "" || rest == "" {
		return
	}
	if vendor, known := s.cfg.Rules.Canonical(head); known && (s.cfg.Rules.Vendor != nil || vendor == document.Mock) {
		a.vendor, a.model, a.vendorPrefix = vendor, rest, true
	}
}

// headerName returns the header that the caller sent, with its prefix: x-portkey- or
// x-sluice-.
func headerName(env *gateway.Envelope, name string) string {
	if env.Header.Get("x-portkey-"+name) != "" && env.Header.Get("x-sluice-"+name) == "" {
		return "x-portkey-" + name
	}
	return "x-sluice-" + name
}

// isPlaceholderCredential reports whether c is a value that SDKs send if no key was set.
func isPlaceholderCredential(c gateway.Secret) bool {
	switch c.Reveal() {
	case "", "OPENAI_API_KEY", "DUMMY-KEY":
		return true
	}
	return false
}
