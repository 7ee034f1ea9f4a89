package httpapi

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// TestUnknownURL: a version that stands twice is the mistake of most who point a client here.
func TestUnknownURL(t *testing.T) {
	for path, want := range map[string]string{
		"/v1/v1/messages":                          "so that the path is '/v1/messages'.",
		"/api/v1/v1/chat/completions":              "so that the path is '/v1/chat/completions'.",
		"/v1/v1beta/models/gemini:generateContent": "so that the path is '/v1beta/models/gemini:generateContent'.",
		"/v1/api/v1/models":                        "so that the path is '/api/v1/models'.",
		"/v1/chat/completion":                      "Please check the path.",
		"/v1/v10/models":                           "Please check the path.",
		"/v1":                                      "Please check the path.",
		"/v1/v1/" + strings.Repeat("a", 10_000):    "so that the path is '/v1/aaa",
	} {
		e := unknownURL(httptest.NewRequest("POST", path, nil))
		if e.Code != codeUnknownURL || !strings.Contains(e.Public, want) || len(e.Public) > 700 {
			t.Errorf("%.60s: %s", path, e.Public)
		}
	}
}
