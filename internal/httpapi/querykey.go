package httpapi

import (
	"net/http"
	"net/url"
	"strings"
)

// takeQueryKey takes the parameter "key", in which Google's clients may send their key, out of
// the URL, so that no log line, record or upstream call can hold it. Of several the first with
// a value counts.
func takeQueryKey(r *http.Request) (key string) {
	if !strings.Contains(r.URL.RawQuery, "key") && !strings.Contains(r.URL.RawQuery, "%") {
		return ""
	}
	var rest []string
	taken := false
	for _, pair := range strings.Split(r.URL.RawQuery, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if name, err := url.QueryUnescape(name); err != nil || name != "key" {
			rest = append(rest, pair)
			continue
		}
		taken = true
		if v, err := url.QueryUnescape(value); err == nil && key == "" {
			key = v
		}
	}
	if taken {
		r.URL.RawQuery = strings.Join(rest, "&")
		r.RequestURI = r.URL.RequestURI()
	}
	return key
}
