package provider

import (
	"net/http"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// foundChatOnly reports whether err says that the server at the target's own address has no
// Responses API, and remembers it. A server that has the API and not the model says so.
func (c *Client) foundChatOnly(format string, t *gateway.Target, err error) bool {
	e := gateway.AsError(err)
	if format != gateway.FormatResponses || t.BaseURL == "" || len(t.Formats) > 0 || e.Kind != gateway.Upstream {
		return false
	}
	if e.Status != http.StatusMethodNotAllowed && (e.Status != http.StatusNotFound || e.Code == "model_not_found" || e.Param == "model") {
		return false
	}
	c.chatOnly.add(t.BaseURL)
	return true
}

// chatOnly remembers for a while which servers have no Responses API, by their base URL. The zero
// value is ready for use.
type chatOnly struct {
	now func() time.Time // nil = time.Now

	mu    sync.Mutex
	until map[string]time.Time
}

const (
	chatOnlyFor     = 10 * time.Minute
	maxChatOnly     = 1024
	maxChatOnlySize = 2048 // bytes of a base URL
)

func (s *chatOnly) clock() time.Time {
	if s.now == nil {
		return time.Now()
	}
	return s.now()
}

func (s *chatOnly) has(baseURL string) bool {
	if baseURL == "" {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	until, known := s.until[baseURL]
	if known && s.clock().After(until) {
		delete(s.until, baseURL)
		known = false
	}
	return known
}

func (s *chatOnly) add(baseURL string) {
	if len(baseURL) > maxChatOnlySize {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.until == nil || len(s.until) >= maxChatOnly {
		s.until = map[string]time.Time{}
	}
	s.until[baseURL] = s.clock().Add(chatOnlyFor)
}
