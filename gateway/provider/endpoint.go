package provider

import (
	"net/url"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/provider/auth"
)

// base is the URL that the target's calls start from.
func base(v *Vendor, t *gateway.Target) (*url.URL, error) {
	const op = "provider.base"
	text, param := t.BaseURL, "base_url"
	if t.CustomHost {
		param = "custom_host"
	}
	if text == "" {
		text = v.BaseURL
	}
	if text == "" {
		return nil, &gateway.Error{Op: op, Kind: gateway.Invalid, Param: param, Target: t.Path,
			Public: "The provider '" + v.ID + "' has no common address: its virtual key needs a base_url."}
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		// The parser's own error quotes the URL, which may hold a password.
		return nil, &gateway.Error{Op: op, Kind: gateway.Invalid, Param: param, Target: t.Path,
			Public: "The base URL of the provider must be http:// or https://, with a host and without user and password."}
	}
	return u, nil
}

// endpoint is where one operation of a target is called.
func endpoint(v *Vendor, t *gateway.Target, model, path string) (*url.URL, error) {
	u, err := base(v, t)
	if err != nil {
		return nil, err
	}
	u.Path = strings.TrimRight(u.Path, "/")
	if d := v.Quirks.Deployment; d != "" && !strings.HasSuffix(u.Path, "/v1") {
		before, after, _ := strings.Cut(d, "{model}")
		escaped := u.EscapedPath() + before + url.PathEscape(model) + after + path
		u.Path, u.RawPath = u.Path+before+model+after+path, escaped
		if u.RawQuery == "" {
			u.RawQuery = v.Quirks.Query
		}
		return u, nil
	}
	if u.RawPath != "" {
		u.RawPath = strings.TrimRight(u.RawPath, "/") + path
	}
	u.Path += path
	u.Fragment = ""
	return u, nil
}

// signer is how the vendor takes its credential.
func (v *Vendor) signer() auth.Signer {
	if v.KeyHeader != "" {
		return auth.Header(v.KeyHeader)
	}
	return auth.Bearer{}
}

// forTarget is a translated request as this vendor's own models take it. OpenAI's newest
// models know the limit of tokens as max_completion_tokens only, most others who speak the
// format as max_tokens only.
func (v *Vendor) forTarget(t *gateway.Target, req *gateway.Request) *gateway.Request {
	if v.Format != FormatOpenAI || v.Quirks.MaxTokens != "" || v.ID == "openai" && t.BaseURL == "" || v.Quirks.Deployment != "" {
		return req
	}
	c := *req
	c.Raw, _ = limitNamed("max_tokens")(req.Raw, req) // never fails
	return &c
}
