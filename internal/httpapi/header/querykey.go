package header

import (
	"net/http"
	"net/url"
	"strings"
)

// queryKeys are the parameters in which Google's clients may send their key or their ephemeral token.
var queryKeys = map[string]bool{"key": true, "access_token": true}

// TakeQueryKey takes the parameters of queryKeys out of the URL, so that no log line, record or upstream
// call can hold a key. Of several the first with a value counts.
func TakeQueryKey(r *http.Request) (key string) {
	if query := r.URL.RawQuery; !strings.Contains(query, "key") && !strings.Contains(query, "access_token") && !strings.Contains(query, "%") {
		return ""
	}
	var rest []string
	taken := false
	for _, pair := range strings.Split(r.URL.RawQuery, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if name, err := url.QueryUnescape(name); err != nil || !queryKeys[name] {
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
