package header

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestTwoKeysOfSluice: nobody can tell whose call it is, so it is nobody's.
func TestTwoKeysOfSluice(t *testing.T) {
	for name, c := range map[string]struct {
		header   []string
		conflict bool
	}{
		"bearer and x-api-key":  {[]string{"Authorization", "Bearer sk-sl-1", "X-Api-Key", "sk-sl-2"}, true},
		"x-api-key and Google":  {[]string{"X-Api-Key", "sk-sl-1", "X-Goog-Api-Key", "sk-sl-2"}, true},
		"equal":                 {[]string{"Authorization", "Bearer sk-sl-1", "X-Api-Key", "sk-sl-1"}, false},
		"a header of a gateway": {[]string{"X-Sluice-Api-Key", "sk-sl-1", "Authorization", "Bearer sk-sl-2"}, false},
		"one is a vendor's":     {[]string{"Authorization", "Bearer sk-ant", "X-Api-Key", "sk-sl-1"}, false},
	} {
		h := http.Header{}
		for i := 0; i < len(c.header); i += 2 {
			h.Set(c.header[i], c.header[i+1])
		}
		got := Take(h, "")
		if (got.Conflict[0] != "") != c.conflict || got.APIKey.Reveal() != "sk-sl-1" || strings.HasPrefix(got.Provider.Reveal(), "sk-sl-") || len(h) > 0 {
			t.Errorf("%s: %v, %q, %q, left %v", name, got.Conflict, got.APIKey.Reveal(), got.Provider.Reveal(), h)
		}
	}
}

// TestQueryOfOthersStays: only the parameters that hold a key are taken out of a URL.
func TestQueryOfOthersStays(t *testing.T) {
	for url, want := range map[string]string{"/v1/test": "/v1/test", "/v1/test?monkey=1&keys=2&key": "/v1/test?monkey=1&keys=2", "/v1/test?a=%zz&b=key": "/v1/test?a=%zz&b=key", "/v1/test?key=k": "/v1/test",
		"/v1/test?access_token=auth_tokens%2Fk&a=1": "/v1/test?a=1"} {
		r := httptest.NewRequest("GET", url, nil)
		TakeQueryKey(r)
		if r.URL.String() != want || r.RequestURI != want {
			t.Errorf("%s: %s, %s", url, r.URL, r.RequestURI)
		}
	}
}
