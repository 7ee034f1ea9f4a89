package refresh_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/catalog"
	"github.com/sluicegate/sluice/gateway/catalog/refresh"
	"github.com/sluicegate/sluice/gateway/catalog/signed"
	"github.com/sluicegate/sluice/gateway/catalog/table"
)

// publisher serves what it has published last.
type publisher struct {
	t      *testing.T
	public ed25519.PublicKey
	key    ed25519.PrivateKey
	server *httptest.Server
	file   atomic.Pointer[[]byte]
	status atomic.Int32
}

func newPublisher(t *testing.T) *publisher {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &publisher{t: t, public: public, key: private}
	p.server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if to := r.URL.Query().Get("to"); to != "" {
			http.Redirect(w, r, to, http.StatusFound)
			return
		}
		if n := p.status.Load(); n != 0 {
			w.WriteHeader(int(n))
			return
		}
		http.ServeContent(w, r, "", time.Unix(1, 0), strings.NewReader(string(*p.file.Load())))
	}))
	t.Cleanup(p.server.Close)
	return p
}

// edition is a signed file in which a model has a price.
func (p *publisher) edition(version int64, day, price string) []byte {
	p.t.Helper()
	unsigned, err := signed.Pack(table.Edition{Version: version, Day: day, Models: []string{"acme\tm\tchat\t\t\t\t\t\tone\t" + price}})
	if err != nil {
		p.t.Fatal(err)
	}
	file, err := signed.Sign(unsigned, p.key)
	if err != nil {
		p.t.Fatal(err)
	}
	return file
}

func (p *publisher) open(keep, query string) (*refresh.Service, *catalog.Catalog) {
	p.t.Helper()
	book, err := catalog.New()
	if err != nil {
		p.t.Fatal(err)
	}
	s := refresh.New(refresh.Config{URL: p.server.URL + "/catalog?token=secret" + query, Keys: []ed25519.PublicKey{p.public}, Keep: keep, Transport: p.server.Client().Transport}, book)
	p.t.Cleanup(func() { _ = s.Close(p.t.Context()) })
	s.Restore()
	return s, book
}

func priceOf(t *testing.T, book *catalog.Catalog) int64 {
	t.Helper()
	price, _ := book.Price("acme", "m", time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC))
	return price.Input
}

