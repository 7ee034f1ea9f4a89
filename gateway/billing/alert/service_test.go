package alert_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/billing/alert"
	"github.com/sluicegate/sluice/gateway/billing/alert/alerttest"
	"github.com/sluicegate/sluice/gateway/billing/budget"
)

func TestMemory(t *testing.T) {
	alerttest.Store(t, func(*testing.T) alert.Store { return &alerttest.Memory{} })
}

// plain is a cipher that notes what a value was sealed for.
type plain struct{}

func (plain) Seal(table, row, column string, text gateway.Secret) []byte {
	return []byte(table + "/" + row + "/" + column + ":" + text.Reveal())
}

func (plain) Open(table, row, column string, sealed []byte) (gateway.Secret, error) {
	text, ok := strings.CutPrefix(string(sealed), table+"/"+row+"/"+column+":")
	if !ok {
		return gateway.Secret{}, errors.New("sealed for something else")
	}
	return gateway.NewSecret(text), nil
}

// receiver is a server that webhooks are sent to. It answers with the codes, then with 204.
type receiver struct {
	*httptest.Server
	mu    sync.Mutex
	codes []int
	got   []received
}

type received struct {
	header http.Header
	body   []byte
}

func receive(t *testing.T, codes ...int) *receiver {
	r := &receiver{codes: codes}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.got = append(r.got, received{req.Header.Clone(), body})
		code := http.StatusNoContent
		if len(r.codes) > 0 {
			code, r.codes = r.codes[0], r.codes[1:]
		}
		w.WriteHeader(code)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) all() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]received(nil), r.got...)
}

// until waits for something that other goroutines bring about.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("not within 30 s: " + what)
		}
	}
}

const secret = "0123456789abcdef"

