package header

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

const (
	// MaxUserAgent is the most that is kept of a client's name, in bytes.
	MaxUserAgent = 512
	maxTimeout   = 24 * time.Hour
)

// Envelope reads the request's metadata into env, which holds what is no header already. It is filled
// as far as possible even when an error tells what was wrong: a caller without a key must learn that
// first. defaultProvider is the provider of a call whose headers name no target.
func (h Request) Envelope(env *gateway.Envelope, defaultProvider string) error {
	from := h.Header
	var bad error
	note := func(err error) {
		if bad == nil {
			bad = err
		}
	}
	env.UserAgent = strings.ToValidUTF8(gateway.Clip(first(from, "User-Agent"), MaxUserAgent), "\uFFFD")
	env.Header = from
	env.TraceNamed = h.value(hTraceID) != ""

	env.Provider, env.VirtualKey, env.CustomHost = h.value(hProvider), h.value(hVirtualKey), h.value(hCustomHost)
	env.Config = h.value(hConfig)
	if env.Provider == "" && env.VirtualKey == "" && env.Config == "" {
		env.Provider = defaultProvider
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

func (h Request) cache() (string, error) {
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
func (h Request) flag(n name, absent bool) (bool, error) {
	switch strings.ToLower(h.value(n)) {
	case "":
		return absent, nil
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return absent, h.invalid(n, "must be true or false.")
}

func (h Request) timeout() (time.Duration, error) {
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

func (h Request) forward() ([]string, error) {
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
			return nil, h.invalid(hForward, "names a header that is never forwarded: "+gateway.Clip(strings.ToLower(part), 100)+".")
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
func (h Request) Strict() bool {
	strict, _ := h.strict() // a bad value was refused with the envelope
	return strict
}

func (h Request) strict() (bool, error) {
	if h.value(hStrict) == "" && h.value(hStrictToo) != "" {
		return h.flag(hStrictToo, true)
	}
	return h.flag(hStrict, true)
}
