// Package clientsecret issues short-lived secrets by which programs that must not hold an API key, such
// as web pages, open realtime sessions.
//
// A secret opens sessions in the name of the API key that issued it, with one configuration. It is not a
// secret of the vendor's, and its bearer never gets one: it is valid at Sluice only, so that each session
// is metered like one of the key's. It expires after its lifetime, and with the key. The store has its
// hash; the configuration is sealed, since tools in it may bring credentials.
package clientsecret

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Prefix begins every secret.
const Prefix = "ek_sl_"

// TokenPrefix begins the name of a secret of the API Live, by which Google's clients know an ephemeral
// token. It is not part of the secret.
const TokenPrefix = "auth_tokens/"

// IsSecret reports whether a key is a client secret.
func IsSecret(key gateway.Secret) bool { return strings.HasPrefix(key.Reveal(), Prefix) }

// The limits of secrets.
const (
	MinLife = 10 * time.Second
	MaxLife = 2 * time.Hour
	PerKey  = 1_000 // of one API key, at a time
	MaxSize = 64 << 10
)

// API is that of the sessions which a secret opens; "" is none.
type API string

// The APIs that have client secrets.
const (
	Realtime API = "realtime" // OpenAI's
	Live     API = "live"     // Gemini's, where they are called ephemeral tokens
)

// Grant is what a secret stands for.
type Grant struct {
	APIKey    string    `json:"-"` // id
	ExpiresAt time.Time `json:"-"` // no session is opened from then on

	API     API             `json:"api,omitempty"`
	Session json.RawMessage `json:"session,omitempty"` // an object; of Realtime's with the model
	// Fields are the paths of what the caller cannot choose in a session of Live's: there they have the
	// values of Session, or none. Without any, Session takes the place of all that the caller says.
	Fields []string          `json:"fields,omitempty"`
	Uses   int               `json:"uses,omitempty"`   // sessions that it opens at most; 0 = any number
	Until  time.Time         `json:"until,omitzero"`   // its sessions end then; zero: never for this reason
	Header map[string]string `json:"header,omitempty"` // of Sluice's, that chose config, virtual key and metadata

	hash [32]byte
}

