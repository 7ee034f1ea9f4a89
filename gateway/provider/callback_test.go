package provider

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A callback reaches no private address unless it is trusted, and follows no redirect.
func TestCallback(t *testing.T) {
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	}))
	defer server.Close()
	send := func(c *Client, url string, trusted bool) (int, error) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := c.Callback(r, trusted)
		if err != nil {
			return 0, err
		}
		defer resp.Body.Close()
		return resp.StatusCode, nil
	}
	c := New(Config{})
	defer c.Close()
	for _, url := range []string{server.URL, strings.Replace(server.URL, "127.0.0.1", "localhost", 1), "http://169.254.169.254/latest", "http://[::1]/"} {
		if code, err := send(c, url, false); err == nil {
			t.Errorf("%s answered %d", url, code)
		}
	}
	if calls != 0 {
		t.Fatalf("%d calls of a private address", calls)
	}
	if code, err := send(c, server.URL, true); err != nil || code != http.StatusFound || calls != 1 {
		t.Errorf("trusted: %d, %v, %d calls", code, err, calls)
	}
	listed := New(Config{TrustedHosts: []string{"127.0.0.1"}})
	defer listed.Close()
	if code, err := send(listed, server.URL, false); err != nil || code != http.StatusFound {
		t.Errorf("listed: %d, %v", code, err)
	}
}
