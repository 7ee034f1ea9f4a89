// Package scrub removes a credential from the errors of a vendor, which may quote it.
//
// [Error] changes the fields that are sent to the caller or logged. It hides the credential, each of its
// parts of at least eight bytes, a shorter beginning or end of it beside a mask such as "...", and its
// base64 and percent-encoded forms. A prefix that all keys of a vendor share is not secret and stays.
package scrub

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

const (
	hidden = "[secret]"

	// minPiece is the length of the shortest piece of a credential that is replaced anywhere
	// in an error, behind the vendor's prefix.
	minPiece = 8
	// minShown is the length of the shortest beginning or end of a credential that is replaced
	// next to a mask: vendors quote "sk-proj-9f8e...abcdef".
	minShown = 6
)

// keyPrefixes are prefixes that all credentials of a vendor share, longer ones first. Help
// texts quote them, and they are not secret.
var keyPrefixes = []string{
	"sk-ant-api03-", "sk-ant-admin01-", "sk-svcacct-", "sk-admin-", "sk-or-v1-", "sk-proj-", "sk-ant-", "sk-or-", "sk-lf-", "sk-sl-", "sk-",
	"AIzaSy", "AIza", "gsk_", "xai-", "pplx-", "nvapi-", "hf_", "r8_", "fw_", "csk-", "tgp_v1_", "vck_",
}

// masks replace the middle of a credential in vendors' errors.
var masks = []string{"…", "...", "***", "•••"}

// Error removes the credential from the fields of e that are sent or logged.
func Error(e *gateway.Error, credential gateway.Secret) *gateway.Error {
	if credential.Empty() || credential.IsNone() || credential.IsServerIdentity() {
		return e
	}
	for _, key := range secretParts(credential.Reveal()) {
		scrubKey(e, key)
	}
	return e
}

// publicParts are the members of a credential in JSON that are no secrets, and that errors name.
var publicParts = []string{"type", "project_id", "quota_project_id", "client_email", "client_id", "auth_uri", "token_uri", "token_url", "audience", "subject_token_type",
	"auth_provider_x509_cert_url", "client_x509_cert_url", "universe_domain", "access_key_id"}

// secretParts returns what is secret of a credential: the members of a JSON object, such as the key of a
// service account, that are not public; else all of it.
func secretParts(text string) []string {
	if !strings.HasPrefix(text, "{") || !gjson.Valid(text) {
		return []string{text}
	}
	var out []string
	gjson.Parse(text).ForEach(func(name, value gjson.Result) bool {
		if value.Type == gjson.String && value.Str != "" && !slices.Contains(publicParts, name.Str) {
			out = append(out, value.Str)
		}
		return true
	})
	return out
}

func scrubKey(e *gateway.Error, key string) {
	for _, s := range []*string{&e.Public, &e.Param, &e.Code, &e.Type} {
		*s = withoutKey(*s, key)
	}
	if e.Err != nil {
		if text := e.Err.Error(); withoutKey(text, key) != text {
			e.Err = errText(withoutKey(text, key))
		}
	}
}

type errText string

func (e errText) Error() string { return string(e) }

// withoutKey replaces the key in text, and also: each part of it of at least minPiece bytes,
// with the vendor's prefix before it, each beginning or end of it of at least minShown bytes
// next to a mask, and each base64 text that such a part of it is encoded in. All of them are
// found behind percent and \u escapes too.
func withoutKey(text, key string) string {
	text = strings.ReplaceAll(text, key, hidden)
	plain := unescape(text)
	secret := make([]bool, len(text)) // the bytes to hide
	for _, s := range secretSpans(plain.text, key) {
		for i := plain.offset(s[0]); i < plain.offset(s[1]); i++ {
			secret[i] = true
		}
	}
	return render(text, secret)
}

// secretSpans finds what withoutKey hides in a text without escapes.
func secretSpans(text, key string) (spans [][2]int) {
	prefix := keyPrefix(key)
	for i := 0; i+minPiece <= len(text); i++ {
		if n := longestPiece(text[i:], key[len(prefix):]); n > 0 {
			spans = append(spans, [2]int{i - prefixBefore(text[:i], prefix), i + n})
			i += n - 1
		}
	}
	for _, mask := range masks {
		for i := 0; ; i++ {
			at := strings.Index(text[i:], mask)
			if at < 0 {
				break
			}
			i += at
			from := i + len(mask)
			spans = append(spans, [2]int{i - headBefore(text[:i], key, prefix), i}, [2]int{from, from + tailAfter(text[from:], key)})
		}
	}
	for _, form := range base64Forms(key) {
		for i := 0; i+minPiece <= len(text); i++ {
			if n := longestPiece(text[i:], form); n > 0 {
				span := base64Around(text, i, i+n)
				spans = append(spans, span)
				i = span[1] - 1
			}
		}
	}
	return spans
}

func keyPrefix(key string) string {
	for _, p := range keyPrefixes {
		if strings.HasPrefix(key, p) {
			return p
		}
	}
	return ""
}

// prefixBefore returns the length of the prefix if text ends with it, else 0.
func prefixBefore(text, prefix string) int {
	if strings.HasSuffix(text, prefix) {
		return len(prefix)
	}
	return 0
}

// longestPiece returns the length of the longest start of text that is part of secret; 0 if
// it is shorter than minPiece.
func longestPiece(text, secret string) int {
	n := minPiece
	if len(text) < n || !strings.Contains(secret, text[:n]) {
		return 0
	}
	for n < len(text) && strings.Contains(secret, text[:n+1]) {
		n++
	}
	return n
}

// headBefore returns the length of the start of the key, with or without the vendor's
// prefix, that text ends with. The prefix alone does not count.
func headBefore(text, key, prefix string) int {
	for n := min(len(text), len(key)); n >= minShown; n-- {
		end := text[len(text)-n:]
		if n > len(prefix) && end == key[:n] || strings.HasPrefix(key[len(prefix):], end) {
			return n
		}
	}
	return 0
}

// tailAfter returns the length of the end of the key that text begins with.
func tailAfter(text, key string) int {
	for n := min(len(text), len(key)); n >= minShown; n-- {
		if strings.HasSuffix(key, text[:n]) {
			return n
		}
	}
	return 0
}

// render returns text with each run of secret bytes replaced.
func render(text string, secret []bool) string {
	var b strings.Builder
	for i, hide := range secret {
		switch {
		case !hide:
			b.WriteByte(text[i])
		case i == 0 || !secret[i-1]:
			b.WriteString(hidden)
		}
	}
	return b.String()
}
