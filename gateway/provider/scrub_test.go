package provider

import (
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

func TestWithoutKey(t *testing.T) {
	const key = "sk-abcdefghijklmnop"
	for in, want := range map[string]string{
		"bad key sk-abcdefghijklmnop.": "bad key [secret].", "nothing": "nothing", "sk-abc": "sk-abc", "starts sk-abcdefghi... ok": "starts [secret]... ok",
		"ends ...hijklmnop": "ends ...[secret]", key + key: "[secret][secret]", "": "",
	} {
		if got := withoutKey(in, key); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	e := scrub(&gateway.Error{Public: "none of it", Err: nil}, gateway.NewSecret("none"))
	if e.Public != "none of it" {
		t.Errorf("the key that is none: %q", e.Public)
	}
}
