// Package account says what a virtual key lacks of an account, without which its provider cannot be
// called. Nothing is sent for it: the vendor table names what stands in an address, and the ways of
// signing have needs of their own.
package account

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/provider/auth/aws"
	"github.com/sluicegate/sluice/gateway/provider/auth/google"
	"github.com/sluicegate/sluice/gateway/provider/settings"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
)

// Missing returns the first field that a virtual key lacks, and what it is: it completes "The field …".
// problem is "" if no field is missing. Credential is the one credential that is asked about; empty
// stands for one that is not known here, which may bring along what is asked of it. A host that a config
// sets for its calls does not count: the key serves other configs too.
func Missing(key gateway.VirtualKey) (field, problem string) {
	v := vendor.ByID(key.Provider)
	if v == nil || v.Format == vendor.FormatMock {
		return "", ""
	}
	t := &gateway.Target{Provider: v.ID, Settings: key.Settings}
	if key.BaseURL == "" && !ownAddresses(v, key.Formats) {
		if _, err := v.Address(t); err != nil {
			return address(v, gateway.AsError(err).Param)
		}
	}
	for _, need := range needs[v.Scheme] {
		if v.Setting(t, need.setting) == "" && need.of(v, t, key.Credential) {
			return "settings." + need.setting.Name, "is missing (" + need.setting.Meaning + "): " + need.why
		}
	}
	return "", ""
}

// address says what the address of a vendor lacks.
func address(v *vendor.Vendor, field string) (_, problem string) {
	for _, s := range v.Takes() {
		if field == "settings."+s.Name {
			return field, "is missing (" + s.Meaning + "): the provider '" + v.ID + "' has no address without it or a base_url"
		}
	}
	return field, "is missing: the provider '" + v.ID + "' has no address of its own"
}

// ownAddresses reports whether each format of a virtual key has a base URL, so that none needs the
// vendor's. A cloud's models choose their formats themselves.
func ownAddresses(v *vendor.Vendor, formats gateway.Formats) bool {
	for _, url := range formats {
		if url == "" {
			return false
		}
	}
	return len(formats) > 0 && v.Format != vendor.FormatByModel
}

// need is a setting that a way of signing cannot do without, for some accounts.
type need struct {
	setting settings.Setting
	of      func(v *vendor.Vendor, t *gateway.Target, credential gateway.Secret) bool
	why     string
}

// needs are those of the ways of signing, with which the signers refuse calls.
var needs = map[vendor.Scheme][]need{
	vendor.SchemeGoogle: {{settings.Project, namesNoProject, "the credential names none"}},
	vendor.SchemeAWS:    {{settings.Region, isSigned, "calls are signed for it"}},
	vendor.SchemeEntra: {
		{settings.ClientID, hasTokenFile, "token_file needs it"},
		{settings.TenantID, asksEntra, "client_id needs it"},
	},
}

func namesNoProject(_ *vendor.Vendor, _ *gateway.Target, credential gateway.Secret) bool {
	return !credential.Empty() && google.ProjectOf(credential) == ""
}

// isSigned tells the keys of an account and the server's identity from API keys of Bedrock.
func isSigned(_ *vendor.Vendor, _ *gateway.Target, credential gateway.Secret) bool {
	return aws.HasKeys(credential) || credential.IsServerIdentity()
}

func hasTokenFile(v *vendor.Vendor, t *gateway.Target, _ gateway.Secret) bool {
	return v.Setting(t, settings.TokenFile) != ""
}

// asksEntra reports whether the key asks Entra itself for tokens, at the address of a tenant. A managed
// identity is asked of the machine.
func asksEntra(v *vendor.Vendor, t *gateway.Target, credential gateway.Secret) bool {
	managed := credential.IsServerIdentity() && !hasTokenFile(v, t, credential)
	return v.Setting(t, settings.ClientID) != "" && v.Setting(t, settings.TokenURL) == "" && !managed
}
