package gateway

import "log/slog"

// Secret holds a credential so that no format verb, logger or encoder can print
// it by accident. Only Reveal gives the text; it is called where a credential
// goes onto the wire or through a hash, nowhere else. The text stands behind a pointer,
// because fmt prints the unexported fields of a struct without asking their methods; compare
// secrets by Equal.
type Secret struct{ text *string }

const hidden = "[secret]"

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
