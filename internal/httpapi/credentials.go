package httpapi

import (
	"net/http"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// keyPrefix marks the keys that Sluice itself issues. They never go upstream.
const keyPrefix = "sk-sl-"

// credentials decides which secret is the caller's API key and which, if any, is the caller's
// own provider credential. It removes the API key from the headers, so that no forwarding by
// name can send it on.
//
//	x-…-api-key            the key. Authorization, else x-api-key, is then the provider's
//	Authorization: Bearer  the key, when there is no x-…-api-key
//	x-api-key              the key, when it is alone, or the only one that Sluice issued
func (h headers) credentials(from http.Header) (apiKey, credential gateway.Secret) {
	key, bearer, other := h.value(hAPIKey), bearerOf(first(from, "Authorization")), first(from, "X-Api-Key")
	delete(from, native+"Api-Key")
	delete(from, alias+"Api-Key")
	switch {
	case key != "":
	case bearer != "" && (strings.HasPrefix(bearer, keyPrefix) || !strings.HasPrefix(other, keyPrefix)):
		key, bearer = bearer, ""
	default:
		key, other = other, ""
	}
	if bearer == "" || notCredential(bearer, key) {
		delete(from, "Authorization")
		bearer = ""
	}
	if other == "" || notCredential(other, key) {
		delete(from, "X-Api-Key")
		other = ""
	}
	if bearer == "" {
		bearer = other
	}
	return gateway.NewSecret(key), gateway.NewSecret(bearer)
}

func bearerOf(v string) string {
	if v == "" {
		return ""
	}
	scheme, rest, ok := strings.Cut(v, " ")
	if !ok {
		return v // some clients leave the scheme out
	}
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(rest)
}

// placeholders are the keys that SDKs send when none was set, in lower case.
var placeholders = map[string]bool{
	"openai_api_key": true, "dummy-key": true, "dummy": true, "dummy_key": true, "none": true, "null": true, "undefined": true,
	"placeholder": true, "not-needed": true, "no-key": true, "sk-no-key-required": true, "empty": true, "x": true, "xxx": true,
}

func notCredential(v, key string) bool {
	return v == key || strings.HasPrefix(v, keyPrefix) || len(v) < 24 && placeholders[strings.ToLower(v)]
}
