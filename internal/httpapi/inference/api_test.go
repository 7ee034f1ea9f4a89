package inference

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// anyone is an Authenticator that knows every key.
type anyone struct{}

func (anyone) Identify(context.Context, gateway.Secret, string) (*gateway.Principal, error) {
	return &gateway.Principal{Role: gateway.RoleMember, Workspace: "ws", Member: "mem"}, nil
}

// api serves the surfaces to everybody who presents a key.
func api(s Settings) *httpapi.Server { return httpapiWith(s, 1<<16) }

func httpapiWith(s Settings, maxBody int64) *httpapi.Server {
	return httpapi.New(httpapi.Settings{Routes: Routes(s), Authenticator: anyone{}, MaxBody: maxBody,
		NewID: func(time.Time) string { return "01TESTREQUEST" }, Now: func() time.Time { return testTime }})
}

// call is a POST with a key.
func call(path, body string) *http.Request {
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer sk-sl-test")
	return r
}

// ask sends a POST with a key to a server that listens.
func ask(url, body string) (*http.Response, error) {
	r, err := http.NewRequest("POST", url+"/v1/chat/completions", strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer sk-sl-test")
	return http.DefaultClient.Do(r)
}
