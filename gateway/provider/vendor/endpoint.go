package vendor

import (
	"net/url"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/provider/settings"
)

// Base returns the base URL of the target's calls.
func (v *Vendor) Base(t *gateway.Target) (*url.URL, error) {
	const op = "vendor.Base"
	text, param := t.BaseURL, "base_url"
	if t.CustomHost {
		param = "custom_host"
	}
	if text == "" {
		var err error
		if text, err = v.Address(t); err != nil {
			return nil, err
		}
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		// The parser's own error quotes the URL, which may hold a password.
		return nil, &gateway.Error{Op: op, Kind: gateway.Invalid, Param: param, Target: t.Path,
			Public: "The base URL of the provider must be http:// or https://, with a host and without user and password."}
	}
	return u, nil
}

// Endpoint returns the URL of one operation of a target.
func (v *Vendor) Endpoint(t *gateway.Target, model, path string) (*url.URL, error) {
	u, err := v.Base(t)
	if err != nil {
		return nil, err
	}
	u.Path = strings.TrimRight(u.Path, "/")
	if !strings.HasSuffix(u.Path, "/v1") {
		if u.RawQuery == "" {
			u.RawQuery = v.query(t)
		}
		if d := v.Quirks.DeploymentPath; d != "" {
			before, after, _ := strings.Cut(d, "{model}")
			escaped := u.EscapedPath() + before + url.PathEscape(model) + after + path
			u.Path, u.RawPath = u.Path+before+model+after+path, escaped
			return u, nil
		}
	}
	if u.RawPath != "" {
		u.RawPath = strings.TrimRight(u.RawPath, "/") + path
	}
	u.Path += path
	u.Fragment = ""
	return u, nil
}

// query is the query of a vendor's addresses, with the version of the API that the virtual key sets.
func (v *Vendor) query(t *gateway.Target) string {
	version := t.Settings[settings.APIVersion.Name]
	if version == "" || v.Quirks.DefaultQuery == "" {
		return v.Quirks.DefaultQuery
	}
	return url.Values{"api-version": {version}}.Encode()
}
