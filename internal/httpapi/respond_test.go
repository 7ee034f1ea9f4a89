package httpapi

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// keeper is a writer that keeps headers beside its map.
type keeper struct {
	*httptest.ResponseRecorder
	kept map[string]string
}

func (k *keeper) SetHeader(name, value string) { k.kept[name] = value }
func (k *keeper) SetLength(n int64)            { k.kept["Content-Length"] = strconv.FormatInt(n, 10) }

// TestHeadersEitherWay: a writer with SetHeader gets by it what another one finds in its map.
func TestHeadersEitherWay(t *testing.T) {
	for name, pipeline := range map[string]gateway.Handler{
		"answer": func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
			return gateway.Chunks(gatewaytest.Body(`{}`)), nil
		},
		"stream": func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
			return gateway.Chunks(gatewaytest.Event(`{}`)), nil
		},
		"failure": func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
			return nil, &gateway.Error{Kind: gateway.RateLimited, RetryAfter: 1, Public: "no"}
		},
		"panic": func(context.Context, *gateway.Exchange) (gateway.Stream, error) { panic("boom") },
	} {
		s := New(Settings{NewID: func(time.Time) string { return "01TEST" }, Pipeline: pipeline})
		ask := func(w http.ResponseWriter) {
			r := httptest.NewRequest("POST", "/v1/chat/completions", strings.NewReader(hello))
			r.Header.Set("Traceparent", "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01")
			r.Header.Set("X-Sluice-Span-Id", "mine")
			s.ServeHTTP(w, r)
		}
		plain, k := httptest.NewRecorder(), &keeper{httptest.NewRecorder(), map[string]string{}}
		ask(plain)
		ask(k)
		for name, value := range k.kept {
			if http.CanonicalHeaderKey(name) != name {
				t.Errorf("%s is not canonical", name)
			}
			k.Header().Set(name, value)
		}
		if diff := cmp.Diff(plain.Header(), k.Header()); diff != "" || len(k.kept) < 8 || plain.Body.String() != k.Body.String() || plain.Code != k.Code {
			t.Errorf("%s: %v %s", name, k.kept, diff)
		}
	}
}
