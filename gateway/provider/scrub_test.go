package provider

import (
	"strings"
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

func TestErrorKeepsNoTailOfTheCredential(t *testing.T) {
	const key = "sk-proj-9f8e7d6c5b4a3f2e1d0c9b8a06abcdef"
	for in, want := range map[string]string{
		"Incorrect API key provided: sk-proj-9f8e...06abcdef. Find yours at https://x": "Incorrect API key provided: [secret]...[secret]. Find yours at https://x",
		"sk-proj-9f8e***06abcdef":        "[secret]***[secret]",
		"sk-proj-9f8e********06abcdef":   "[secret]********[secret]",
		"9f8e7d…abcdef":                  "[secret]…[secret]",
		"ends with •••06abcdef":          "ends with •••[secret]",
		"in the middle 5b4a3f2e here":    "in the middle [secret] here",
		"whole sk-proj-9f8e7d6c it is":   "whole [secret] it is",
		"keys look like sk-proj-... see": "keys look like sk-proj-... see", // the prefix is no secret
		"keys begin with sk-proj-":       "keys begin with sk-proj-",
		"...bcdef":                       "...bcdef", // too short to tell
		"request 06abcdef":               "request [secret]",
		"request abcdef":                 "request abcdef",
	} {
		if got := withoutKey(in, key); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzWithoutKey(f *testing.F) {
	f.Add("a sk-proj-9f8e...06abcdef é", "sk-proj-9f8e7d6c5b4a3f2e1d0c9b8a06abcdef")
	f.Fuzz(func(t *testing.T, text, key string) {
		out := withoutKey(text, key)
		if secret := key[len(keyPrefix(key)):]; len(secret) >= minPiece && !strings.Contains(secret, hidden) && !strings.Contains(hidden, secret) {
			for i := 0; i+minPiece <= len(secret); i++ {
				if piece := secret[i : i+minPiece]; strings.Contains(out, piece) && !strings.ContainsAny(piece, "[]secrt") {
					t.Fatalf("%q of %q survives in %q", piece, key, out)
				}
			}
		}
	})
}
