package route

import (
	"maps"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/document"
)

// resolveTarget sets the provider, address and credential of t.
func (c *compiler) resolveTarget(t *gateway.Target, ask targetRef, in inherited) error {
	const op = "route.Configure"
	host, operators := in.customHost, c.operators
	if c.env.CustomHost != "" {
		host, operators = c.env.CustomHost, false
		if c.service.cfg.Rules.CheckAddress != nil {
			if err := c.service.cfg.Rules.CheckAddress(host); err != nil {
				return attributeError(err, op, headerName(c.env, "custom-host"), t.Path)
			}
		}
	}
	if ask.virtualKey != "" {
		vk, err := c.virtualKey(ask.virtualKey)
		if err != nil {
			return attributeError(err, op, ask.field(c.env), t.Path)
		}
		if ask.vendor != "" && ask.vendor != vk.Provider {
			return &gateway.Error{Op: op, Kind: gateway.Invalid, Param: ask.field(c.env), Target: t.Path,
				Public: "The virtual key '" + vk.Name + "' is for the provider '" + vk.Provider + "', not for '" + ask.vendor + "'."}
		}
		useVirtualKey(t, vk)
	} else {
		t.Provider = ask.vendor
		switch {
		case t.Provider == document.Mock:
			if rest, ok := strings.CutPrefix(c.model, document.Mock+"/"); ok && t.Model == "" {
				t.Model = rest
			}
		case !in.apiKey.Empty():
			t.Credential = in.apiKey
		case !isPlaceholderCredential(c.env.Credential) && !ask.vendorPrefix:
			t.Credential = c.env.Credential
		case host == "":
			if err := c.vendorCredential(t, ask); err != nil {
				return err
			}
		}
	}
	if host == "" {
		return c.checkLocal(t, ask)
	}
	// Who may save a config may not see credentials: only the operator sends them to another host.
	if t.VirtualKey != "" && !operators && hasCredential(t) && host != t.BaseURL && (c.service.cfg.TrustedAddress == nil || !c.service.cfg.TrustedAddress(host)) {
		field := t.Path + ".custom_host"
		if c.env.CustomHost != "" {
			field = headerName(c.env, "custom-host")
		}
		return &gateway.Error{Op: op, Kind: gateway.Invalid, Param: field, Target: t.Path,
			Public: "A custom host cannot be combined with the virtual key '" + t.VirtualKey + "': its credential would go to that host. Send your own credential, or set the virtual key's base_url. Only a config of the server's file may name both."}
	}
	t.BaseURL, t.CustomHost = host, true
	if len(t.Formats) > 0 { // their own base URLs would be another host
		t.Formats = maps.Clone(t.Formats)
		for name := range t.Formats {
			t.Formats[name] = ""
		}
	}
	return nil
}

// checkLocal refuses a vendor on the server's own machine, such as Ollama, unless the operator lends it:
// by a virtual key in the server's file, or by trusting the address.
func (c *compiler) checkLocal(t *gateway.Target, ask targetRef) error {
	cfg := &c.service.cfg
	declared := t.VirtualKey != "" && !t.CheckFormats
	if t.BaseURL != "" || declared || cfg.LocalAddress == nil {
		return nil
	}
	at := cfg.LocalAddress(t.Provider)
	if at == "" || cfg.TrustedAddress != nil && cfg.TrustedAddress(at) {
		return nil
	}
	return &gateway.Error{Op: "route.Configure", Kind: gateway.Invalid, Param: ask.field(c.env), Target: t.Path, Code: "local_provider",
		Public: "The provider '" + t.Provider + "' runs on the server's own machine. Calls reach it by a virtual key in the server's file; the operator may also list its host in 'trusted_hosts'."}
}

// vendorCredential uses the first virtual key of a vendor, else the caller's own credential.
func (c *compiler) vendorCredential(t *gateway.Target, ask targetRef) error {
	const op = "route.Configure"
	model := ""
	if ask.vendorPrefix {
		model = ask.model
	}
	vk, ok, err := c.firstVirtualKey(ask.vendor, model)
	switch {
	case err != nil:
		return attributeError(err, op, ask.field(c.env), t.Path)
	case ok:
		useVirtualKey(t, vk)
	case !isPlaceholderCredential(c.env.Credential):
		t.Credential = c.env.Credential
	case !c.service.cfg.keyless(ask.vendor):
		if ask.vendorPrefix {
			if vk, ok, err := c.prefixedVirtualKey(); err != nil {
				return attributeError(err, op, ask.field(c.env), t.Path)
			} else if ok {
				useVirtualKey(t, vk)
				if t.Model == ask.model {
					t.Model = c.requested.bodyModel
				}
				return nil
			}
		}
		return &gateway.Error{Op: op, Kind: gateway.Invalid, Param: ask.field(c.env), Target: t.Path, Code: "no_credential",
			Public: "There is no credential for the provider '" + ask.vendor + "': this workspace has no virtual key for it. Create one, or send your own key as 'Authorization: Bearer …' beside x-sluice-api-key."}
	}
	return nil
}

// hasCredential reports whether t has a credential.
func hasCredential(t *gateway.Target) bool {
	return t.Pool != nil || !t.Credential.Empty() && !t.Credential.IsNone()
}

// useVirtualKey copies provider, credential, address and limits of vk to t.
func useVirtualKey(t *gateway.Target, vk gateway.VirtualKey) {
	t.Provider, t.VirtualKey, t.Credential, t.Pool = vk.Provider, vk.Name, vk.Credential, vk.Pool
	t.BaseURL, t.CustomHost = vk.BaseURL, vk.BaseURL != "" && !vk.Trusted
	t.Models, t.Prices, t.MaxOutput = vk.Models, vk.Prices, vk.MaxOutput
	t.Formats, t.CheckFormats, t.Settings = vk.Formats, !vk.Trusted, vk.Settings
}

// attributeError returns a copy of err that names the field and the target.
func attributeError(err error, op, field, target string) *gateway.Error {
	e := *gateway.AsError(err)
	e.Param, e.Target = field, target
	if e.Op == "" {
		e.Op = op
	}
	return &e
}
