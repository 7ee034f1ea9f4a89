package inference

import (
	"net/http"
	"strings"

	"github.com/sluicegate/sluice/internal/httpapi"
)

// ofVendor is the surface that answers a call below the prefix of a vendor's own API; nil: there is
// none. rest is the path behind the prefix.
func (s *surfaces) ofVendor(method, vendor, rest string) httpapi.Handler {
	plain := strings.TrimPrefix(rest, "/v1")
	switch {
	case method != http.MethodGet:
	case vendor == "openai" && plain == "/realtime": // Azure's path, too: the model says whose it is
		return func(c *httpapi.Call) error {
			c.DefaultProvider = ""
			return s.Realtime(c)
		}
	case vendor == "azure-openai" && (plain == "/openai/realtime" || plain == "/openai/v1/realtime"):
		return s.Realtime
	}
	if method != http.MethodPost {
		return nil
	}
	switch vendor {
	case "openai", "ollama", "mistral-ai":
		switch plain {
		case "/chat/completions":
			return s.chat
		case "/embeddings":
			return s.embeddings
		case "/responses":
			return s.responses.Create
		}
		for i := range taskRoutes {
			if t := &taskRoutes[i]; t.path == "/v1"+plain {
				return func(c *httpapi.Call) error { return s.task(c, t) }
			}
		}
	case "anthropic":
		switch plain {
		case "/messages":
			return s.messages
		case "/messages/count_tokens":
			return s.countTokens
		}
	case "google":
		if below, ok := strings.CutPrefix(strings.TrimPrefix(plain, "beta"), "/models/"); ok {
			if _, name := cutMethod(below); geminiMethods[name].op != "" {
				return func(c *httpapi.Call) error { return s.geminiMethod(c, below) }
			}
		}
	}
	return nil
}
