package admin

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/access"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

// keyAccess is the part of an API key's JSON that says what the key may do and use. Portkey's
// "defaults" is accepted in a body, too.
type keyAccess struct {
	Scopes              []gateway.Permission `json:"scopes"` // null: all that the role allows
	Models              []string             `json:"models"`
	VirtualKeys         []string             `json:"virtual_keys"`
	AllowedIPs          []string             `json:"allowed_ips"`
	ModelAliases        map[string]string    `json:"model_aliases"`
	Metadata            map[string]string    `json:"metadata"`
	AllowConfigOverride bool                 `json:"allow_config_override"`
	Tags                []string             `json:"tags"`
}

func keyAccessOf(a access.Rules) keyAccess {
	out := keyAccess{a.Scopes, a.Models, a.VirtualKeys, nil, a.ModelAliases, a.Metadata, !a.LockConfig, a.Tags}
	for _, p := range a.Addresses {
		out.AllowedIPs = append(out.AllowedIPs, p.String())
	}
	return out
}

// keyDefaults is Portkey's "defaults" in a body.
type keyDefaults struct {
	Metadata            map[string]string `json:"metadata,omitempty"`
	Config              string            `json:"config_id,omitempty"`
	AllowConfigOverride bool              `json:"allow_config_override,omitempty"`
}

// keyAccessFields are the fields that readKeyAccess takes.
var keyAccessFields = []string{"scopes", "models", "virtual_keys", "allowed_ips", "model_aliases", "metadata", "allow_config_override", "tags", "defaults"}

// readKeyAccess reads those fields of a body that are given, as a change of a key's access and of
// its config; a field that is null is taken away.
func readKeyAccess(f *form) (edit func(*access.Rules), config *string) {
	var edits []func(*access.Rules)
	text := func(field string, at func(*access.Rules) *[]string) {
		if f.Given(field) {
			list := f.Texts(field)
			edits = append(edits, func(a *access.Rules) { *at(a) = list })
		}
	}
	text("models", func(a *access.Rules) *[]string { return &a.Models })
	text("virtual_keys", func(a *access.Rules) *[]string { return &a.VirtualKeys })
	text("tags", func(a *access.Rules) *[]string { return &a.Tags })
	if f.Given("scopes") {
		var scopes []gateway.Permission
		for _, s := range f.Texts("scopes") {
			scopes = append(scopes, gateway.Permission(s))
		}
		edits = append(edits, func(a *access.Rules) { a.Scopes = scopes })
	}
	if f.Given("allowed_ips") {
		list, err := access.ParseAddresses("admin.form", "allowed_ips", f.Texts("allowed_ips"))
		if err != nil {
			f.Wrong("allowed_ips", "must list IP addresses or ranges such as 10.0.0.0/8")
		}
		edits = append(edits, func(a *access.Rules) { a.Addresses = list })
	}
	if f.Given("model_aliases") {
		aliases := f.TextMap("model_aliases")
		edits = append(edits, func(a *access.Rules) { a.ModelAliases = aliases })
	}
	defaults := openDefaults(f)
	for _, g := range []*form{f, defaults} {
		if g != nil && g.Given("metadata") {
			metadata := g.TextMap("metadata")
			edits = append(edits, func(a *access.Rules) { a.Metadata = metadata })
		}
		if g != nil && g.Given("allow_config_override") {
			lock := !g.Flag("allow_config_override", true)
			edits = append(edits, func(a *access.Rules) { a.LockConfig = lock })
		}
	}
	if defaults != nil && defaults.Given("config_id") {
		slug := defaults.Text("config_id", false)
		config = &slug
	}
	if defaults != nil {
		f.Close("defaults", defaults)
	}
	if edits == nil {
		return nil, config
	}
	return func(a *access.Rules) {
		for _, e := range edits {
			e(a)
		}
	}, config
}

// defaults opens the object "defaults" {metadata, config_id, allow_config_override}, nil if it is
// absent.
func openDefaults(f *form) *form {
	v, ok := f.Take("defaults", false, keyDefaults{})
	if !ok {
		return nil
	}
	if !v.IsObject() {
		f.Wrong("defaults", "must be an object")
		return nil
	}
	return action.Inside(v)
}
