package gateway

import "log/slog"

// Secret holds a credential so that no format verb, logger or encoder can print
// it by accident. Only Reveal gives the text; it is called where a credential
// goes onto the wire or through a hash, nowhere else.
type Secret struct{ text string }

const hidden = "[secret]"

// NewSecret wraps text.
func NewSecret(text string) Secret { return Secret{text: text} }

// Reveal returns the credential itself.
func (s Secret) Reveal() string { return s.text }

// Empty reports whether there is no credential.
func (s Secret) Empty() bool { return s.text == "" }

func (s Secret) String() string               { return hidden }
func (s Secret) GoString() string             { return hidden }
func (s Secret) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
