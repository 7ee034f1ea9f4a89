package credential

import (
	"bytes"
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Source reads credentials from a place outside of the database. The conformance suite is
// credentialtest.Source. Errors say what is wrong in words for an operator, without the value.
type Source interface {
	// Read returns the value at a path, which is a reference without its scheme.
	Read(ctx context.Context, path string) (Value, error)
}

// Value is a credential as a source gives it.
type Value struct {
	Secret gateway.Secret
	MaxAge time.Duration // it is read again after this time; 0 = it does not change
}

// Schemes of references.
const (
	SchemeEnv   = "env"   // env:NAME
	SchemeFile  = "file"  // file:/path
	SchemeVault = "vault" // vault:secret/data/path#field
	// SchemeIdentity is the server's own identity in a cloud: identity:default.
	SchemeIdentity = "identity"

	// schemeValue marks a credential that only looks like a reference: value:… is what follows.
	schemeValue = "value"
)

var schemes = []string{SchemeEnv, SchemeFile, SchemeVault, SchemeIdentity}

// looksLikeScheme matches the beginning of a text that is taken for a reference. Vendors'
// credentials contain digits, dashes or capitals before a colon.
var looksLikeScheme = regexp.MustCompile(`^[a-z]{2,16}:`)

// ReadAPIKey tells a reference from a credential: env:NAME, file:/path, vault:path#field and
// identity:default are references, value:… is the credential behind the colon, another scheme is a problem, and every
// other text is a credential. problem completes "The field …", and does not quote the text.
func ReadAPIKey(text string) (reference string, value gateway.Secret, problem string) {
	text = OneLine(text)
	scheme, path, _ := strings.Cut(text, ":")
	switch {
	case !looksLikeScheme.MatchString(text):
		return "", gateway.NewSecret(text), ""
	case scheme == schemeValue:
		return "", gateway.NewSecret(path), ""
	case !slices.Contains(schemes, scheme):
		return "", gateway.Secret{}, "names an unknown source of credentials; known are env:NAME, file:/path, vault:path#field and identity:default (value:… is a credential that only looks like this)"
	case strings.ContainsAny(text, "\r\n\x00") || len(text) > 1024:
		return "", gateway.Secret{}, "must hold a reference of at most 1024 characters on one line"
	}
	return text, gateway.Secret{}, pathProblem(scheme, path)
}

// OneLine writes a JSON object, such as the key of a service account, on one line. Every other text
// stays as it is.
func OneLine(text string) string {
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return text
	}
	var out bytes.Buffer
	if json.Compact(&out, []byte(text)) != nil {
		return text
	}
	return out.String()
}

func pathProblem(scheme, path string) string {
	switch scheme {
	case SchemeEnv:
		if !envName.MatchString(path) {
			return "needs the name of an environment variable: env:NAME"
		}
		if strings.HasPrefix(path, "SLUICE_MASTER_KEY") || path == "SLUICE_API_KEY" {
			return "names a key of Sluice itself, which must not go to a provider"
		}
	case SchemeFile:
		if !strings.HasPrefix(path, "/") {
			return "needs an absolute path: file:/run/secrets/openai"
		}
	case SchemeIdentity:
		if path != "default" {
			return "must be identity:default"
		}
	case SchemeVault:
		at, field, ok := strings.Cut(path, "#")
		if !ok || field == "" || !vaultPath.MatchString(at) || slices.Contains(strings.Split(at, "/"), "..") {
			return "needs a path and a field: vault:secret/data/openai#api_key"
		}
	}
	return ""
}

var (
	envName   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	vaultPath = regexp.MustCompile(`^[A-Za-z0-9_.-]+(/[A-Za-z0-9_. -]+)+$`)
)
