package session

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Session is a member who has signed in to one workspace.
type Session struct {
	ID        string
	Hash      Hash
	Member    string // id
	Workspace string // id
	Method    Method
	Address   string // of the sign-in
	Client    string // the user agent of the sign-in
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Method is how a member has signed in.
type Method string

// The methods.
const (
	WithAPIKey   Method = "api_key"
	WithPassword Method = "password"
	WithOIDC     Method = "oidc"   // at an identity provider
	WithDevice   Method = "device" // confirmed by another session
)

// Hash is the SHA-256 of a token.
type Hash = [32]byte

// Prefix begins every token. It also begins the API keys that Sluice generates: no token goes to
// a provider.
const Prefix = "sk-sl-session-"

// HasToken reports whether a key is written like a session's token.
func HasToken(key gateway.Secret) bool { return strings.HasPrefix(key.Reveal(), Prefix) }

func newToken() gateway.Secret {
	var random [32]byte
	_, _ = rand.Read(random[:]) // crypto/rand.Read does not fail
	return gateway.NewSecret(Prefix + base64.RawURLEncoding.EncodeToString(random[:]))
}

func hashOf(token gateway.Secret) Hash { return sha256.Sum256([]byte(token.Reveal())) }

// CSRF is what a browser sends back beside the cookie that holds the token. Another site cannot
// read it, and it tells nothing about the token.
func CSRF(token gateway.Secret) string {
	mac := hmac.New(sha256.New, []byte(token.Reveal()))
	mac.Write([]byte("csrf"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Store keeps sessions. The conformance suite is sessiontest.Store. Hashes are unique
// (gateway.Conflict); a session of an unknown member or workspace, and a delete of an unknown one,
// is gateway.NotFound.
type Store interface {
	// Sessions lists by id.
	Sessions(ctx context.Context) ([]Session, error)
	PutSession(ctx context.Context, s Session) error
	DeleteSession(ctx context.Context, id string) error
}
