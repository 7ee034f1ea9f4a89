package httpapi

import (
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

const (
	maxMetadata = 128 // characters of a key or a value of the metadata
	maxUser     = 512 // bytes of "user" that still serve as metadata
	maxTimeout  = 24 * time.Hour
)

// envelope reads everything but the body. It is filled as far as possible even when an
// error tells what was wrong: who has no key must learn that first.
func (c *call) envelope(env *gateway.Envelope) error {
	h, from := &c.head, c.r.Header
	bad := c.bad
	note := func(err error) {
		if bad == nil {
			bad = err
		}
	}
	env.Method, env.Route, env.Path = c.r.Method, c.route, c.r.URL.Path
	env.ClientIP = clientIP(c.r)
	env.UserAgent = strings.ToValidUTF8(clip(first(from, "User-Agent"), maxUser), "\uFFFD")
	h.credentials(from, env)
	env.Header = from

	env.Provider, env.VirtualKey, env.CustomHost = h.value[hProvider], h.value[hVirtualKey], h.value[hCustomHost]
	env.Config = h.value[hConfig]
	if strings.HasPrefix(env.Config, "{") && !jsonx.Valid([]byte(env.Config)) {
		note(h.bad(hConfig, "is not valid JSON."))
	}

	var err error
	if env.Metadata, err = h.metadata(); err != nil {
		note(err)
	}
	env.Metadata = baggage(from, env.Metadata)

	env.Cache, err = h.cache()
	note(err)
	env.CacheNamespace = h.value[hCacheNamespace]
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
	_, err = h.flag(hStrict, true)
	note(err)
	return bad
}

// clientIP is the peer's address. X-Forwarded-For is anybody's word, so it is not asked.
func clientIP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	return host
}

func (h *headers) metadata() (map[string]string, error) {
	v := h.value[hMetadata]
	if v == "" {
		return nil, nil
	}
	if out := pairs(v); out != nil {
		return out, nil
	}
	if !jsonx.Valid([]byte(v)) {
		return nil, h.bad(hMetadata, "is not valid JSON.")
	}
	root := gjson.Parse(strings.ToValidUTF8(v, "\uFFFD"))
	if !root.IsObject() {
		return nil, h.bad(hMetadata, "must be a JSON object of strings.")
	}
	out := make(map[string]string, 4)
	var bad error
	root.ForEach(func(k, v gjson.Result) bool {
		key := k.String()
		_, twice := out[key]
		switch {
		case tooLong(key):
			bad = h.bad(hMetadata, "has a key of more than 128 characters.")
		case v.Type != gjson.String:
			bad = h.bad(hMetadata, "must hold strings: '"+key+"' is none.")
		case tooLong(v.Str):
			bad = h.bad(hMetadata, "has a value of more than 128 characters: '"+key+"'.")
		case twice:
			bad = h.bad(hMetadata, "gives '"+key+"' twice.")
		}
		out[key] = v.String()
		return bad == nil
	})
	return out, bad
}

// pairs reads what metadata nearly always is: an object of strings in which nothing is escaped
// and nothing is wrong, with at most a space between its parts. Of anything else it gives nil.
func pairs(v string) map[string]string {
	if !plain(v, len(v)) || strings.IndexByte(v, '\\') >= 0 {
		return nil
	}
	out := make(map[string]string, 4)
	for after := byte('{'); ; after = ',' {
		key, rest, ok := quoted(v, after)
		if !ok || tooLong(key) {
			return nil
		}
		value, rest, ok := quoted(rest, ':')
		if !ok || tooLong(value) {
			return nil
		}
		known := len(out)
		if out[key] = value; len(out) == known {
			return nil // it came twice
		}
		if v = rest; v == "}" {
			return out
		}
	}
}

// quoted takes a separator, a space if there is one, and a quoted text off s.
func quoted(s string, after byte) (text, rest string, ok bool) {
	if s == "" || s[0] != after {
		return "", "", false
	}
	s, ok = strings.CutPrefix(strings.TrimPrefix(s[1:], " "), `"`)
	if !ok {
		return "", "", false
	}
	return strings.Cut(s, `"`)
}

func tooLong(s string) bool { return len(s) > maxMetadata && utf8.RuneCountInString(s) > maxMetadata }

func (h *headers) cache() (string, error) {
	switch v := strings.ToLower(h.value[hCache]); v {
	case "":
		return "", nil
	case "off", "false", "none":
		return "off", nil
	case "true":
		return "simple", nil
	case "simple", "exact", "semantic":
		return v, nil
	}
	return "", h.bad(hCache, "must be simple, exact, semantic or off.")
}

// flag reads a switch; Python writes True.
func (h *headers) flag(f field, absent bool) (bool, error) {
	switch strings.ToLower(h.value[f]) {
	case "":
		return absent, nil
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return absent, h.bad(f, "must be true or false.")
}

func (h *headers) timeout() (time.Duration, error) {
	v := h.value[hTimeout]
	if v == "" {
		return 0, nil
	}
	ms, err := strconv.ParseInt(v, 10, 64)
	if err != nil || ms < 1 || ms > maxTimeout.Milliseconds() {
		return 0, h.bad(hTimeout, "must be whole milliseconds from 1 to 86400000.")
	}
	return time.Duration(ms) * time.Millisecond, nil
}

func (h *headers) forward() ([]string, error) {
	v := h.value[hForward]
	if v == "" {
		return nil, nil
	}
	var names []string
	for _, part := range strings.Split(v, ",") {
		part = strings.TrimSpace(part)
		name := http.CanonicalHeaderKey(part)
		switch {
		case part == "":
			continue
		case !token(part):
			return nil, h.bad(hForward, "holds what is no header name.")
		case gateway.NeverForwarded(name):
			return nil, h.bad(hForward, "names a header that is never forwarded: "+clip(strings.ToLower(part), 100)+".")
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

// maxAge reads max-age of a Cache-Control header. That header is not ours alone, so
// what we do not understand is no error.
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
