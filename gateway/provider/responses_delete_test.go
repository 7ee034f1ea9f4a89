package provider

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// TestDeleteResponse: gone is deleted, a failure is told without the credential, and an id never
// leads to another path.
func TestDeleteResponse(t *testing.T) {
	status, calls := 200, []string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls = append(calls, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization"))
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`{"error":{"message":"no, ` + r.Header.Get("Authorization") + `"}}`))
	}))
	defer server.Close()
	c := New(Config{})
	defer c.Close()
	key := gateway.VirtualKey{Name: "vk", Provider: "openai", BaseURL: server.URL + "/v1", Trusted: true, Credential: gateway.NewSecret("sk-test-0123456789")}
	for s, deleted := range map[int]bool{200: true, 404: true, 401: false, 500: false} {
		status = s
		err := c.DeleteResponse(context.Background(), key, "", "resp_1-a")
		if (err == nil) != deleted || err != nil && strings.Contains(err.Error(), "0123456789") {
			t.Errorf("%d: %v", s, err)
		}
	}
	if calls[0] != "DELETE /v1/responses/resp_1-a Bearer sk-test-0123456789" {
		t.Errorf("%v", calls)
	}
	before := len(calls)
	for _, id := range []string{"../files/x", "a/b", "a?b", "a%2fb"} {
		if err := c.DeleteResponse(context.Background(), key, "", id); gateway.AsError(err).Kind != gateway.Invalid {
			t.Errorf("%s: %v", id, err)
		}
	}
	key.Trusted = false
	if err := c.DeleteResponse(context.Background(), key, "", "resp_1"); err == nil || len(calls) != before {
		t.Errorf("an address that a caller chose is not checked: %v", err)
	}
}
