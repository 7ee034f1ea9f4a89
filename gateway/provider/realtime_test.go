package provider

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/realtime"
	"github.com/sluicegate/sluice/gateway/provider/mock"
)

// sessionServer is a vendor of OpenAI's sessions.
type sessionServer struct {
	sessionVendor
	status int    // of a refusal; 0 = a session
	first  string // the first event; "" = the mock's
}

func newSessionServer(t *testing.T) *sessionServer {
	s := &sessionServer{}
	refuse := func(w http.ResponseWriter) bool {
		if s.status == 0 {
			return false
		}
		w.Header().Set("Location", "http://127.0.0.1:1/")
		w.WriteHeader(s.status)
		_, _ = io.WriteString(w, `{"error":{"message":"Refused by the vendor.","code":"no_session"}}`)
		return true
	}
	s.start(t, refuse, func(ctx context.Context, conn *websocket.Conn) {
		session, events := mock.NewSession("realtime")
		if s.first != "" {
			events = [][]byte{[]byte(s.first)}
		}
		for {
			for _, e := range events {
				if conn.Write(ctx, websocket.MessageText, e) != nil {
					return
				}
			}
			_, event, err := conn.Read(ctx)
			if err != nil || string(event) == `{"type":"cut"}` {
				return
			}
			events, _ = session.Answer(event)
		}
	})
	return s
}

// openAt opens a session at a target of this server.
func (s *sessionServer) openAt(t *testing.T, target gateway.Target) (*gateway.Exchange, gateway.Stream, error) {
	t.Helper()
	if target.BaseURL == "" {
		target.BaseURL = s.URL + "/v1"
	}
	target.Path, target.Credential, target.VirtualKey = "config", gateway.NewSecret("sk-vendor"), "vk"
	req, err := gateway.NewRequest(realtime.Dialect{}, gateway.OpRealtime, []byte(`{"model":"gpt-realtime"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Realtime = &gateway.Realtime{Header: http.Header{"Openai-Beta": {"realtime=v1"}}}
	return s.open(t, target, req)
}

func TestSessionAddresses(t *testing.T) {
	s := newSessionServer(t)
	for name, x := range map[string]struct {
		target      gateway.Target
		uri, header string
	}{
		"openai":       {gateway.Target{Provider: "openai"}, "/v1/realtime?model=gpt-realtime", "Authorization: Bearer sk-vendor"},
		"azure":        {gateway.Target{Provider: "azure-openai", BaseURL: s.URL}, "/openai/v1/realtime?model=gpt-realtime", "Api-Key: sk-vendor"},
		"azure's beta": {gateway.Target{Provider: "azure-openai", BaseURL: s.URL, Settings: gateway.ProviderSettings{"api_version": "2025-04-01-preview"}}, "/openai/realtime?api-version=2025-04-01-preview&deployment=gpt-realtime", "Api-Key: sk-vendor"},
	} {
		t.Run(name, func(t *testing.T) {
			_, stream, err := s.openAt(t, x.target)
			if err != nil {
				t.Fatal(err)
			}
			if c, err := stream.Next(); err != nil || !strings.Contains(string(c.Raw), "session.created") {
				t.Errorf("%s %v", c.Raw, err)
			}
			field, value, _ := strings.Cut(x.header, ": ")
			if s.uri != x.uri || s.head.Get(field) != value || s.head.Get("Openai-Beta") != "realtime=v1" {
				t.Errorf("%s %v", s.uri, s.head)
			}
		})
	}
}

// TestSessionIsRefused: a vendor that opens no session has failed like one that does not answer.
func TestSessionIsRefused(t *testing.T) {
	s := newSessionServer(t)
	for name, x := range map[string]struct {
		status int
		first  string
		kind   gateway.Kind
		code   int
	}{
		"key":         {http.StatusUnauthorized, "", gateway.Upstream, http.StatusUnauthorized},
		"rate":        {http.StatusTooManyRequests, "", gateway.Upstream, http.StatusTooManyRequests},
		"redirect":    {http.StatusFound, "", gateway.BadUpstream, http.StatusBadGateway},
		"no session":  {http.StatusOK, "", gateway.BadUpstream, http.StatusBadGateway},
		"error event": {0, `{"type":"error","error":{"type":"invalid_request_error","code":"model_not_found","message":"Refused by the vendor."}}`, gateway.Upstream, http.StatusBadRequest},
		"no event":    {0, `hello`, gateway.BadUpstream, http.StatusBadGateway},
	} {
		t.Run(name, func(t *testing.T) {
			s.status, s.first = x.status, x.first
			_, _, err := s.openAt(t, gateway.Target{Provider: "openai"})
			e := gateway.AsError(err)
			if e == nil || e.Kind != x.kind || e.HTTPStatus() != x.code || strings.Contains(e.Error(), "sk-vendor") {
				t.Errorf("%+v", e)
			}
		})
	}
	if _, _, err := s.openAt(t, gateway.Target{Provider: "anthropic"}); gateway.AsError(err).Code != "unsupported_operation" {
		t.Errorf("a vendor without sessions: %v", err)
	}
}

// TestSessionEnds: a session that the caller ends ends well, and one that breaks does not.
func TestSessionEnds(t *testing.T) {
	s := newSessionServer(t)
	ex, stream, err := s.openAt(t, gateway.Target{Provider: "openai"})
	if err != nil {
		t.Fatal(err)
	}
	vendor := ex.Request.Realtime.Vendor
	if err := vendor.Send(t.Context(), []byte(`{"type":"response.create"}`)); err != nil {
		t.Fatal(err)
	}
	go vendor.End(t.Context())
	for err == nil {
		_, err = stream.Next()
	}
	if err != io.EOF {
		t.Errorf("the caller has ended the session: %v", err)
	}
	ex, stream, err = s.openAt(t, gateway.Target{Provider: "openai"})
	if err != nil {
		t.Fatal(err)
	}
	if err := ex.Request.Realtime.Vendor.Send(t.Context(), []byte(`{"type":"cut"}`)); err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = stream.Next()
	}
	if gateway.AsError(err).Kind != gateway.BadUpstream {
		t.Errorf("the connection broke: %v", err)
	}
}

// TestSessionModels: an event cannot bring a model into a session that the virtual key or the API key
// does not allow.
func TestSessionModels(t *testing.T) {
	s := newSessionServer(t)
	ex, _, err := s.openAt(t, gateway.Target{Provider: "openai", Models: []string{"gpt-realtime", "whisper-1"}})
	if err != nil {
		t.Fatal(err)
	}
	for event, allowed := range map[string]bool{
		`{"type":"session.update","session":{"model":"gpt-realtime"}}`:                                            true,
		`{"type":"session.update","session":{"input_audio_transcription":{"model":"whisper-1"}}}`:                 true,
		`{"type":"session.update","session":{"model":"gpt-5"}}`:                                                   false,
		`{"type":"session.update","session":{"audio":{"input":{"transcription":{"model":"gpt-4o-transcribe"}}}}}`: false,
		`{"type":"session.update","session":{"input_audio_transcription":{"model":7}}}`:                           false,
		`{"type":"response.create","response":{"model":"gpt-5"}}`:                                                 false,
	} {
		err := ex.Request.Realtime.Vendor.Send(t.Context(), []byte(event))
		var e *gateway.Error
		if (err == nil) != allowed || err != nil && !errors.As(err, &e) {
			t.Errorf("%s: %v", event, err)
		}
	}
}
