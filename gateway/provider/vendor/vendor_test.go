package vendor

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/provider/address"
)

func TestVendors(t *testing.T) {
	compatible, names := 0, map[string]string{}
	for _, v := range All() {
		if v.Format == FormatOpenAI {
			compatible++
		}
		for _, n := range append([]string{v.ID}, v.Aliases...) {
			if other, taken := names[n]; taken || n != strings.ToLower(n) {
				t.Errorf("%s: name %q is also %s's, or not lower case", v.ID, n, other)
			}
			names[n] = v.ID
			if got, ok := Lookup(strings.ToUpper(n)); !ok || got.ID != v.ID {
				t.Errorf("Lookup(%q) = %q", n, got.ID)
			}
		}
		if v.Source == "" && v.Format != FormatMock {
			t.Errorf("%s: the row does not say where its address is documented", v.ID)
		}
		if v.Name == "" || v.OTel == "" || strings.HasSuffix(v.BaseURL, "/") {
			t.Errorf("%s: incomplete row %+v", v.ID, v)
		}
		for region, url := range addresses(&v) {
			if !v.Keyless && address.Check(url, nil) != nil || strings.HasSuffix(url, "/") || strings.ContainsAny(url, "{}") {
				t.Errorf("%s: region %q: %q: %v", v.ID, region, url, address.Check(url, nil))
			}
		}
		if v.CredentialHeader != http.CanonicalHeaderKey(v.CredentialHeader) {
			t.Errorf("%s: header %q is not canonical", v.ID, v.CredentialHeader)
		}
		for _, p := range v.ForwardHeaders {
			if p != http.CanonicalHeaderKey(p) || gateway.NeverForwarded(p) {
				t.Errorf("%s: header %q cannot pass", v.ID, p)
			}
		}
	}
	if compatible < 70 {
		t.Errorf("%d vendors with OpenAI's format, want 70", compatible)
	}
	if _, ok := Lookup("nobody"); ok {
		t.Error("found a vendor that is not there")
	}
	if h := Host(&gateway.Target{Provider: "openai"}); h != "api.openai.com:443" {
		t.Errorf("host %q", h)
	}
}

// addresses are the base URLs of a vendor by region, with a name in the place of each setting.
func addresses(v *Vendor) map[string]string {
	out := maps.Clone(v.Regions)
	if v.BaseURL != "" {
		url := v.BaseURL
		for _, s := range v.Takes() {
			url = strings.ReplaceAll(url, "{"+s.Name+"}", "a-name")
		}
		if out == nil {
			out = map[string]string{}
		}
		out[""] = url
	}
	return out
}

func TestRegions(t *testing.T) {
	for _, c := range []struct {
		provider string
		settings gateway.ProviderSettings
		host     string
		problem  string
	}{
		{"dashscope", nil, "dashscope.aliyuncs.com:443", ""},
		{"dashscope", gateway.ProviderSettings{"region": "intl"}, "dashscope-intl.aliyuncs.com:443", ""},
		{"dashscope", gateway.ProviderSettings{"region": "mars"}, "dashscope.aliyuncs.com:443", "region must be one of cn, hk, intl, us"},
		{"openai", gateway.ProviderSettings{"region": "eu"}, "api.openai.com:443", "region is no setting of this provider, which takes none"},
		{"workers-ai", nil, "", ""},
		{"workers-ai", gateway.ProviderSettings{"account": "0a1b"}, "api.cloudflare.com:443", ""},
		{"workers-ai", gateway.ProviderSettings{"account": "../x"}, "", "account must be a name of letters, digits, '-', '_', '.' and ':', at most 128 characters long"},
		{"new-api", gateway.ProviderSettings{"price_multiplier": "0.8"}, "", ""},
		{"new-api", gateway.ProviderSettings{"price_multiplier": "much"}, "", "price_multiplier must be a number over 0 and up to 1000, with at most four decimals"},
		{"nobody", gateway.ProviderSettings{"x": "y"}, "", ""},
	} {
		name, problem := CheckSettings(c.provider, c.settings)
		if got := strings.TrimSpace(name + " " + problem); got != c.problem {
			t.Errorf("%s %v: %q, want %q", c.provider, c.settings, got, c.problem)
		}
		if problem == "" || c.host != "" {
			if got := Host(&gateway.Target{Provider: c.provider, Settings: c.settings}); got != c.host {
				t.Errorf("%s %v: host %q, want %q", c.provider, c.settings, got, c.host)
			}
		}
	}
	_, err := ByID("workers-ai").Address(&gateway.Target{Path: "config"})
	if e := gateway.AsError(err); e.Param != "settings.account" || !strings.Contains(e.Public, "needs the setting 'account'") {
		t.Errorf("%v", err)
	}
}

// TestForwardHeaders: redaction and guardrails read all headers of the caller's that vendors have.
func TestForwardHeaders(t *testing.T) {
	for _, v := range All() {
		for _, name := range v.ForwardHeaders {
			if !slices.Contains(gateway.VendorHeaders, name) {
				t.Errorf("%s has the header %s, which gateway.VendorHeaders lacks", v.ID, name)
			}
		}
	}
}
