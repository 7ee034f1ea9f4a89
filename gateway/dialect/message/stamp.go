package message

import "strings"

// Reasoning that another vendor than Anthropic signed travels as Signature.Encrypted, with
// the vendor's id before it: "google:CiQB…". What has no stamp is Anthropic's. Callers hand it
// back as they got it, so a writer knows whether its own vendor can read it.

// StampGoogle is the stamp of Google's thought signatures.
const StampGoogle = "google"

// Stamp returns value with the vendor who can read it.
func Stamp(vendor, value string) string { return vendor + ":" + value }

// StampedBy returns the value that a vendor stamped. ok is false for that of another one.
func (s Signature) StampedBy(vendor string) (value string, ok bool) {
	return strings.CutPrefix(s.Encrypted, vendor+":")
}

// Stamped reports whether another vendor than Anthropic signed the reasoning. Anthropic's
// data is base64, which has no colon.
func (s Signature) Stamped() bool { return strings.Contains(s.Encrypted, ":") }
