package gateway

import "log/slog"

// Secret holds a credential that format verbs, loggers and encoders do not print. Only
// Reveal returns the text. It is called only where a credential is sent or hashed. The text
// is behind a pointer because fmt prints unexported struct fields without calling their
// methods. Compare secrets with Equal.
type Secret struct{ text *string }

const hidden = "[secret]"

// ServerIdentity stands for the identity that this server itself has in a cloud: Google's
// application default credentials, AWS's chain of environment, web identity and instance role, or
// Azure's workload or managed identity. No text that anybody sends is equal to it: see
// IsServerIdentity.
var ServerIdentity = NewSecret("identity:default")

// IsServerIdentity reports whether s is ServerIdentity itself, and not just the same text.
func (s Secret) IsServerIdentity() bool { return s.text != nil && s.text == ServerIdentity.text }

// IsNone reports the word "none", which stands for no credential in the server's file.
func (s Secret) IsNone() bool { return s.Reveal() == "none" }

// NewSecret wraps text.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{text: &text}
}

// Reveal returns the credential itself.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Equal reports whether both hold the same text.
func (s Secret) Equal(o Secret) bool { return s.Reveal() == o.Reveal() }

// Empty reports whether there is no credential.
func (s Secret) Empty() bool { return s.text == nil }

func (s Secret) String() string               { return hidden }
func (s Secret) GoString() string             { return hidden }
func (s Secret) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
