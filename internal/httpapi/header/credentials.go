package header

import (
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/clientsecret"
)

// keyPrefix marks the keys that Sluice itself issues. They never go upstream.
const keyPrefix = "sk-sl-"

// Credentials are the secrets of one call.
type Credentials struct {
	APIKey   gateway.Secret
	Provider gateway.Secret // the caller's own provider credential
	Conflict [2]string      // two places with different keys of Sluice; empty = none
}

// keyHeaders are the headers in which the clients of one vendor or another send their key, in
// order of precedence behind Authorization.
var keyHeaders = [...]string{
	"X-Api-Key",                 // Anthropic
	"Api-Key",                   // Azure OpenAI
	"X-Goog-Api-Key",            // Google
	"Ocp-Apim-Subscription-Key", // Azure API Management
}

// gatewayKeyHeaders hold the key of a gateway and of nobody else.
var gatewayKeyHeaders = [...]string{hAPIKey.own, hAPIKey.other, liteLLMKey}

const liteLLMKey = "X-Litellm-Api-Key"

// candidate is one key that the caller sent.
type candidate struct {
	place, value string
	basic        bool // password of HTTP's basic authentication, which no provider here takes
}

// issued reports whether Sluice made the key.
func (c candidate) issued() bool { return strings.HasPrefix(c.value, keyPrefix) }

// Take decides which secret is the caller's API key and which, if any, is the
// caller's own provider credential. It removes every place of a key from the headers, so that
// no forwarding by name can send one on.
//
// A header made for a gateway (x-sluice-, x-portkey-, x-litellm-api-key, in this order) holds
// the API key, and everything else belongs to the provider. Without such a header the API key is
// the one that Sluice issued, else the first in this order: Authorization, the headers of
// keyHeaders, ?key=, the WebSocket subprotocol. Two different keys that Sluice issued are a
// conflict: nobody can tell whose call it is.
func Take(from http.Header, queryKey string) Credentials {
	var own string
	for _, name := range gatewayKeyHeaders {
		if own == "" {
			own = bearerOf(first(from, name))
		}
		delete(from, name)
	}
	var space [len(keyHeaders) + 3]candidate
	found := candidates(space[:0], from, queryKey)
	out := Credentials{}
	if own == "" {
		own, out.Conflict = chooseKey(found)
	}
	out.APIKey = gateway.NewSecret(strings.TrimPrefix(own, clientsecret.TokenPrefix))
	for _, c := range found {
		if c.value != own && !c.issued() && !c.basic && !placeholder(c.value) {
			out.Provider = gateway.NewSecret(c.value)
			break
		}
	}
	return out
}

// candidates appends the keys of all places but those of a gateway, and removes the places.
func candidates(to []candidate, from http.Header, queryKey string) []candidate {
	add := func(c candidate) {
		if c.value != "" {
			to = append(to, c)
		}
	}
	authorization := first(from, "Authorization")
	add(candidate{place: "Authorization", value: bearerOf(authorization)})
	add(candidate{place: "Authorization", value: basicPassword(authorization), basic: true})
	delete(from, "Authorization")
	for _, name := range keyHeaders {
		add(candidate{place: strings.ToLower(name), value: first(from, name)})
		delete(from, name)
	}
	add(candidate{place: "?key=", value: queryKey})
	add(candidate{place: "Sec-WebSocket-Protocol", value: takeProtocolKey(from)})
	return to
}

// chooseKey picks the API key among the candidates.
func chooseKey(found []candidate) (key string, conflict [2]string) {
	var chosen, any *candidate
	for i := range found {
		c := &found[i]
		switch {
		case c.issued() && chosen == nil:
			chosen = c
		case c.issued() && c.value != chosen.value:
			return chosen.value, [2]string{chosen.place, c.place}
		case any == nil || placeholder(any.value) && !placeholder(c.value):
			any = c
		}
	}
	switch {
	case chosen != nil:
		return chosen.value, conflict
	case any != nil:
		return any.value, conflict
	}
	return "", conflict
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

// basicPassword is the password of HTTP's basic authentication, else its user name: exporters
// of traces send their key as either.
func basicPassword(v string) string {
	scheme, rest, _ := strings.Cut(v, " ")
	if !strings.EqualFold(scheme, "Basic") {
		return ""
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(rest))
	if err != nil {
		return ""
	}
	user, password, ok := strings.Cut(string(raw), ":")
	switch {
	case !ok:
		return ""
	case password == "":
		return user
	}
	return password
}

// protocolKey begins the WebSocket subprotocol in which browsers send OpenAI's key: their
// WebSocket cannot set a header.
const protocolKey = "openai-insecure-api-key."

// takeProtocolKey is the key among the WebSocket subprotocols. It is removed from them.
func takeProtocolKey(from http.Header) (key string) {
	const name = "Sec-Websocket-Protocol"
	offered := strings.Join(from[name], ",")
	if !strings.Contains(offered, protocolKey) {
		return ""
	}
	var rest []string
	for _, p := range strings.Split(offered, ",") {
		p = strings.TrimSpace(p)
		if k, ok := strings.CutPrefix(p, protocolKey); ok {
			key = k
		} else if p != "" {
			rest = append(rest, p)
		}
	}
	if delete(from, name); len(rest) > 0 {
		from[name] = []string{strings.Join(rest, ", ")}
	}
	return key
}

// placeholders are the keys that SDKs send when none was set, in lower case.
var placeholders = map[string]bool{
	"openai_api_key": true, "dummy-key": true, "dummy": true, "dummy_key": true, "none": true, "null": true, "undefined": true,
	"placeholder": true, "not-needed": true, "no-key": true, "sk-no-key-required": true, "empty": true, "x": true, "xxx": true,
}

func placeholder(v string) bool { return len(v) < 24 && placeholders[strings.ToLower(v)] }
