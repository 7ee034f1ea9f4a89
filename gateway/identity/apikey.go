package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/access"
)

// APIKey is the stored form of what a caller presents. The key itself is not stored.
type APIKey struct {
	ID        string
	Workspace string // id
	Member    string // id
	Team      string // id of a team that Member belongs to, ""
	Name      string // unique in the workspace
	Hash      Hash
	Masked    string // shown to people: "sk-sl-Ab3d…"
	Config    string // slug, ""
	Access    access.Rules
	Previous  PreviousKey    // the value before a rotation
	Compat    gateway.Compat // "" = the workspace's
	Budget    *int64         // nano-USD for the key's whole life; nil = no budget
	ExpiresAt time.Time
	Disabled  bool
	FromFile  bool
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Hash is stored in the place of an API key: the SHA-256 of one that was generated, here or by
// another gateway, since nobody guesses its random text; the keyed hash of one that an operator
// chose.
type Hash = [32]byte

// PreviousKey is the value that a key had before it was rotated, good until a time. The zero
// value is none.
type PreviousKey struct {
	Hash  Hash
	Until time.Time
}

// generatedHash is the hash of a generated key.
func generatedHash(key gateway.Secret) Hash { return sha256.Sum256([]byte(key.Reveal())) }

const (
	prefix   = "sk-sl-"
	alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	random   = 40 // characters: 238 bits
)

// newKey generates a key.
func newKey() gateway.Secret {
	out := make([]byte, 0, len(prefix)+random)
	out = append(out, prefix...)
	var buf [64]byte
	for len(out) < cap(out) {
		_, _ = rand.Read(buf[:]) // crypto/rand.Read does not fail
		for _, b := range buf {
			// 248 = 4*62: larger bytes would make some characters more likely
			if b < 248 && len(out) < cap(out) {
				out = append(out, alphabet[b%62])
			}
		}
	}
	return gateway.NewSecret(string(out))
}

// mask shows enough of a generated key to tell keys apart. It shows nothing of a key that
// an operator chose, whose first characters may be guessable.
func mask(key gateway.Secret) string {
	text := key.Reveal()
	if rest, ok := strings.CutPrefix(text, prefix); ok && len(rest) >= 24 {
		return prefix + rest[:4] + "…"
	}
	return "…"
}

// checkKey refuses a key, chosen by an operator, that a header cannot carry unchanged.
func checkKey(op, param string, key gateway.Secret) *gateway.Error {
	text := key.Reveal()
	if len(text) < 8 || len(text) > 512 {
		return gateway.InvalidField(op, param, "An API key must have 8 to 512 characters.")
	}
	if !printable(key) {
		return gateway.InvalidField(op, param, "An API key must be printable ASCII without spaces.")
	}
	return nil
}

// printable reports whether a key can be sent in a header as it is.
func printable(key gateway.Secret) bool {
	for _, c := range []byte(key.Reveal()) {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return !key.Empty()
}
