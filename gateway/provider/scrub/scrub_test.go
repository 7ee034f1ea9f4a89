package scrub

import (
	"encoding/base64"
	"fmt"
	"net/url"
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
	e := Error(&gateway.Error{Public: "none of it", Err: nil}, gateway.NewSecret("none"))
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

func TestErrorKeepsNoEncodedCredential(t *testing.T) {
	const key = "sk-proj-9f8e7d6c5b4a3f2e1d0c9b8a06?>~~abcdef"
	percent := func(text, format string) string {
		var b strings.Builder
		for _, c := range []byte(text) {
			fmt.Fprintf(&b, format, c)
		}
		return b.String()
	}
	for name, plain := range map[string]string{"alone": key, "user": "user:" + key, "users": "me:" + key, "long user": "someone@example.com:" + key, "no password": key + ":", "bearer": "Bearer " + key} {
		for _, e := range []struct {
			name string
			enc  *base64.Encoding
		}{{"std", base64.StdEncoding}, {"raw std", base64.RawStdEncoding}, {"url", base64.URLEncoding}, {"raw url", base64.RawURLEncoding}} {
			encoded := e.enc.EncodeToString([]byte(plain))
			for in, want := range map[string]string{
				"bad Basic " + encoded + " here":                  "bad Basic [secret] here",
				"bad " + url.QueryEscape(encoded) + ".":           "bad [secret].",
				"bad " + percent(encoded, "%%%02x") + ".":         "bad [secret].",
				"cut " + encoded[8:len(encoded)-6] + "... behind": "cut [secret]... behind",
			} {
				if got := withoutKey(in, key); got != want {
					t.Errorf("%s, %s: %q: %q, want %q", name, e.name, in, got, want)
				}
			}
		}
	}
	for in, want := range map[string]string{
		"GET /?key=" + url.QueryEscape(key) + "&v=1":     "GET /?key=[secret]&v=1",
		percent(key, "%%%02X"):                           "[secret]",
		percent(key, "%%25%02x"):                         "[secret]",
		percent(key, `\u%04x`):                           "[secret]",
		"100% of sk-proj-..., %zz \\u00":                 "100% of sk-proj-..., %zz \\u00",
		"%41 and bm90aGluZyBvZiBpdCBhbGw stay":           "%41 and bm90aGluZyBvZiBpdCBhbGw stay",
		"%73%6b%2d ends with %…%30%36%3f%3e%7e%7eabcdef": "%73%6b%2d ends with %…[secret]",
	} {
		if got := withoutKey(in, key); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestSecretPartsOfACredential(t *testing.T) {
	e := &gateway.Error{Public: "sluice@acme.iam.gserviceaccount.com of acme may not use MIIEvQIBADANBgkq at aiplatform.googleapis.com"}
	Error(e, gateway.NewSecret(`{"type":"service_account","project_id":"acme","client_email":"sluice@acme.iam.gserviceaccount.com","token_uri":"https://oauth2.googleapis.com/token","private_key":"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\n"}`))
	if want := "sluice@acme.iam.gserviceaccount.com of acme may not use [secret] at aiplatform.googleapis.com"; e.Public != want {
		t.Errorf("%q", e.Public)
	}
}
