package guardrails

import (
	"context"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// A credential that looks like nothing is found all the same, in any spelling that JSON
// allows, and one that was added later too.
func TestHeldCredentials(t *testing.T) {
	keys := []gateway.Secret{gateway.NewSecret("none"), gateway.NewSecret("plain words as key")}
	s := New(Settings{Known: func() []gateway.Secret { return keys }})
	const later = "added afterwards"
	keys = append([]gateway.Secret{gateway.NewSecret(later)}, keys...)
	h := gatewaytest.NewHandler(gatewaytest.Answer("use [SECRET_1]"))
	plan := gatewaytest.Plan()
	plan.Redact = gateway.RedactPolicy{Input: []string{"email"}, Restore: true}
	ex := gatewaytest.Exchange(t, `{"model":"m","messages":[{"role":"user","content":"none of a@b.example, plain wor\u0064s as key, `+later+`"}]}`, gatewaytest.WithPlan(plan))
	stream, err := s.Redact().Wrap(h.Handle)(context.Background(), ex)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	if got := string(ex.Facts.Asked.Raw); !strings.Contains(got, `"none of [EMAIL_1], [SECRET_1], [SECRET_2]"`) {
		t.Error(got)
	}
	if got := s.Cleanse("a " + later + " b"); got != "a [SECRET] b" {
		t.Error(got)
	}
	if got := s.Pseudonym(later); !strings.HasPrefix(got, "pseudo_") {
		t.Error(got)
	}
}
