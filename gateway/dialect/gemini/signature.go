package gemini

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// Google's clients return a thoughtSignature with its function call, whatever it holds, but
// often leave out the thoughts. So reasoning that another vendor signed is written, text
// and all, into the signature of the call that follows it.

// envelope begins such a signature, before it is encoded in base64.
const envelope = "sluice.reasoning:"

// skipValidation is the signature that Google documents for calls of another model, whose
// history has none (https://ai.google.dev/gemini-api/docs/thought-signatures).
const skipValidation = "skip_thought_signature_validator"

// sealedReasoning is one part of reasoning inside of a signature.
type sealedReasoning struct {
	Text      string `json:"text,omitempty"`
	Value     string `json:"signature,omitempty"`
	Encrypted string `json:"encrypted,omitempty"`
}

// seal writes reasoning of other vendors as a thoughtSignature.
func seal(list []sealedReasoning) string {
	raw, _ := json.Marshal(list) // plain data always encodes
	return base64.StdEncoding.EncodeToString(append([]byte(envelope), raw...))
}

// unseal reads a thoughtSignature as the reasoning that it stands for: Google's own, or that
// of other vendors.
func unseal(signature, path string) []message.Part {
	reasoning := func(s sealedReasoning) message.Part {
		return message.Part{Kind: message.KindReasoning, Text: s.Text, Sign: message.Signature{Value: s.Value, Encrypted: s.Encrypted}, Path: path}
	}
	if signature == "" || signature == skipValidation {
		return nil
	}
	raw, err := base64.StdEncoding.DecodeString(standardBase64(signature))
	sealed, found := strings.CutPrefix(string(raw), envelope)
	if err != nil || !found {
		return []message.Part{reasoning(sealedReasoning{Encrypted: message.Stamp(message.StampGoogle, signature)})}
	}
	var list []sealedReasoning
	if json.Unmarshal([]byte(sealed), &list) != nil {
		return nil
	}
	var out []message.Part
	for _, s := range list {
		if s.Value != "" || s.Encrypted != "" {
			out = append(out, reasoning(s))
		}
	}
	return out
}

// sealedText is the text that a thoughtSignature holds for another vendor, "" if it is
// Google's own.
func sealedText(signature string) string {
	var b strings.Builder
	for _, p := range unseal(signature, "") {
		b.WriteString(p.Text)
	}
	return b.String()
}
