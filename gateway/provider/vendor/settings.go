package vendor

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/provider/settings"
)

// CheckSettings returns the first setting of a virtual key that a provider does not take, or whose
// value is no good, and what is wrong with it: it completes "The field …".
func CheckSettings(provider string, given gateway.ProviderSettings) (name, problem string) {
	v := ByID(provider)
	if v == nil { // which is a mistake of another field
		return "", ""
	}
	if name, problem = settings.Check(v.Takes(), given); problem != "" {
		return name, problem
	}
	if region := given[settings.Region.Name]; region != "" && v.Regions[region] == "" && !strings.Contains(v.BaseURL, "{region}") {
		return settings.Region.Name, "must be one of " + strings.Join(slices.Sorted(maps.Keys(v.Regions)), ", ")
	}
	return "", ""
}

// Takes lists the settings that the vendor takes.
func (v *Vendor) Takes() []settings.Setting {
	if len(v.Regions) > 0 && !slices.ContainsFunc(v.Settings, func(s settings.Setting) bool { return s.Name == settings.Region.Name }) {
		return append([]settings.Setting{settings.Region}, v.Settings...)
	}
	return v.Settings
}

// Setting returns a setting of the target's virtual key, else the vendor's default.
func (v *Vendor) Setting(t *gateway.Target, s settings.Setting) string {
	return cmp.Or(t.Settings[s.Name], v.Defaults[s.Name])
}

// Address is the vendor's own base URL for the account of a target.
func (v *Vendor) Address(t *gateway.Target) (string, error) {
	if url := v.Regions[v.Setting(t, settings.Region)]; url != "" {
		return url, nil
	}
	out := v.BaseURL
	for _, s := range v.Takes() {
		place := "{" + s.Name + "}"
		if !strings.Contains(out, place) {
			continue
		}
		value := v.Setting(t, s)
		if value == "" {
			return "", &gateway.Error{Op: "vendor.Address", Kind: gateway.Invalid, Param: "settings." + s.Name, Target: t.Path,
				Public: "The provider '" + v.ID + "' has no common address: its virtual key needs the setting '" + s.Name + "', or a base_url."}
		}
		out = strings.ReplaceAll(out, place, value)
	}
	if out == "" {
		return "", &gateway.Error{Op: "vendor.Address", Kind: gateway.Invalid, Param: "base_url", Target: t.Path,
			Public: "The provider '" + v.ID + "' has no common address: its virtual key needs a base_url."}
	}
	return out, nil
}