func service(t *testing.T, store alert.Store, log *slog.Logger) *alert.Service {
	t.Helper()
	var mu sync.Mutex
	n := 0
	s := alert.New(alert.Config{Store: store, Cipher: plain{}, Pause: time.Millisecond, Poll: 5 * time.Millisecond, Log: log,
		Client: func(r *http.Request, _ bool) (*http.Response, error) { return http.DefaultTransport.RoundTrip(r) },
		CheckAddress: func(url string) error {
			if strings.Contains(url, "169.254.") {
				return &gateway.Error{Kind: gateway.Invalid, Public: "This address is refused: it is a private or reserved address."}
			}
			return nil
		},
		NewID: func(at time.Time) string {
			mu.Lock()
			defer mu.Unlock()
			n++
			return fmt.Sprintf("id%d-%d", n, at.UnixNano())
		},
		Key: func(_ context.Context, id string) (string, string) { return "name of " + id, "w" }})
	if err := s.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func create(t *testing.T, s *alert.Service, target alert.Target) alert.Target {
	t.Helper()
	made, err := s.Create(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func webhook(name, workspace, url string) alert.Target {
	return alert.Target{Name: name, Workspace: workspace, Format: alert.Webhook, URL: gateway.NewSecret(url), Secret: gateway.NewSecret(secret)}
}

func crossing(percent int64) billing.Crossing {
	return billing.Crossing{Account: "budget/b/1", Kind: budget.OfBudget, ID: "b", Name: "<monthly>", Workspace: "w", APIKey: "k", Percent: percent,
		Limit: 10_000_000_000, Spent: 8_100_000_000, Resets: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), At: time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)}
}

func nothing(context.Context) error { return nil }

// A webhook is signed and tried again until it is taken, with the same id; a Slack target gets a
// text; a target of another workspace gets nothing.
func TestDelivery(t *testing.T) {
	store := &alerttest.Memory{}
	hook, slack, other := receive(t, 500, 302, 429), receive(t), receive(t)
	s := service(t, store, nil)
	create(t, s, webhook("ops", "w", hook.URL+"/hook"))
	create(t, s, webhook("theirs", "v", other.URL))
	create(t, s, alert.Target{Name: "chat", Format: alert.Slack, URL: gateway.NewSecret(slack.URL + "/services/T0/B0/xyz")})
	s.Start(nothing)
	s.Reached(crossing(80))
	s.Reached(crossing(80))
	until(t, "all is delivered", func() bool { return s.Stats().Delivered == 2 })
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := hook.all()
	if len(got) != 4 || len(slack.all()) != 1 || len(other.all()) != 0 || s.Stats().Failed != 3 || store.Waiting() != 0 {
		t.Fatalf("%d, %d and %d requests, %+v, %d waiting", len(got), len(slack.all()), len(other.all()), s.Stats(), store.Waiting())
	}
	for _, r := range got {
		if r.header.Get(alert.DeliveryHeader) != got[0].header.Get(alert.DeliveryHeader) || r.header.Get(alert.DeliveryHeader) == "" || r.header.Get("Content-Type") != "application/json" {
			t.Errorf("headers %v", r.header)
		}
		var at string
		var mac string
		for _, part := range strings.Split(r.header.Get(alert.SignatureHeader), ",") {
			switch name, value, _ := strings.Cut(part, "="); name {
			case "t":
				at = value
			case "v1":
				mac = value
			}
		}
		h := hmac.New(sha256.New, []byte(secret))
		h.Write([]byte(at + "." + string(r.body)))
		if hex.EncodeToString(h.Sum(nil)) != mac {
			t.Errorf("the signature %q does not fit", r.header.Get(alert.SignatureHeader))
		}
	}
	var e map[string]any
	if err := json.Unmarshal(got[0].body, &e); err != nil || e["type"] != "budget.threshold" || e["kind"] != "budget" || e["object_id"] != "b" || e["name"] != "<monthly>" ||
		e["percent"] != 80.0 || e["spent_usd"] != 8.1 || e["limit_usd"] != 10.0 || e["resets_at"] != "2026-12-01T00:00:00Z" || e["workspace_id"] != "w" {
		t.Errorf("%v: %s", err, got[0].body)
	}
	if text := string(slack.all()[0].body); !strings.Contains(text, `{"text":"Budget \u0026lt;monthly\u0026gt; has used 80 %: 8.1 of 10 USD. It resets at 2026-12-01T00:00:00Z."}`) {
		t.Errorf("%s", text)
	}
	if slack.all()[0].header.Get(alert.SignatureHeader) != "" {
		t.Error("Slack gets a signature")
	}
}

// Of replicas that all learn of a crossing, one announces it, and it is delivered once.
func TestReplicas(t *testing.T) {
	store, hook := &alerttest.Memory{}, receive(t)
	create(t, service(t, store, nil), webhook("ops", "w", hook.URL))
	var replicas []*alert.Service
	for range 3 {
		s := service(t, store, nil)
		s.Start(func(context.Context) error { s.Reached(crossing(50)); return nil })
		replicas = append(replicas, s)
	}
	for range 10 {
		for _, s := range replicas {
			s.Reached(crossing(50))
			s.Reached(crossing(100))
		}
	}
	until(t, "both are delivered", func() bool { return len(hook.all()) >= 2 && store.Waiting() == 0 })
	for _, s := range replicas {
		if err := s.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(hook.all()); n != 2 {
		t.Errorf("%d requests for 2 crossings", n)
	}
}

// What a process announced and did not deliver before it died is delivered by the next one; what it
// did not announce is told again and announced.
func TestCrash(t *testing.T) {
	store, hook := &alerttest.Memory{}, receive(t)
	dead := service(t, store, nil)
	create(t, dead, webhook("ops", "", hook.URL))
	dead.Reached(crossing(50)) // never started: it dies with the crossing in its queue
	announcing := service(t, store, nil)
	announcing.Reached(crossing(80))
	if err := announcing.Close(t.Context()); err != nil || store.Waiting() != 1 { // drains, delivers nothing
		t.Fatalf("%d waiting, %v", store.Waiting(), err)
	}
	next := service(t, store, nil)
	next.Start(func(context.Context) error { next.Reached(crossing(50)); return nil })
	until(t, "both are delivered", func() bool { return next.Stats().Delivered == 2 })
	if err := next.Close(t.Context()); err != nil || len(hook.all()) != 2 {
		t.Errorf("%d requests, %v", len(hook.all()), err)
	}
}

// A queue that is full drops and counts; Reached never waits.
func TestFullQueue(t *testing.T) {
	s := service(t, &alerttest.Memory{}, nil)
	for range 1_124 {
		s.Reached(crossing(50))
	}
	if got := s.Stats().Dropped; got != 100 {
		t.Errorf("%d dropped, want 100", got)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// A store that fails loses a crossing only until billing tells it again, and Close says so.
func TestFailingStore(t *testing.T) {
	store := &alerttest.Memory{}
	s := service(t, store, nil)
	store.Fail(errors.New("disk full"))
	s.Reached(crossing(50))
	s.Reached(crossing(80))
	if err := s.Close(t.Context()); err == nil || s.Stats().Dropped != 2 {
		t.Errorf("%v, %+v", err, s.Stats())
	}
}

// What cannot be meant is refused by the field's name, and nothing is kept.
func TestTargetsThatCannotBeMeant(t *testing.T) {
	store := &alerttest.Memory{}
	s := service(t, store, nil)
	create(t, s, webhook("ops", "w", "https://hooks.example.com/x"))
	for name, tc := range map[string]struct {
		target alert.Target
		field  string
		file   bool // the server's file may have it
	}{
		"no name":           {webhook("", "w", "https://a.example.com"), "name", false},
		"name in use":       {webhook("ops", "w", "https://a.example.com"), "name", true},
		"no URL":            {webhook("x", "w", ""), "url", false},
		"no scheme":         {webhook("x", "w", "a.example.com/x"), "url", false},
		"another scheme":    {webhook("x", "w", "ftp://a.example.com/x"), "url", false},
		"user and password": {webhook("x", "w", "https://u:hunter2@a.example.com/x"), "url", false},
		"private address":   {webhook("x", "w", "http://169.254.169.254/latest"), "url", true},
		"short secret":      {alert.Target{Name: "x", Format: alert.Webhook, URL: gateway.NewSecret("https://a.example.com"), Secret: gateway.NewSecret("short")}, "secret", false},
		"unknown format":    {alert.Target{Name: "x", Format: "pager", URL: gateway.NewSecret("https://a.example.com")}, "format", false},
		"secret for Slack":  {alert.Target{Name: "x", Format: alert.Slack, URL: gateway.NewSecret("https://a.example.com"), Secret: gateway.NewSecret(secret)}, "secret", false},
	} {
		_, err := s.Create(t.Context(), tc.target)
		if e := gateway.AsError(err); err == nil || e.Param != tc.field || strings.Contains(e.Public, "hunter2") {
			t.Errorf("%s: %v (%s), want the field %s", name, err, e.Param, tc.field)
		}
		err = s.Declare([]alert.Target{webhook("ok", "", "http://10.0.0.1/x"), tc.target})
		if e := gateway.AsError(err); tc.file != (err == nil) || err != nil && e.Param != "alerts.webhooks[1]."+tc.field {
			t.Errorf("%s in the file: %v (%s)", name, err, e.Param)
		}
		if err := s.Declare(nil); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.Targets("w"); len(got) != 1 {
		t.Errorf("kept %v", got)
	}
}

// TestUpdate: a target that is changed is stored as it is then, and keeps its id and its creation.
func TestUpdate(t *testing.T) {
	s := service(t, &alerttest.Memory{}, nil)
	first, other := create(t, s, webhook("ops", "w", "https://a.example.com")), create(t, s, webhook("other", "w", "https://b.example.com"))
	changed := first
	changed.Name, changed.URL = "night", gateway.NewSecret("https://c.example.com/path")
	if _, err := s.Update(t.Context(), changed); err != nil {
		t.Fatal(err)
	}
	if err := s.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := s.Target("w", first.ID)
	if err != nil || got.Name != "night" || got.Address() != "https://c.example.com/…" || !got.Secret.Equal(first.Secret) || !got.CreatedAt.Equal(first.CreatedAt) {
		t.Errorf("%+v, %v", got, err)
	}
	for field, edit := range map[string]func(*alert.Target){
		"name": func(t *alert.Target) { t.Name = other.Name }, "url": func(t *alert.Target) { t.URL = gateway.NewSecret("ftp://x") },
		"secret": func(t *alert.Target) { t.Secret = gateway.NewSecret("short") }, "id": func(t *alert.Target) { t.ID = "nobody" },
	} {
		bad := got
		edit(&bad)
		if _, err := s.Update(t.Context(), bad); err == nil || gateway.AsError(err).Param != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// Neither the URL's path nor the secret is in the log, in an error, or in the store unsealed.
func TestNothingLeaks(t *testing.T) {
	hook := receive(t, 500, 500, 500, 500)
	var log strings.Builder
	var mu sync.Mutex
	s := service(t, &alerttest.Memory{}, slog.New(slog.NewTextHandler(writer(func(p []byte) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		return log.Write(p)
	}), nil)))
	target := webhook("ops", "w", hook.URL+"/services/canary-path")
	target.Secret = gateway.NewSecret("canary-secret-1234")
	made := create(t, s, target)
	err := s.Test(t.Context(), made)
	if err == nil {
		t.Fatal("a test that answered 500 succeeded")
	}
	hook.Close()
	gone := s.Test(t.Context(), made)
	s.Reached(crossing(80))
	s.Start(nothing)
	until(t, "a try has failed", func() bool { return s.Stats().Failed > 0 })
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	text := log.String() + fmt.Sprintf("%+v %+v %v %s", err, gone, made, made.Address())
	if strings.Contains(text, "canary") || !strings.Contains(text, "ops") {
		t.Errorf("%s", text)
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }
