package prompts

import (
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

func TestKeyOf(t *testing.T) {
	member := &gateway.Principal{Member: "mem-1", APIKey: "key-1"}
	for _, c := range []struct {
		name, by, key, arm string
		ex                 gateway.Exchange
	}{
		{"member", "member", "mem-1", "member", gateway.Exchange{Principal: member}},
		{"metadata", "metadata.user", "u7", "metadata.user", gateway.Exchange{Principal: member, Envelope: &gateway.Envelope{Metadata: map[string]string{"user": "u7"}}}},
		{"metadata not sent", "metadata.user", "mem-1", "member", gateway.Exchange{Principal: member, Envelope: &gateway.Envelope{}}},
		{"key without a member", "member", "key-1", "member", gateway.Exchange{Principal: &gateway.Principal{APIKey: "key-1"}}},
		{"nobody", "member", "ex-1", "request", gateway.Exchange{ID: "ex-1"}},
	} {
		if key, arm := drawKey(&c.ex, c.by); key != c.key || arm != c.arm {
			t.Errorf("%s: drawn by %q (%s), want %q (%s)", c.name, key, arm, c.key, c.arm)
		}
	}
}
