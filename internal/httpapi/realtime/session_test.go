package realtime

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/tidwall/gjson"
	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/gateway"
	dialect "github.com/sluicegate/sluice/gateway/dialect/realtime"
	"github.com/sluicegate/sluice/gateway/provider/mock"
	"github.com/sluicegate/sluice/gateway/provider/socket"
	"github.com/sluicegate/sluice/internal/httpapi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// keys is an Authenticator that knows every key but those that were revoked.
type keys struct{ revoked chan struct{} }

func (k keys) Identify(_ context.Context, key gateway.Secret, _ string) (*gateway.Principal, error) {
	select {
	case <-k.revoked:
		return nil, &gateway.Error{Op: "test", Kind: gateway.Unauthorized, Code: "03", Public: "Invalid API key."}
	default:
		return &gateway.Principal{Role: gateway.RoleMember, Workspace: "ws", APIKey: key.Reveal()}, nil
	}
}

// rig is a server of sessions with the mock vendor.
type rig struct {
	t       *testing.T
	url     string
	service *Service
	keys    keys
	opened  chan *gateway.Request
}

func newRig(t *testing.T, limits Limits) *rig {
	r := &rig{t: t, keys: keys{make(chan struct{})}, opened: make(chan *gateway.Request, 100)}
	r.service = New(Settings{Limits: limits, Pipeline: func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		if ex.Refused != nil {
			return nil, ex.Refused
		}
		conn, err := mock.OpenSession(&gateway.Target{Path: "config"}, ex.Request.Model())
		if err != nil {
			return nil, err
		}
		session := socket.New(ctx, conn, socket.API{Dialect: dialect.Dialect{}, Tally: dialect.NewTally(), Cancel: []byte(`{"type":"response.cancel"}`), Permit: func([]byte) error { return nil }})
		ex.Request.Realtime.Vendor = session
		r.opened <- ex.Request
		return session, nil
	}})
	server := httptest.NewServer(httpapi.New(httpapi.Settings{Routes: r.service.Routes(), Authenticator: r.keys}))
	r.url = server.URL
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := r.service.Close(ctx); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	return r
}

func (r *rig) dial(path string, options websocket.DialOptions) (*websocket.Conn, *http.Response, error) {
	ctx, cancel := context.WithTimeout(r.t.Context(), 30*time.Second)
	defer cancel()
	conn, res, err := websocket.Dial(ctx, r.url+path, &options)
	if err == nil {
		r.t.Cleanup(func() { conn.CloseNow() })
	}
	return conn, res, err
}

func (r *rig) open() *websocket.Conn {
	r.t.Helper()
	conn, _, err := r.dial("/v1/realtime?model=realtime", websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {"Bearer key"}}})
	if err != nil {
		r.t.Fatal(err)
	}
	return conn
}

// events reads until the connection is closed.
func (r *rig) events(conn *websocket.Conn) (events []gjson.Result, end websocket.CloseError) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 30*time.Second)
	defer cancel()
	for {
		_, event, err := conn.Read(ctx)
		if err != nil {
			errors.As(err, &end)
			return events, end
		}
		events = append(events, gjson.ParseBytes(event))
	}
}

// TestEndings: why a session ends is told by an error event and a close code.
func TestEndings(t *testing.T) {
	for name, x := range map[string]struct {
		limits Limits
		cause  func(*rig, *websocket.Conn)
		code   websocket.StatusCode
		told   string // code of the last error event; "" = there is none
	}{
		"length":  {Limits{Length: 50 * time.Millisecond}, nil, websocket.StatusNormalClosure, "session_expired"},
		"silence": {Limits{Silence: 50 * time.Millisecond}, nil, websocket.StatusNormalClosure, "session_idle"},
		"drain":   {Limits{}, func(r *rig, _ *websocket.Conn) { r.service.Drain() }, websocket.StatusGoingAway, "going_away"},
		"key":     {Limits{Recheck: 10 * time.Millisecond}, func(r *rig, _ *websocket.Conn) { close(r.keys.revoked) }, websocket.StatusPolicyViolation, "03"},
		"too big": {Limits{Event: 1000}, func(r *rig, c *websocket.Conn) {
			_ = c.Write(r.t.Context(), websocket.MessageText, []byte(`{"type":"x","y":"`+strings.Repeat("a", 2000)+`"}`))
		}, websocket.StatusMessageTooBig, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, x.limits)
			conn := r.open()
			if x.cause != nil {
				x.cause(r, conn)
			}
			events, end := r.events(conn)
			told := ""
			for _, e := range events {
				if e.Get("type").String() == "error" {
					told = e.Get("error.code").String()
				}
			}
			if end.Code != x.code || told != x.told {
				t.Errorf("closed with %d %q, after %q; want %d after %q", end.Code, end.Reason, told, x.code, x.told)
			}
		})
	}
}

