package responses

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// seal is what ties reasoning of a target with another format to the model that wrote it. The
// caller gets it as encrypted_content and sends it back. It hides nothing: the text stands in the
// summary, where guardrails and redaction see it.
type seal struct {
	Model     string `json:"model"`               // that the request asked for
	Text      string `json:"text,omitempty"`      // digest of the text
	Signature string `json:"signature,omitempty"` // of the vendor
	Encrypted string `json:"encrypted,omitempty"` // in place of a text
}

// sealPrefix tells our encrypted_content from OpenAI's.
const sealPrefix = "sluice1_"

func (s seal) pack(text string) string {
	s.Text = digest(text)
	raw, _ := json.Marshal(s) // plain data always encodes
	return sealPrefix + base64.RawURLEncoding.EncodeToString(raw)
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func isSealed(encrypted string) bool { return strings.HasPrefix(encrypted, sealPrefix) }

// unseal is the inverse of pack. false: another model wrote the text, or it was changed.
func unseal(encrypted, text, model string) (seal, bool) {
	var s seal
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(encrypted, sealPrefix))
	if err != nil || json.Unmarshal(raw, &s) != nil {
		return s, false
	}
	return s, s.Model == model && s.Text == digest(text)
}

// WithoutSealed is a body without the reasoning of targets with another format: OpenAI could not
// decrypt it.
func WithoutSealed(body []byte) []byte {
	if !bytes.Contains(body, []byte(`"`+sealPrefix)) {
		return body
	}
	list := []byte{'['}
	for e := range jsonx.Elements(jsonx.Get(body, "input")) {
		if !isSealed(jsonx.String(jsonx.Get(e.Value, "encrypted_content"))) {
			list = appendItem(list, e.Value)
		}
	}
	return jsonx.Update(body, jsonx.Change{Name: "input", Value: append(list, ']')})
}
