package signed_test

import (
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"crypto/rand"
	"reflect"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway/catalog"
	"github.com/sluicegate/sluice/gateway/catalog/signed"
	"github.com/sluicegate/sluice/gateway/catalog/table"
)

const model = "acme\tm\tchat\t\t\t\t\t\tone\tinput=1 output=2"

func newKey(t testing.TB) (ed25519.PublicKey, ed25519.PrivateKey) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return public, private
}

func TestSignedFile(t *testing.T) {
	public, private := newKey(t)
	other, _ := newKey(t)
	e := table.Edition{Version: 7, Day: "2026-11-30", Models: []string{model}, Conflicts: []string{"acme/m\t1/2\t3/4"}}
	unsigned, err := signed.Pack(e)
	if err != nil {
		t.Fatal(err)
	}
	file, err := signed.Sign(unsigned, private)
	if err != nil {
		t.Fatal(err)
	}
	got, err := signed.Open(file, []ed25519.PublicKey{other, public})
	if err != nil || !reflect.DeepEqual(got, e) {
		t.Fatalf("%+v, %v", got, err)
	}
	for i := range file { // no byte may change
		changed := bytes.Clone(file)
		changed[i] ^= 1
		if _, err := signed.Open(changed, []ed25519.PublicKey{public}); err == nil {
			t.Fatalf("byte %d is not protected", i)
		}
	}
	for i := range file {
		if _, err := signed.Open(file[:i], []ed25519.PublicKey{public}); err == nil {
			t.Fatalf("%d of %d bytes are accepted", i, len(file))
		}
	}
	if _, err := signed.Open(append(file, 'x'), []ed25519.PublicKey{public}); err == nil {
		t.Error("something behind the end is accepted")
	}
	for _, keys := range [][]ed25519.PublicKey{nil, {other}} {
		if _, err := signed.Open(file, keys); err == nil || !strings.Contains(err.Error(), "not one of a key that is trusted") {
			t.Error(err)
		}
	}
	if _, err := signed.Open(unsigned, []ed25519.PublicKey{public}); err == nil || !strings.Contains(err.Error(), "not signed") {
		t.Error(err)
	}
	if _, err := signed.Sign(file, private); err == nil {
		t.Error("signed twice")
	}
}

// The built-in catalogue is one that can be published.
func TestBuiltIn(t *testing.T) {
	e, err := catalog.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	e.Version = 1
	file, err := signed.Pack(e)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes", len(file))
}

// What is signed is checked all the same: errors name the line, the model and the column.
func TestReadRefuses(t *testing.T) {
	text := func(lines ...string) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write([]byte(strings.Join(lines, "\n") + "\n"))
		_ = z.Close()
		return b.Bytes()
	}
	const head = "sluice-catalog 1\n" + `{"version":1,"day":"2026-11-30"}` + "\n"
	with := func(prices string) string { return strings.Replace(model, "input=1 output=2", prices, 1) }
	for _, tc := range []struct{ name, file, want string }{
		{"empty", "", "format"},
		{"another format", "sluice-catalog 2\n", "format"},
		{"no head", "sluice-catalog 1\n", "version and day"},
		{"no version", "sluice-catalog 1\n{\"day\":\"2026-11-30\"}\n", "version"},
		{"a negative version", "sluice-catalog 1\n{\"version\":-1,\"day\":\"2026-11-30\"}\n", "version"},
		{"no day", "sluice-catalog 1\n{\"version\":1,\"day\":\"soon\"}\n", "day"},
		{"an unknown field", "sluice-catalog 1\n{\"version\":1,\"dya\":1}\n", "dya"},
		{"no gzip", head + "models", "compressed text"},
		{"no models", head + string(text("")), "no model"},
		{"a bad line", head + string(text(model, "x")), "line 2"},
		{"columns", head + string(text("acme\tm")), "10"},
		{"a negative amount", head + string(text(with("input=-1"))), "line 1: acme/m: price 1: input"},
		{"an amount beyond bounds", head + string(text(with("input=9000000000000000000"))), "acme/m: price 1: input"},
		{"an amount beyond 64 bits", head + string(text(with("input=99999999999999999999"))), "acme/m"},
		{"no unit", head + string(text(with("In=1"))), "acme/m: price 1"},
		{"no day of a price", head + string(text(with("2026-13-01.. input=1"))), "price 1: from"},
		{"an empty span", head + string(text(with("2026-12-01..2026-12-01 input=1"))), "price 1: until"},
		{"no hours", head + string(text(with("hours=1-7@00:00-24:00/9-9@00:00-01:00 input=1"))), "price 1: hours"},
		{"a model twice", head + string(text(model, model)), "line 2: acme/m: the model is there twice"},
		{"an unknown agreement", head + string(text(strings.Replace(model, "\tone\t", "\tall\t", 1))), "agreement"},
		{"a deprecation", head + string(text(strings.Replace(model, "\t\t\tone", "\tnow\t\tone", 1))), "deprecated"},
		{"control characters", head + string(text(strings.Replace(model, "\tm\t", "\tm\x1b[2J\t", 1))), "id"},
		{"a bad conflict", head + string(text(model, "", "x")), "line 3"},
		{"a long line", head + string(text(strings.Repeat("x", 1<<17))), "line 1 is longer"},
		{"two texts", head + string(text(model)) + string(text(model)), "behind the end"},
	} {
		_, err := signed.Read([]byte(tc.file))
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want one with %q", tc.name, err, tc.want)
		}
	}
}

// A text that grows beyond its bound is not read to its end.
func TestBomb(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("sluice-catalog 1\n" + `{"version":1,"day":"2026-11-30"}` + "\n")
	z := gzip.NewWriter(&b)
	prices := strings.Repeat(" ", 40_000) // is no price, but a line of the conflicts is not looked at for long
	_, _ = z.Write([]byte(model + "\n\n"))
	for n := 0; n <= table.MaxText; n += len(prices) {
		_, _ = z.Write([]byte("acme/m\t1/" + prices + "\t3/4\n"))
	}
	_ = z.Close()
	if _, err := signed.Read(b.Bytes()); err == nil || !strings.Contains(err.Error(), "longer than") {
		t.Errorf("%d bytes: %v", b.Len(), err)
	}
}

func TestKeys(t *testing.T) {
	public, private := newKey(t)
	text, err := signed.WritePrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := signed.ReadPrivateKey(text); err != nil || !got.Equal(private) {
		t.Error(err)
	}
	if got, err := signed.ReadPublicKey(signed.WritePublicKey(public)); err != nil || !got.Equal(public) {
		t.Error(err)
	}
	for _, bad := range []string{"", "AAAA", "not base64 at all"} {
		if _, err := signed.ReadPublicKey(bad); err == nil {
			t.Errorf("accepted %q", bad)
		}
	}
	for _, bad := range []string{"", "x", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		if _, err := signed.ReadPrivateKey([]byte(bad)); err == nil {
			t.Errorf("accepted %q", bad)
		}
	}
}

func FuzzRead(f *testing.F) {
	unsigned, err := signed.Pack(table.Edition{Version: 1, Day: "2026-11-30", Models: []string{model}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(unsigned)
	f.Fuzz(func(t *testing.T, file []byte) {
		e, err := signed.Read(file)
		if err != nil {
			return
		}
		if _, err := signed.Pack(e); err != nil {
			t.Errorf("it cannot be packed again: %v", err)
		}
	})
}
