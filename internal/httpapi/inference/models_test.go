package inference

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

type someModels struct{}

func (someModels) Models(context.Context, *gateway.Principal) ([]Model, error) {
	read := int64(250_000_000)
	return []Model{{ID: "@vk/m", Provider: "openai", Context: 1000, Price: &gateway.Price{Input: 2_500_000_000, Output: 10_000_000_000, CacheRead: &read}}, {ID: "mock/echo", Provider: "mock"}}, nil
}

func TestModels(t *testing.T) {
	s := api(Settings{Models: someModels{}})
	get := func(path, key string) *httptest.ResponseRecorder {
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", path, nil)
		r.Header.Set("Authorization", key)
		s.ServeHTTP(w, r)
		return w
	}
	w := get("/v1/models", "Bearer sk-sl-test")
	want := `{"object":"list","data":[{"id":"@vk/m","object":"model","created":0,"owned_by":"openai"},{"id":"mock/echo","object":"model","created":0,"owned_by":"mock"}]}`
	if w.Body.String() != want {
		t.Errorf("%s", w.Body)
	}
	got := get("/api/v1/models", "Bearer sk-sl-test").Body.String()
	for _, part := range []string{`"total_count":2,"links":{"next":null}`, `"pricing":{"completion":"0.00001","input_cache_read":"0.00000025","prompt":"0.0000025"}`,
		`"canonical_slug":"@vk/m"`, `"per_request_limits":null`, `"default_parameters":null`, `"supported_voices":null`, `"is_moderated":false`, `"links":{"details":`} {
		if !strings.Contains(got, part) {
			t.Errorf("no %s in %s", part, got)
		}
	}
	if w := get("/v1/models", ""); w.Code != 401 {
		t.Errorf("%d", w.Code)
	}
}
