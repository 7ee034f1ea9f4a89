package redact

import (
	"errors"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

func TestCleanse(t *testing.T) {
	s := NewDetector(nil, nil)
	for in, want := range map[string]string{
		"plain text":                       "plain text",
		"mail alice@example.com [EMAIL_1]": "mail [EMAIL] [EMAIL_1]",
		`{"card":4111111111111111,"t":"\n13800138000","k":"sk-ant-abcdefgh123","u":"\u624b13800138000"}`: `{"card":"[CARD]","t":"\n[CN_MOBILE]","k":"[SECRET]","u":"手[CN_MOBILE]"}`,
		`{"a":"{\"m\":\"x\\u0040y.io\"}"}`: `{"a":"{\"m\":\"[EMAIL]\"}"}`,
		`data: {"m":"x\u0040y.io"`:         `data: {"m":"[EMAIL]"`,
		`{"phone":"4155552671"}`:           `{"phone":"[PHONE]"}`,
	} {
		got := s.Cleanse(in)
		if got != want {
			t.Errorf("%s\ngot  %s\nwant %s", in, got, want)
		}
		if again := s.Cleanse(got); again != got {
			t.Errorf("twice: %s", again)
		}
	}
}

// A panic in a scanner is an error that does not quote the text, wherever the scanner runs.
func TestPanicIsAnError(t *testing.T) {
	const body = `{"user":"alice@example.com","messages":[{"role":"user","content":"alice@example.com"}]}`
	for name, broken := range map[string]func(*Detector){
		"policy":     func(d *Detector) { d.scanners["email"] = nil },
		"pseudonyms": func(d *Detector) { d.complete = nil },
	} {
		d := NewDetector(nil, nil)
		if _, err := begin(t, d, "email").Request(request(t, body)); err != nil {
			t.Fatal(err)
		}
		broken(d)
		_, err := begin(t, d, "email").Request(request(t, body))
		var e *gateway.Error
		if !errors.As(err, &e) || e.Kind != gateway.Internal || strings.Contains(err.Error(), "alice") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHolds(t *testing.T) {
	d := NewDetector(nil, func() []gateway.Secret { return []gateway.Secret{gateway.NewSecret("stored-credential")} })
	for raw, want := range map[string]bool{
		`{"a":"[EMAIL_1] and text"}`:                  false,
		`{"a":["x",{"b":"alice@example.com"}]}`:       true,
		`{"alice@example.com":1}`:                     true,
		`{"a":"{\"m\":\"alice\\u0040example.com\"}"}`: true,
		`{"card":4111111111111111}`:                   false, // not in the policy
		`{"a":"a stored\u002dcredential"}`:            true,
	} {
		if got := d.Holds([]string{"email"}, []byte(raw)); got != want {
			t.Errorf("%s: %v", raw, got)
		}
	}
	if !d.Holds([]string{"emial"}, []byte(`{}`)) {
		t.Error("an unknown entity holds nothing")
	}
}
