package provider

import (
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
)

// The formats that a server with OpenAI's API may offer.
const (
	OffersChat      = "chat"
	OffersResponses = "responses"
)

// Offers lists the formats that a virtual key may name.
func Offers() []string { return []string{OffersChat, OffersResponses} }

// codec returns the codec for a request: the caller's own format where the target offers it.
func (c *Client) codec(v *Vendor, t *gateway.Target, req *gateway.Request) Codec {
	if v.Format != FormatOpenAI || req.Op == gateway.OpEmbeddings {
		return c.codecs[v.ID]
	}
	if req.Op == gateway.OpRetrieve {
		return &responsesCodec{*v}
	}
	chat, own := true, v.Responses && !c.chatOnly.has(t.BaseURL)
	if len(t.Formats) > 0 {
		chat, own = slices.Contains(t.Formats, OffersChat), slices.Contains(t.Formats, OffersResponses)
	}
	if own && (!chat || req.Dialect.Name() == responses.Dialect{}.Name()) {
		return &responsesCodec{*v}
	}
	return c.codecs[v.ID]
}

// counts reports whether the target counts the tokens of a request itself.
func (c *Client) counts(v *Vendor, t *gateway.Target, req *gateway.Request) bool {
	if v.Format == FormatAnthropic || v.Format == FormatGoogle {
		return true
	}
	_, own := c.codec(v, t, req).(*responsesCodec)
	return own && req.Dialect.Name() == responses.Dialect{}.Name()
}

// foundChatOnly reports whether err says that the server at the target's own address has no
// Responses API, and remembers it. A server that has the API and not the model says so.
func (c *Client) foundChatOnly(codec Codec, t *gateway.Target, err error) bool {
	e := gateway.AsError(err)
	if _, ok := codec.(*responsesCodec); !ok || t.BaseURL == "" || len(t.Formats) > 0 || e.Kind != gateway.Upstream {
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