// TestRefresh: what is newer and signed is used, and by a restart, too; nothing else changes anything.
func TestRefresh(t *testing.T) {
	p := newPublisher(t)
	keep := filepath.Join(t.TempDir(), "deeper", "catalog")
	s, book := p.open(keep, "")
	other := newPublisher(t)
	first := p.edition(2, "2027-01-01", "input=1000 output=1")
	for _, step := range []struct {
		name    string
		file    []byte
		renewed bool
		problem string // "" = none
		price   int64
	}{
		{"no catalogue", []byte("<html>"), false, "its first line is no signature", 0},
		{"of somebody else", other.edition(9, "2027-01-01", "input=9 output=9"), false, "not one of a key that is trusted", 0},
		{"too large", make([]byte, signed.MaxFile+1), false, "larger than", 0},
		{"before the built-in one", p.edition(9, "2020-01-01", "input=9 output=9"), false, "before that of the built-in catalogue", 0},
		{"the first", first, true, "", 1000},
		{"the same", first, false, "", 1000},
		{"another one of this version", p.edition(2, "2027-01-02", "input=9 output=9"), false, "not higher than 2", 1000},
		{"the next", p.edition(3, "2027-01-02", "input=2000 output=1"), true, "", 2000},
		{"the first once more", first, false, "version 2 is not higher than 3", 2000},
		{"cut", p.edition(4, "2027-01-02", "input=2000 output=1")[:200], false, "", 2000},
	} {
		p.file.Store(&step.file)
		renewed, err := s.Refresh(t.Context())
		failed := step.problem != "" || step.name == "cut"
		if renewed != step.renewed || (err != nil) != failed || err != nil && !strings.Contains(err.Error(), step.problem) {
			t.Errorf("%s: renewed %v, %v", step.name, renewed, err)
		}
		if got := priceOf(t, book); got != step.price {
			t.Errorf("%s: the price is %d, not %d", step.name, got, step.price)
		}
		if st := s.Status(); (st.Problem != "") != failed || strings.Contains(st.Problem, "secret") {
			t.Errorf("%s: status %+v", step.name, st)
		}
	}
	again, book := p.open(keep, "")
	if st := again.Status(); priceOf(t, book) != 2000 || st.Origin != refresh.Kept || st.Version != 3 {
		t.Errorf("after a restart: %d, %+v", priceOf(t, book), st)
	}
	if _, err := again.Refresh(t.Context()); err == nil {
		t.Error("a cut file")
	}
	p.file.Store(&first)
	if _, err := again.Refresh(t.Context()); err == nil || !strings.Contains(err.Error(), "not higher than 3") {
		t.Errorf("an older file after a restart: %v", err)
	}
	if err := os.WriteFile(keep, []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	if third, book := p.open(keep, ""); third.Status().Origin != refresh.BuiltIn || priceOf(t, book) != 0 {
		t.Errorf("a broken file was used: %+v", third.Status())
	}
}

// TestTransport: only https, whatever a server says, and a failure does not show the address.
func TestTransport(t *testing.T) {
	p := newPublisher(t)
	file := p.edition(1, "2027-01-01", "input=1 output=1")
	p.file.Store(&file)
	keep := filepath.Join(t.TempDir(), "catalog")
	plain := httptest.NewServer(p.server.Config.Handler)
	defer plain.Close()
	refused := func(s *refresh.Service, want string) {
		t.Helper()
		if _, err := s.Refresh(t.Context()); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%v, want %q", err, want)
		}
	}
	s, _ := p.open(keep, "&to="+plain.URL)
	refused(s, "not one of https")
	s, _ = p.open(filepath.Join(t.TempDir(), "catalog"), "")
	p.status.Store(503)
	refused(s, "status 503")
	p.server.Close()
	refused(s, "cannot be reached")
	_, err := s.Refresh(t.Context())
	for what, text := range map[string]string{"the answer": gateway.AsError(err).Public, "the status": s.Status().Problem} {
		if !strings.Contains(text, "the server of the catalogue cannot be reached") || strings.Contains(text, "127.0.0.1") {
			t.Errorf("%s: %q", what, text)
		}
	}
}

func TestFileAndInterval(t *testing.T) {
	p := newPublisher(t)
	dir := t.TempDir()
	source := filepath.Join(dir, "source")
	book, err := catalog.New()
	if err != nil {
		t.Fatal(err)
	}
	s := refresh.New(refresh.Config{File: source, Keys: []ed25519.PublicKey{p.public}, Keep: filepath.Join(dir, "kept"), Every: 10 * time.Millisecond}, book)
	s.Start()
	for deadline := time.Now().Add(30 * time.Second); s.Status().Failures == 0 && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
	}
	if st := s.Status(); st.Problem != "the file cannot be read" || st.FailedSince.IsZero() {
		t.Errorf("a source that does not exist: %+v", st)
	}
	if err := os.WriteFile(source+".new", p.edition(1, "2027-01-01", "input=7 output=1"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(source+".new", source); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); priceOf(t, book) != 7 && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
	}
	if err := s.Close(t.Context()); err != nil || priceOf(t, book) != 7 {
		t.Errorf("%v, %+v", err, s.Status())
	}
}

func TestNothingConfigured(t *testing.T) {
	book, err := catalog.New()
	if err != nil {
		t.Fatal(err)
	}
	s := refresh.New(refresh.Config{}, book)
	s.Restore()
	s.Start()
	if _, err := s.Refresh(t.Context()); err == nil || s.Status().Configured || s.Status().Origin != refresh.BuiltIn || s.Status().Day != catalog.Day {
		t.Errorf("%v, %+v", err, s.Status())
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
