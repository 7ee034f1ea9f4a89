package redact

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
)

// A signed text gets back what restoring has changed in it, and nothing else.
func TestSignedTextIsOnlyUnrestored(t *testing.T) {
	const (
		first = `{"role":"user","content":"I am alice@example.com, not [EMAIL_9]; alice@example.com.au is my sister"}`
		said  = `The caller [EMAIL_1] said [EMAIL_2], or [EMAIL_3]; [email_1]? 415-555-2671.` // as the model signed it
	)
	d := NewDetector([]byte("k"), nil)
	r := begin(t, d, everyEntity...)
	if _, err := r.Request(request(t, `{"messages":[`+first+`]}`)); err != nil {
		t.Fatal(err)
	}
	restored, _ := r.vault.reveal(said, true, signedForm)
	if want := "The caller alice@example.com said [EMAIL_9], or alice@example.com.au; [email_1]? 415-555-2671."; restored != want {
		t.Fatal(restored)
	}

	// The next turn returns it, with a finding that is not in the vault.
	body := `{"messages":[` + first + `,{"role":"assistant","content":[{"type":"thinking","thinking":"` + restored + `","signature":"c2ln"},{"type":"text","text":"Call 415-555-2671"}]}]}`
	r = begin(t, d, everyEntity...)
	next, err := anthropic.NewRequest(gateway.OpChat, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	redacted, err := r.Request(next)
	if err != nil {
		t.Fatal(err)
	}
	raw := redacted.Raw
	content := gjson.GetBytes(raw, "messages.1.content")
	if got := content.Get("0.thinking").String(); got != said {
		t.Errorf("got  %s\nwant %s", got, said)
	}
	if got := content.Get("1.text").String(); got != "Call [PHONE_1]" {
		t.Error(got)
	}
	if got := r.Unedited(); len(got) != 1 || got[0] != (gateway.EntityHits{Entity: "phone", Count: 1}) {
		t.Errorf("unedited: %+v", got)
	}
	if got := r.Hits(); len(got) != 2 || got[0].Count != 2 || got[1].Count != 1 {
		t.Errorf("hits count lookalikes: %+v", got)
	}
	if strings.Count(string(raw), "c2ln") != 1 {
		t.Error("the signature was edited")
	}
}

// Base64 data of a part that declares itself binary is not searched, whatever its digits.
func TestBinaryPartsAreLeftAlone(t *testing.T) {
	image := `{"type":"image","source":{"type":"base64","media_type":"image/png","data":"4111111111111111` + strings.Repeat("AAAA", 200) + `"}}`
	req, err := anthropic.NewRequest(gateway.OpChat, []byte(`{"messages":[{"role":"user","content":[`+image+`,{"type":"text","text":"4111111111111111"}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	out, err := begin(t, NewDetector([]byte("k"), nil), everyEntity...).Request(req)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"messages":[{"role":"user","content":[` + image + `,{"type":"text","text":"[CARD_1]"}]}]}`; string(out.Raw) != want {
		t.Errorf("got  %s\nwant %s", out.Raw, want)
	}
}
