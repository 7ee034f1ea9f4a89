package upstreamcheck

import (
	"bytes"
	"context"
	"strings"

	"github.com/tidwall/gjson"
)

// compareSignatures gives signed reasoning of the checked key to the trusted one. Anthropic's
// models sign what they have reasoned, and Anthropic verifies it when it comes back, from whatever
// account and cloud; other makers' signatures belong to an account, so only models of the name claude
// are asked. That the trusted key takes no other signature is tried beside.
func compareSignatures(ctx context.Context, caller Caller, o Options) Finding {
	const check = "signed reasoning"
	trusted, err := caller.Reason(ctx, o.Trusted)
	switch {
	case err != nil:
		return unclear(check, "The trusted key cannot be asked for it: "+err.Error())
	case trusted == nil:
		return unclear(check, "The trusted key signs no reasoning.")
	}
	if took, err := caller.Resume(ctx, o.Trusted, trusted); err != nil || !took {
		return unclear(check, "The trusted key does not take its own signature back.")
	}
	if took, err := caller.Resume(ctx, o.Trusted, forged(trusted)); err != nil || took {
		return unclear(check, "The trusted key takes any signature.")
	}
	checked, err := caller.Reason(ctx, o.Checked)
	switch {
	case err != nil:
		return unclear(check, "It cannot be asked for it: "+err.Error())
	case checked == nil:
		return Finding{Check: check, Verdict: Differs, Evidence: "It signs no reasoning, the trusted key does."}
	}
	switch took, err := caller.Resume(ctx, o.Trusted, checked); {
	case err != nil:
		return unclear(check, "The trusted key could not be asked: "+err.Error())
	case !took:
		return Finding{Check: check, Verdict: Differs, Evidence: "The model's maker refuses its signature: the reasoning is forged or changed."}
	}
	return Finding{Check: check, Verdict: Same, Evidence: "The model's maker accepts its signature."}
}

// forged returns the content with other signatures of the same length and alphabet.
func forged(content []byte) []byte {
	out := content
	for _, signature := range gjson.GetBytes(content, "#.signature").Array() {
		half := len(signature.Raw) / 2
		out = bytes.Replace(out, []byte(signature.Raw), []byte(signature.Raw[:half]+strings.Map(other, signature.Raw[half:])), 1)
	}
	return out
}

func other(r rune) rune {
	switch {
	case r == 'z' || r == 'Z' || r == '9':
		return r - 1
	case r >= 'a' && r < 'z', r >= 'A' && r < 'Z', r >= '0' && r < '9':
		return r + 1
	}
	return r
}
