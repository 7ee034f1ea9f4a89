package provider

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

func TestVendors(t *testing.T) {
	compatible, names := 0, map[string]string{}
	for _, v := range Vendors() {
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
		if v.Name == "" || v.OTel == "" || strings.HasSuffix(v.BaseURL, "/") {
			t.Errorf("%s: incomplete row %+v", v.ID, v)
		}
		if v.BaseURL != "" && !v.Keyless && CheckAddress(v.BaseURL, nil) != nil {
			t.Errorf("%s: %v", v.ID, CheckAddress(v.BaseURL, nil))
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
	if compatible < 25 {
		t.Errorf("%d vendors with OpenAI's format, want 25", compatible)
	}
	if _, ok := Lookup("nobody"); ok {
		t.Error("found a vendor that is not there")
	}
	if h := Host(&gateway.Target{Provider: "openai"}); h != "api.openai.com:443" {
		t.Errorf("host %q", h)
	}
}
