package input

import (
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// readCacheControl reads LiteLLM's field "cache" into the envelope. What a header says wins.
//
//	no-cache          the answer is asked for anew, and stored
//	no-store          the answer is not stored
//	ttl, s-maxage     seconds that an answer may be old
//	namespace         as the header x-…-cache-namespace
//	use-cache         accepted: the config says whether there is a cache
func readCacheControl(raw []byte, env *gateway.Envelope) error {
	if raw[0] != '{' {
		return invalidField("cache", "must be an object such as {\"no-cache\": true}. The header x-sluice-cache takes a mode.")
	}
	age, headerAge := time.Duration(0), env.CacheMaxAge > 0
	for m := range jsonx.Members(raw) {
		at := "cache." + gateway.Clip(m.Key, 100)
		first := m.Value[0]
		flag := first == 't'
		switch m.Key {
		case "no-cache", "no-store", "use-cache":
			if !flag && first != 'f' && first != 'n' {
				return invalidField(at, "must be true or false.")
			}
		case "ttl", "s-maxage":
			if first != 'n' && (first < '0' || first > '9' || jsonx.Int(m.Value) <= 0 || jsonx.Int(m.Value) > 365*24*3600) {
				return invalidField(at, "must be whole seconds from 1 to 31536000.")
			}
		case "namespace":
			if first != '"' && first != 'n' {
				return invalidField(at, "must be a string.")
			}
		default:
			return invalidField(at, "is unknown: Sluice reads no-cache, no-store, ttl, s-maxage and namespace.")
		}
		switch m.Key {
		case "no-cache":
			env.CacheRefresh = env.CacheRefresh || flag
		case "no-store":
			env.CacheNoStore = env.CacheNoStore || flag
		case "ttl", "s-maxage":
			if d := time.Duration(jsonx.Int(m.Value)) * time.Second; d > 0 && (age == 0 || d < age) {
				age = d
			}
		case "namespace":
			if name := strings.ToValidUTF8(jsonx.String(m.Value), "\uFFFD"); first == '"' && name != "" && !env.CacheScoped {
				env.CacheNamespace, env.CacheScoped = name, true
			}
		}
	}
	if !headerAge {
		env.CacheMaxAge = age
	}
	return nil
}