// Record is a grant as it is stored.
type Record struct {
	Hash      [32]byte // SHA-256 of the secret
	APIKey    string
	Sealed    []byte
	Uses      int // sessions that it opens at most; 0 = any number
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Store keeps records.
type Store interface {
	// AddClientSecret adds one, and removes those that have expired. Where the API key has ofKey
	// already, the error is gateway.RateLimited.
	AddClientSecret(ctx context.Context, r Record, ofKey int) error
	// ClientSecret finds one by its hash, expired or not; gateway.NotFound.
	ClientSecret(ctx context.Context, hash [32]byte) (Record, error)
	// UseClientSecret counts a session of one. false: it has opened as many as it may, or is gone.
	UseClientSecret(ctx context.Context, hash [32]byte) (bool, error)
}

// Cipher seals what is stored. It is credential's.
type Cipher interface {
	Seal(table, row, column string, text gateway.Secret) []byte
	Open(table, row, column string, sealed []byte) (gateway.Secret, error)
}

// Keys knows the API keys. It is identity's service.
type Keys interface {
	// IdentifyKey returns the principal of an API key by its id, as for a call from an address.
	IdentifyKey(ctx context.Context, id, from string) (*gateway.Principal, error)
}

// Service issues and redeems secrets. Safe for concurrent use.
type Service struct {
	store  Store
	cipher Cipher
	keys   Keys
	now    func() time.Time
}

// New makes a service. now may be nil.
func New(store Store, cipher Cipher, keys Keys, now func() time.Time) *Service {
	if now == nil {
		now = time.Now
	}
	return &Service{store: store, cipher: cipher, keys: keys, now: now}
}

// Issue makes a secret for a grant of an API key, which lasts for life. The secret is returned here and
// never again.
func (s *Service) Issue(ctx context.Context, g Grant, life time.Duration) (gateway.Secret, time.Time, error) {
	const op = "clientsecret.Issue"
	var random [32]byte
	_, _ = rand.Read(random[:]) // crypto/rand.Read does not fail
	secret := gateway.NewSecret(Prefix + base64.RawURLEncoding.EncodeToString(random[:]))
	plain, err := json.Marshal(g)
	if err != nil {
		return gateway.Secret{}, time.Time{}, &gateway.Error{Op: op, Kind: gateway.Internal, Err: err}
	}
	now := s.now().UTC().Truncate(time.Second)
	r := Record{Hash: sha256.Sum256([]byte(secret.Reveal())), APIKey: g.APIKey, Uses: g.Uses, CreatedAt: now, ExpiresAt: now.Add(life)}
	r.Sealed = s.seal(r.Hash, plain)
	if err := s.store.AddClientSecret(ctx, r, PerKey); err != nil {
		if gateway.AsError(err).Kind == gateway.RateLimited {
			return gateway.Secret{}, time.Time{}, &gateway.Error{Op: op, Kind: gateway.RateLimited, Code: "too_many_client_secrets", RetryAfter: time.Minute,
				Public: "This API key has " + strconv.Itoa(PerKey) + " client secrets that have not expired, which is the limit."}
		}
		return gateway.Secret{}, time.Time{}, err
	}
	return secret, r.ExpiresAt, nil
}

// The place that a sealed grant opens at, beside its row.
const (
	table  = "client_secrets"
	column = "sealed"
)

func (s *Service) seal(hash [32]byte, plain []byte) []byte {
	return s.cipher.Seal(table, rowOf(hash), column, gateway.NewSecret(string(plain)))
}

func rowOf(hash [32]byte) string { return base64.StdEncoding.EncodeToString(hash[:]) }

// Redeem returns what a secret stands for, and the principal of its API key. A secret that is unknown or
// has expired, or whose key is no longer valid, is gateway.Unauthorized.
func (s *Service) Redeem(ctx context.Context, secret gateway.Secret, from string) (*gateway.Principal, *Grant, error) {
	const op = "clientsecret.Redeem"
	r, err := s.store.ClientSecret(ctx, sha256.Sum256([]byte(secret.Reveal())))
	switch {
	case err != nil && gateway.AsError(err).Kind == gateway.NotFound:
		return nil, nil, refuse(op, "Invalid client secret.", nil)
	case err != nil:
		return nil, nil, err
	case !s.now().Before(r.ExpiresAt):
		return nil, nil, refuse(op, "This client secret expired on "+r.ExpiresAt.UTC().Format(time.RFC3339)+".", nil)
	}
	g := &Grant{API: Realtime, hash: r.Hash} // those of older versions do not say which
	plain, err := s.cipher.Open(table, rowOf(r.Hash), column, r.Sealed)
	if err == nil {
		err = json.Unmarshal([]byte(plain.Reveal()), g)
	}
	if err != nil { // the master key was changed
		return nil, nil, refuse(op, "Invalid client secret.", err)
	}
	g.APIKey, g.ExpiresAt = r.APIKey, r.ExpiresAt
	p, err := s.Holder(ctx, g, from)
	return p, g, err
}

// Use counts a session that a secret is about to open. One that has opened as many as it may is
// gateway.Unauthorized.
func (s *Service) Use(ctx context.Context, g *Grant) error {
	const op = "clientsecret.Use"
	ok, err := s.store.UseClientSecret(ctx, g.hash)
	if err != nil {
		return err
	}
	if !ok {
		return refuse(op, "This client secret has opened as many sessions as it may.", nil)
	}
	return nil
}

// Holder is the principal of the API key that issued a secret, for a session that it has opened.
func (s *Service) Holder(ctx context.Context, g *Grant, from string) (*gateway.Principal, error) {
	return s.keys.IdentifyKey(ctx, g.APIKey, from)
}

func refuse(op, public string, err error) error {
	return &gateway.Error{Op: op, Kind: gateway.Unauthorized, Code: "invalid_client_secret", Public: public, Err: err}
}