// TestBadEvents: an event that cannot be passed on is answered by an error event that names the
// field, and the session goes on.
func TestBadEvents(t *testing.T) {
	r := newRig(t, Limits{})
	conn := r.open()
	for _, x := range []struct{ event, param, has string }{
		{`{"type":"session.update"`, "", "not valid JSON"},
		{`[]`, "", "must be a JSON object"},
		{`{"event_id":"mine"}`, "type", "missing"},
		{`{"type":"a","type":"b"}`, "type", "given twice"},
		{`{"type":"x","y":` + strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + `}`, "", "levels deep"},
		{"\x00", "", "not valid JSON"},
	} {
		if err := conn.Write(t.Context(), websocket.MessageText, []byte(x.event)); err != nil {
			t.Fatal(err)
		}
		e := r.next(conn, "error")
		if !strings.Contains(e.Get("error.message").String(), x.has) || e.Get("error.param").String() != x.param {
			t.Errorf("%.60s: %s", x.event, e)
		}
	}
	if err := conn.Write(t.Context(), websocket.MessageBinary, []byte("sound")); err != nil {
		t.Fatal(err)
	}
	if e := r.next(conn, "error"); !strings.Contains(e.Get("error.message").String(), "binary") {
		t.Error(e)
	}
	if err := conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"session.update","session":{"model":"realtime","output_modalities":["text"]}}`)); err != nil {
		t.Fatal(err)
	}
	if e := r.next(conn, "session.updated"); e.Get("session.output_modalities.0").String() != "text" {
		t.Error(e)
	}
}

func (r *rig) next(conn *websocket.Conn, kind string) gjson.Result {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 30*time.Second)
	defer cancel()
	for {
		_, event, err := conn.Read(ctx)
		if err != nil {
			r.t.Fatalf("no %s: %v", kind, err)
		}
		if e := gjson.ParseBytes(event); e.Get("type").String() == kind {
			return e
		}
	}
}

// TestOpening: what is wrong with a session that is opened is answered over HTTP.
func TestOpening(t *testing.T) {
	r := newRig(t, Limits{PerKey: 1})
	key := http.Header{"Authorization": {"Bearer key"}}
	for path, x := range map[string]struct {
		header http.Header
		status int
		has    string
	}{
		"/v1/realtime?model=realtime":            {http.Header{}, http.StatusUnauthorized, "No API key"},
		"/v1/realtime?model=nobody":              {key, http.StatusBadRequest, "nobody"},
		"/v1/realtime?model=realtime&call_id=rt": {key, http.StatusBadRequest, "call_id"},
		"/v1/realtime?workspace=a":               {key, http.StatusBadRequest, "workspace"},
	} {
		_, res, err := r.dial(path, websocket.DialOptions{HTTPHeader: x.header})
		if err == nil || res == nil || res.StatusCode != x.status {
			t.Errorf("%s: %v", path, err)
			continue
		}
		text := make([]byte, 1024)
		n, _ := res.Body.Read(text)
		if !strings.Contains(string(text[:n]), x.has) {
			t.Errorf("%s: %s", path, text[:n])
		}
	}
	plain, err := http.NewRequest(http.MethodGet, r.url+"/v1/realtime?model=realtime", nil)
	if err != nil {
		t.Fatal(err)
	}
	plain.Header = key
	res, err := http.DefaultClient.Do(plain)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if res.StatusCode != http.StatusUpgradeRequired {
		t.Errorf("without an upgrade: %d", res.StatusCode)
	}
	r.open()
	if _, res, err := r.dial("/v1/realtime?model=realtime", websocket.DialOptions{HTTPHeader: key}); err == nil || res == nil || res.StatusCode != http.StatusTooManyRequests {
		t.Errorf("a second session of the key: %v", err)
	}
}

// TestSubprotocol: browsers authenticate by a subprotocol, which the vendor does not get.
func TestSubprotocol(t *testing.T) {
	r := newRig(t, Limits{})
	conn, _, err := r.dial("/v1/realtime?model=realtime", websocket.DialOptions{HTTPHeader: http.Header{"Origin": {"https://example.com"}},
		Subprotocols: []string{"realtime", "openai-insecure-api-key.browser", "openai-beta.realtime-v1"}})
	if err != nil {
		t.Fatal(err)
	}
	if p := conn.Subprotocol(); p != "realtime" {
		t.Errorf("subprotocol %q", p)
	}
	if h := (<-r.opened).Realtime.Header; h.Get("Openai-Beta") != "realtime=v1" || len(h) != 1 {
		t.Errorf("the vendor gets %v", h)
	}
}
