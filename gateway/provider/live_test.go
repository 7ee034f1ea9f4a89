package provider

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/live"
	"github.com/sluicegate/sluice/gateway/provider/codec"
	"github.com/sluicegate/sluice/gateway/provider/mock"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
)

// liveServer is Google's Live API over the network: it answers with binary messages, as Google does, and
// refuses a setup by its close frame. It notes the last request and setup.
type liveServer struct {
	sessionVendor
	setup  string
	code   websocket.StatusCode // that the setup is refused with; 0 = it is not
	reason string
}

func newLiveServer(t *testing.T) *liveServer {
	s := &liveServer{}
	s.start(t, nil, func(ctx context.Context, conn *websocket.Conn) {
		_, message, err := conn.Read(ctx)
		if s.setup = string(message); err != nil {
			return
		}
		if s.code != 0 {
			_ = conn.Close(s.code, s.reason)
			return
		}
		session, err := mock.OpenLive(&gateway.Target{}, "live")
		for err == nil {
			if err = session.Write(ctx, message); err == nil && !relayTurn(ctx, session, conn) {
				return
			}
			if err == nil {
				_, message, err = conn.Read(ctx)
			}
		}
	})
	return s
}

// relayTurn sends the vendor's messages up to the end of its turn.
func relayTurn(ctx context.Context, vendor *mock.SessionConn, to *websocket.Conn) bool {
	for {
		message, err := vendor.Read(ctx)
		if err != nil || to.Write(ctx, websocket.MessageBinary, message) != nil {
			return false
		}
		if gjson.GetBytes(message, "setupComplete").Exists() || gjson.GetBytes(message, "serverContent.turnComplete").Bool() {
			return true
		}
	}
}

// openAt opens a session at a target of this server.
func (s *liveServer) openAt(t *testing.T, target gateway.Target, model string) (*gateway.Exchange, gateway.Stream, error) {
	t.Helper()
	target.BaseURL, target.Path, target.Credential = s.URL+target.BaseURL, "config", gateway.NewSecret("vendor-key")
	req, err := live.Request([]byte(`{"setup":{"model":"models/`+model+`","generationConfig":{"responseModalities":["TEXT"]}}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Realtime = &gateway.Realtime{Header: http.Header{}}
	return s.open(t, target, req)
}

// TestLiveSession: where a session is opened, what its setup says, and that binary messages pass.
func TestLiveSession(t *testing.T) {
	s := newLiveServer(t)
	for name, x := range map[string]struct {
		base string
		path string
	}{
		"without a version": {"", "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent"},
		"with a version":    {"/v1alpha", "/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContent"},
		"behind a path":     {"/google/v1beta/openai", "/google/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent"},
	} {
		t.Run(name, func(t *testing.T) {
			ex, stream, err := s.openAt(t, gateway.Target{Provider: "google", BaseURL: x.base}, "gemini-live")
			if err != nil {
				t.Fatal(err)
			}
			if s.uri != x.path || s.head.Get("X-Goog-Api-Key") != "vendor-key" {
				t.Errorf("%s %v", s.uri, s.head)
			}
			if s.setup != `{"setup":{"model":"models/gemini-live","generationConfig":{"responseModalities":["TEXT"]}}}` {
				t.Error(s.setup)
			}
			if c, err := stream.Next(); err != nil || string(c.Raw) != `{"setupComplete":{}}` || c.Usage == nil {
				t.Errorf("%s %v", c.Raw, err)
			}
			vendor := ex.Request.Realtime.Vendor
			if err := vendor.Send(t.Context(), []byte(`{"setup":{"model":"models/another"}}`)); gateway.AsError(err).Param != "setup" {
				t.Errorf("a second setup: %v", err)
			}
			if err := vendor.Send(t.Context(), []byte(`{"clientContent":{"turns":[{"parts":[{"text":"one two"}]}],"turnComplete":true}}`)); err != nil {
				t.Fatal(err)
			}
			text, usage := "", (*gateway.Usage)(nil)
			for usage == nil {
				c, err := stream.Next()
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range c.Deltas {
					text += d.Text
				}
				usage = c.Usage
			}
			if text != "one two\n" || *usage != (gateway.Usage{Input: 4, Output: 4}) {
				t.Errorf("%q %+v", text, *usage)
			}
			vendor.End(t.Context())
			for err == nil {
				_, err = stream.Next()
			}
			if err != io.EOF {
				t.Errorf("the caller has ended the session: %v", err)
			}
		})
	}
}

func TestLiveIsRefused(t *testing.T) {
	s := newLiveServer(t)
	for name, x := range map[string]struct {
		code   websocket.StatusCode
		reason string
		model  string
		kind   gateway.Kind
	}{
		"unknown model": {1008, "models/nobody is not found for API version v1beta", "nobody", gateway.Upstream},
		"bad setup":     {1007, "Invalid JSON payload received.", "m", gateway.Upstream},
		"broken":        {1011, "Internal error", "m", gateway.BadUpstream},
		"a path":        {0, "", "../x", gateway.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			s.code, s.reason = x.code, x.reason
			_, _, err := s.openAt(t, gateway.Target{Provider: "google"}, x.model)
			e := gateway.AsError(err)
			if e == nil || e.Kind != x.kind || x.kind == gateway.Upstream && (e.HTTPStatus() != http.StatusBadRequest || !strings.Contains(e.Public, x.reason)) {
				t.Errorf("%+v", e)
			}
		})
	}
	for _, provider := range []string{"openai", "anthropic"} {
		if _, _, err := s.openAt(t, gateway.Target{Provider: provider}, "m"); gateway.AsError(err).Code != "unsupported_operation" {
			t.Errorf("%s: %v", provider, err)
		}
	}
	if _, _, err := s.openAt(t, gateway.Target{Provider: "vertex-ai"}, "m"); gateway.AsError(err).Param != "settings.project" {
		t.Errorf("Vertex AI without a project: %v", err)
	}
}

// TestLiveAtVertex: the address and the name of a model in a project.
func TestLiveAtVertex(t *testing.T) {
	v := vendor.ByID("vertex-ai")
	for base, want := range map[string]string{
		"":                            "https://europe-west4-aiplatform.googleapis.com/ws/google.cloud.aiplatform.v1.LlmBidiService/BidiGenerateContent",
		"http://127.0.0.1:9/v1beta1/": "http://127.0.0.1:9/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent",
	} {
		target := &gateway.Target{Provider: v.ID, BaseURL: base, Settings: gateway.ProviderSettings{"project": "acme", "region": "europe-west4"}}
		u, err := codec.LiveURL(v, target, "gemini-live")
		if err != nil || u.String() != want {
			t.Errorf("%s: %v %v", base, u, err)
		}
		if got := codec.LiveModel(v, target, "google/gemini-live"); got != "projects/acme/locations/europe-west4/publishers/google/models/gemini-live" {
			t.Error(got)
		}
	}
}
