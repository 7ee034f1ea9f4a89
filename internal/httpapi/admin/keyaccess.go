package admin

import (
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
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

func keyAccessOf(a identity.KeyAccess) keyAccess {
	out := keyAccess{a.Scopes, a.Models, a.VirtualKeys, nil, a.ModelAliases, a.Metadata, !a.LockConfig, a.Tags}
	for _, p := range a.Addresses {
		out.AllowedIPs = append(out.AllowedIPs, p.String())
	}
	return out
}

// keyAccessFields are the fields that readKeyAccess takes.
var keyAccessFields = []string{"scopes", "models", "virtual_keys", "allowed_ips", "model_aliases", "metadata", "allow_config_override", "tags", "defaults"}

// readKeyAccess reads those fields of a body that are given, as a change of a key's access and of
// its config; a field that is null is taken away.
func (f *form) readKeyAccess() (edit func(*identity.KeyAccess), config *string) {
	var edits []func(*identity.KeyAccess)
	text := func(field string, at func(*identity.KeyAccess) *[]string) {
		if f.given(field) {
			list := f.texts(field)
			edits = append(edits, func(a *identity.KeyAccess) { *at(a) = list })
		}
	}
	text("models", func(a *identity.KeyAccess) *[]string { return &a.Models })
	text("virtual_keys", func(a *identity.KeyAccess) *[]string { return &a.VirtualKeys })
	text("tags", func(a *identity.KeyAccess) *[]string { return &a.Tags })
	if f.given("scopes") {
		var scopes []gateway.Permission
		for _, s := range f.texts("scopes") {
			scopes = append(scopes, gateway.Permission(s))
		}
		edits = append(edits, func(a *identity.KeyAccess) { a.Scopes = scopes })
	}
	if f.given("allowed_ips") {
		list, err := identity.ParseAddresses("admin.form", "allowed_ips", f.texts("allowed_ips"))
		if err != nil {
			f.wrong("allowed_ips", "must list IP addresses or ranges such as 10.0.0.0/8")
		}
		edits = append(edits, func(a *identity.KeyAccess) { a.Addresses = list })
	}
	if f.given("model_aliases") {
		aliases := f.textMap("model_aliases")
		edits = append(edits, func(a *identity.KeyAccess) { a.ModelAliases = aliases })
	}
	defaults := f.defaults()
	for _, g := range []*form{f, defaults} {
		if g != nil && g.given("metadata") {
			metadata := g.textMap("metadata")
			edits = append(edits, func(a *identity.KeyAccess) { a.Metadata = metadata })
		}
		if g != nil && g.given("allow_config_override") {
			lock := !g.flag("allow_config_override", true)
			edits = append(edits, func(a *identity.KeyAccess) { a.LockConfig = lock })
		}
	}
	if defaults != nil && defaults.given("config_id") {
		slug := defaults.text("config_id", false)
		config = &slug
	}
	f.closeDefaults(defaults)
	if edits == nil {
		return nil, config
	}
	return func(a *identity.KeyAccess) {
		for _, e := range edits {
			e(a)
		}
	}, config
}

// defaults opens the object "defaults" {metadata, config_id, allow_config_override}, nil if it is
// absent.
func (f *form) defaults() *form {
	v, ok := f.take("defaults", false)
	if !ok {
		return nil
	}
	if !v.IsObject() {
		f.wrong("defaults", "must be an object")
		return nil
	}
	in := &form{fields: map[string]gjson.Result{}}
	v.ForEach(func(k, v gjson.Result) bool {
		in.names, in.fields[k.String()] = append(in.names, k.String()), v
		return true
	})
	return in
}

// closeDefaults reports what is wrong inside "defaults".
func (f *form) closeDefaults(in *form) {
	if in == nil {
		return
	}
	_ = in.done() // collects; the problems are reported by f
	for _, p := range in.problems {
		f.wrong("defaults."+p.field, p.text)
	}
}

// textMap reads an object of strings.
func (f *form) textMap(name string) map[string]string {
	v, ok := f.take(name, false)
	if !ok {
		return nil
	}
	out, good := map[string]string{}, v.IsObject()
	v.ForEach(func(k, e gjson.Result) bool {
		good = good && e.Type == gjson.String
		out[k.String()] = e.String()
		return good
	})
	if !good {
		f.wrong(name, "must be an object of strings")
		return nil
	}
	return out
}

// flag reads true or false; absent if it is not given.
func (f *form) flag(name string, absent bool) bool {
	v, ok := f.take(name, false)
	if !ok {
		return absent
	}
	if !v.IsBool() {
		f.wrong(name, "must be true or false")
	}
	return v.Bool()
}

// duration reads a time such as 24h, 0 if it is absent.
func (f *form) duration(name string) time.Duration {
	s := f.text(name, false)
	if s == "" {
		return 0
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		f.wrong(name, "must be a time such as 30m or 24h")
	}
	return d
}
