package httpapi

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

const (
	maxUserAgent = 512 // bytes
	maxTimeout   = 24 * time.Hour
)

// Envelope reads the request's metadata from the headers. It is filled as far as possible even
// when an error tells what was wrong: a caller without a key must learn that first.
func (c *Call) Envelope(env *gateway.Envelope) error {
	r, h := c.Request(), c.headers
	from := r.Header
	bad := c.badTrace
	note := func(err error) {
		if bad == nil {
			bad = err
		}
	}
	env.Method, env.Route, env.Path = r.Method, c.Route, r.URL.Path
	env.ClientIP = c.ClientIP()
	env.UserAgent = strings.ToValidUTF8(Clip(first(from, "User-Agent"), maxUserAgent), "\uFFFD")
	env.APIKey, env.Credential = c.apiKey, c.credential
	env.Header = from
	env.TraceNamed = h.value(hTraceID) != ""

	env.Provider, env.VirtualKey, env.CustomHost = h.value(hProvider), h.value(hVirtualKey), h.value(hCustomHost)
	env.Config = h.value(hConfig)
	if env.Provider == "" && env.VirtualKey == "" && env.Config == "" {
		env.Provider = c.DefaultProvider
	}
	if strings.HasPrefix(env.Config, "{") && !jsonx.Valid([]byte(env.Config)) {
		note(h.invalid(hConfig, "is not valid JSON."))
	}

	var err error
	if err = h.metadata(env); err != nil {
		note(err)
	}
	addBaggage(from, env)
	addEndUser(from, env)

	env.Cache, err = h.cache()
	note(err)
	env.CacheNamespace = h.value(hCacheNamespace)
	env.CacheScoped = env.CacheNamespace != ""
	env.CacheRefresh, err = h.flag(hCacheRefresh, false)
	note(err)
	env.CacheMaxAge = maxAge(first(from, "Cache-Control"))
	env.RequestTimeout, err = h.timeout()
	note(err)
	env.ForwardHeaders, err = h.forward()
	note(err)
	env.KeepBodies, err = h.flag(hDebug, true)
	note(err)
	_, err = h.strict()
	note(err)
	return bad
}

func (h headers) cache() (string, error) {
	switch v := strings.ToLower(h.value(hCache)); v {
	case "":
		return "", nil
	case "off", "false", "none":
		return "off", nil
	case "true":
		return "simple", nil
	case "simple", "exact", "semantic", "guarded", "observe":
		return v, nil
	}
	return "", h.invalid(hCache, "must be simple, exact, semantic, guarded, observe or off.")
}

// flag reads a truth value, absent if the header was not sent. Python writes True.
func (h headers) flag(name spelled, absent bool) (bool, error) {
	switch strings.ToLower(h.value(name)) {
	case "":
		return absent, nil
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return absent, h.invalid(name, "must be true or false.")
}

func (h headers) timeout() (time.Duration, error) {
	v := h.value(hTimeout)
	if v == "" {
		return 0, nil
	}
	ms, err := strconv.ParseInt(v, 10, 64)
	if err != nil || ms < 1 || ms > maxTimeout.Milliseconds() {
		return 0, h.invalid(hTimeout, "must be whole milliseconds from 1 to 86400000.")
	}
	return time.Duration(ms) * time.Millisecond, nil
}

func (h headers) forward() ([]string, error) {
	all := h.Header[h.sent(hForward)] // the header may be sent more than once
	if len(all) == 0 {
		return nil, nil
	}
	var names []string
	for _, part := range strings.Split(strings.Join(all, ","), ",") {
		part = strings.TrimSpace(part)
		name := http.CanonicalHeaderKey(part)
		switch {
		case part == "":
			continue
		case !token(part):
			return nil, h.invalid(hForward, "holds what is no header name.")
		case gateway.NeverForwarded(name):
			return nil, h.invalid(hForward, "names a header that is never forwarded: "+Clip(strings.ToLower(part), 100)+".")
		}
		names = append(names, name)
	}
	return names, nil
}

func token(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return true
}

// maxAge reads max-age of a Cache-Control header, 0 if there is none. Other people's directives
// stand there too, so an unknown one is not an error.
func maxAge(v string) time.Duration {
	for v != "" {
		var part string
		part, v, _ = strings.Cut(v, ",")
		key, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok || !strings.EqualFold(key, "max-age") {
			continue
		}
		if n, err := strconv.ParseInt(value, 10, 32); err == nil && n > 0 {
			return time.Duration(n) * time.Second
		}
	}
	return 0
}

// Strict reports whether the answer may hold only what OpenAI's does: x-…-strict-open-ai-compliance.
func (c *Call) Strict() bool {
	strict, _ := c.headers.strict() // a bad value was refused with the envelope
	return strict
}

func (h headers) strict() (bool, error) {
	if h.value(hStrict) == "" && h.value(hStrictToo) != "" {
		return h.flag(hStrictToo, true)
	}
	return h.flag(hStrict, true)
}
