package device_test

import (
	"context"
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/device"
	"github.com/sluicegate/sluice/gateway/identity/device/devicetest"
)

func TestMemory(t *testing.T) {
	devicetest.Store(t, func(*testing.T) device.Store { return devicetest.NewMemory() })
}

type keyed struct{}

func (keyed) Hash(code gateway.Secret) [32]byte { return sha256.Sum256([]byte("key" + code.Reveal())) }

// guesses allows three wrong codes.
type guesses map[string]int

func (g guesses) MayGuess(from string) error {
	if g[from] >= 3 {
		return &gateway.Error{Kind: gateway.RateLimited}
	}
	return nil
}
func (g guesses) GuessedWrong(from string) { g[from]++ }

type desk struct {
	*device.Service
	now time.Time
}

func openDesk() *desk {
	d := &desk{now: time.Date(2026, 11, 29, 10, 0, 0, 0, time.UTC)}
	d.Service = device.New(devicetest.NewMemory(), keyed{}, guesses{}, func() time.Time { return d.now })
	return d
}

func (d *desk) start(t *testing.T) device.Started {
	t.Helper()
	s, err := d.Start(t.Context(), device.Inference, "claude-code/2", "10.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (d *desk) poll(t *testing.T, s device.Started) string {
	t.Helper()
	d.now = d.now.Add(device.Interval)
	return codeOf(d.Poll(t.Context(), s.Device))
}

func codeOf[T any](_ T, err error) string {
	if err == nil {
		return ""
	}
	return gateway.AsError(err).Code
}

// TestApproved: a program is let in once, as whom the person said.
func TestApproved(t *testing.T) {
	d := openDesk()
	s := d.start(t)
	if !strings.HasPrefix(s.Device.Reveal(), device.Prefix) || len(s.User) != 9 || strings.Trim(s.User, "BCDFGHJKLMNPQRSTVWXZ-") != "" {
		t.Errorf("the codes: %s", s.User)
	}
	if code := d.poll(t, s); code != device.CodePending {
		t.Errorf("before anybody has decided: %q", code)
	}
	g, err := d.Find(t.Context(), strings.ToLower(strings.ReplaceAll(s.User, "-", " ")), "10.0.0.2")
	if err != nil || g.Client != "claude-code/2" || g.Address != "10.0.0.1" {
		t.Fatalf("%+v %v", g, err)
	}
	if err := d.Decide(t.Context(), g, device.Decision{Approve: true, Member: "m", Workspace: "w", APIKey: "k"}); err != nil {
		t.Fatal(err)
	}
	if code := codeOf(0, d.Decide(t.Context(), g, device.Decision{})); code != "unknown_code" {
		t.Errorf("decided twice: %q", code)
	}
	if code := codeOf(d.Find(t.Context(), s.User, "10.0.0.2")); code != "unknown_code" {
		t.Errorf("a code that was used: %q", code)
	}
	d.now = d.now.Add(device.Interval)
	if g, err := d.Poll(t.Context(), s.Device); err != nil || g.Member != "m" || g.Workspace != "w" || g.APIKey != "k" {
		t.Errorf("%+v %v", g, err)
	}
	if code := d.poll(t, s); code != "invalid_grant" {
		t.Errorf("the device code again: %q", code)
	}
}

// TestNotApproved: each way in which a program is not let in has RFC 8628's code.
func TestNotApproved(t *testing.T) {
	d := openDesk()
	s := d.start(t)
	g, err := d.Find(t.Context(), s.User, "10.0.0.2")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Decide(t.Context(), g, device.Decision{Member: "m"}); err != nil {
		t.Fatal(err)
	}
	if code := d.poll(t, s); code != device.CodeDenied {
		t.Errorf("denied: %q", code)
	}
	s = d.start(t)
	d.now = d.now.Add(device.Lifetime)
	if code := d.poll(t, s); code != device.CodeExpired {
		t.Errorf("late: %q", code)
	}
	if code := codeOf(d.Find(t.Context(), s.User, "10.0.0.2")); code != "unknown_code" {
		t.Errorf("a late user code: %q", code)
	}
	if code := codeOf(d.Poll(t.Context(), gateway.NewSecret(device.Prefix+"guess"))); code != "invalid_grant" {
		t.Errorf("a guess: %q", code)
	}
	if code := codeOf(d.Poll(t.Context(), gateway.NewSecret(s.User))); code != "invalid_grant" {
		t.Errorf("the user code for the device code: %q", code)
	}
}

// TestSlowDown: whoever polls too often waits longer each time.
func TestSlowDown(t *testing.T) {
	d := openDesk()
	s := d.start(t)
	for i, c := range []struct {
		after time.Duration
		code  string
	}{{0, device.CodePending}, {time.Second, device.CodeSlow}, {5 * time.Second, device.CodeSlow}, {15 * time.Second, device.CodePending}, {9 * time.Second, device.CodeSlow}, {20 * time.Second, device.CodePending}} {
		d.now = d.now.Add(c.after)
		if code := codeOf(d.Poll(t.Context(), s.Device)); code != c.code {
			t.Errorf("poll %d: %q, want %q", i, code, c.code)
		}
	}
}

// TestGuesses: an address that tries codes has to wait, also with the right one.
func TestGuesses(t *testing.T) {
	d := openDesk()
	s := d.start(t)
	for _, code := range []string{"BCDF-GHJK", "aeio-uaei", strings.Repeat("B", 1000)} {
		if got := codeOf(d.Find(t.Context(), code, "10.0.0.2")); got != "unknown_code" {
			t.Errorf("%.20s: %q", code, got)
		}
	}
	if _, err := d.Find(t.Context(), s.User, "10.0.0.2"); gateway.AsError(err).Kind != gateway.RateLimited {
		t.Errorf("after three wrong codes: %v", err)
	}
	if _, err := d.Find(t.Context(), s.User, "10.0.0.3"); err != nil {
		t.Errorf("another address: %v", err)
	}
}

// TestTooManyWait: one address cannot fill the table.
func TestTooManyWait(t *testing.T) {
	d := openDesk()
	start := func(address string) error {
		_, err := d.Start(context.Background(), device.Admin, "", address)
		return err
	}
	for range 50 {
		if err := start("2001:db8::1"); err != nil {
			t.Fatal(err)
		}
	}
	if err := start("2001:db8::2"); codeOf(0, err) != "slow_down" || gateway.AsError(err).RetryAfter == 0 {
		t.Errorf("another address of the network: %v", err)
	}
	if err := start("10.0.0.1"); err != nil {
		t.Errorf("another network: %v", err)
	}
	d.now = d.now.Add(device.Lifetime)
	if err := start("2001:db8::1"); err != nil {
		t.Errorf("after they have ended: %v", err)
	}
}
