package main

import (
	"context"
	"net/http"
	"strings"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/test/sluice"
)

// browsers are led here by another site: to sign in as its owner, to change something with the cookie of
// their session, to run a page that a vendor sent, or to show the console in a frame.
type browsers struct{}

func (browsers) Name() string   { return "browsers" }
func (browsers) Bounds() Bounds { return usual }

func (browsers) Run(ctx context.Context, t *Target, r *Result) error {
	crossSite := map[string][]string{
		"Sec-Fetch-Site":    {"Sec-Fetch-Site", "cross-site"},
		"same site":         {"Sec-Fetch-Site", "same-site"},
		"Origin":            {"Origin", "https://evil.example"},
		"an opaque origin":  {"Origin", "null"},
		"another port here": {"Origin", "http://127.0.0.1:1"},
	}
	const enctype = "text/plain" // of a form, which may so send JSON
	for name, h := range inOrder(crossSite) {
		for path, body := range inOrder(map[string]string{
			"/v1/auth/sessions": `{"api_key":"` + adminKey + `"}`,
			"/device/sign-in":   "api_key=" + adminKey,
		}) {
			a := t.Do(ctx, sluice.Call{Path: path, Key: "-", Body: body, Header: append([]string{"Content-Type", enctype}, h...)})
			r.Check(a.Status == http.StatusForbidden && a.Header.Get("Set-Cookie") == "", "another site (%s) signs its visitor in: POST %s: %s", name, path, a.Brief())
		}
	}
	a := t.Do(ctx, sluice.Call{Path: "/v1/auth/sessions", Key: "-", Body: `{"api_key":"` + adminKey + `"}`, Header: []string{"Sec-Fetch-Site", "same-origin"}})
	cookie, _, _ := strings.Cut(a.Header.Get("Set-Cookie"), ";")
	r.Check(a.Status == http.StatusCreated && cookie != "", "the console's own page does not sign in: %s", a.Brief())
	for _, c := range []sluice.Call{
		{Path: "/v1/configs", Body: `{"slug":"x","config":{}}`}, {Path: "/v1/api-keys", Body: `{"name":"x"}`}, {Method: "DELETE", Path: "/v1/configs/guarded"}, {Path: "/key/generate", Body: `{}`},
		{Path: "/v1/cache/purge", Body: `{"all":true}`}, {Path: "/device", Body: "user_code=AAAA-AAAA&decision=approve"},
	} {
		c.Key, c.Header = "-", []string{"Content-Type", enctype, "Cookie", cookie}
		a := t.Do(ctx, c)
		r.Check(a.Status == http.StatusForbidden || a.Status == http.StatusBadRequest && c.Path == "/device", "a cookie alone changes something: %s %s: %s", c.Method, c.Path, a.Brief())
	}
	vendorPages(ctx, t, r)
	for _, page := range []string{"/console/", "/console/keys", "/device"} {
		a := t.Do(ctx, sluice.Call{Path: page, Key: "-"})
		r.Check(a.Status == http.StatusOK && strings.Contains(a.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'"), "another site shows %s in a frame: %v", page, a.Header)
	}
	return ctx.Err()
}

// vendorPages are answers of vendors that are pages with a script, of each media type in which a browser
// runs one. A script that ran would have the origin of the console.
func vendorPages(ctx context.Context, t *Target, r *Result) {
	for _, kind := range []string{"text/html", "text/html; charset=utf-8", "TEXT/HTML", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/xml", "", "text/plain", "application/octet-stream", "audio/mpeg", "multipart/x-mixed-replace"} {
		t.Upstream.Set("", gatewaytest.Reply{Handle: func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			w.Header()["Content-Type"] = []string{kind}
			for name, value := range map[string]string{"Set-Cookie": "sluice_session=x", "Access-Control-Allow-Origin": "*", "Location": "https://evil.example", "Refresh": "0;url=https://evil.example", "Clear-Site-Data": `"*"`,
				"Service-Worker-Allowed": "/", "Content-Security-Policy": "default-src *", "Link": "<https://evil.example>; rel=preload", "Connection": "x-hop", "X-Hop": "1", "X-Sluice-Request-Id": "x", "Server": "x", "Www-Authenticate": "Basic"} {
				w.Header().Set(name, value)
			}
			_, _ = w.Write([]byte("<script>fetch('/v1/auth/session')</script>")) // the gateway may have hung up
		}})
		for _, path := range []string{"/v1/vector_stores", "/v1/files", "/v1/batches", "/v1/fine_tuning/jobs"} {
			a := t.Do(ctx, sluice.Call{Path: path + "?key=" + memberKey, Key: "-", Header: []string{"X-Sluice-Virtual-Key", "up"}})
			policy := a.Header.Get("Content-Security-Policy")
			runs := a.Status < 400 && !(strings.HasPrefix(policy, "sandbox;") && a.Header.Get("X-Content-Type-Options") == "nosniff")
			r.Check(a.Err == nil && !runs, "a page of a vendor runs here: GET %s as %q: %d %v", path, kind, a.Status, a.Header)
			for _, name := range []string{"Set-Cookie", "Access-Control-Allow-Origin", "Location", "Refresh", "Clear-Site-Data", "Service-Worker-Allowed", "Link", "X-Hop", "Server", "Www-Authenticate"} {
				r.Check(a.Header.Get(name) == "", "a header of a vendor's answer reaches the caller: %s of %s", name, path)
			}
			r.Check(a.Header.Get("X-Sluice-Request-Id") != "x", "a vendor sets the request's id: GET %s", path)
		}
	}
	t.Upstream.Set("", gatewaytest.Reply{})
}
