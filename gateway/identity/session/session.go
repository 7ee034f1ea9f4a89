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
	ExpiresAt time.Time // of the token

	APIKey  string  // id of the API key as which it calls models; "" = it calls none
	Refresh Refresh // zero = the session ends with its token
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

func newToken(prefix string) gateway.Secret {
	var random [32]byte
	_, _ = rand.Read(random[:]) // crypto/rand.Read does not fail
	return gateway.NewSecret(prefix + base64.RawURLEncoding.EncodeToString(random[:]))
}

func hashOf(token gateway.Secret) Hash { return sha256.Sum256([]byte(token.Reveal())) }

// CSRF is what a browser sends back beside the cookie that holds the token. Another site cannot
// read it, and it tells nothing about the token.
func CSRF(token gateway.Secret) string {
	mac := hmac.New(sha256.New, []byte(token.Reveal()))
	mac.Write([]byte("csrf"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Refresh is how a session gets a new token when the old one ends.
type Refresh struct {
	Hash     Hash      // of the refresh token
	Until    time.Time // when the session ends
	At       time.Time // of the last renewal, zero before the first
	Used     Hash      // of the refresh token that was used then
	Replaced Hash      // of the token that was replaced then, which stays good for overlap
}

// RefreshPrefix begins every refresh token.
const RefreshPrefix = "sk-sl-refresh-"

// Tokens are what a renewable session is used with. They are returned once.
type Tokens struct{ Access, Refresh gateway.Secret }

// Store keeps sessions. The conformance suite is sessiontest.Store. Hashes are unique
// (gateway.Conflict); a session of an unknown member or workspace, and a delete of an unknown one,
// is gateway.NotFound.
type Store interface {
	// Sessions lists by id.
	Sessions(ctx context.Context) ([]Session, error)
	PutSession(ctx context.Context, s Session) error
	// RenewSession replaces the session with the ID if its refresh token still has the hash was;
	// else it is gateway.Conflict. Another process may renew it at the same time.
	RenewSession(ctx context.Context, s Session, was Hash) error
	DeleteSession(ctx context.Context, id string) error
}
