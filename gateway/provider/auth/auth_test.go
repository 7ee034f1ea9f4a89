package auth

import (
	"context"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway"
)

func TestTheCredentialGoesIntoOneHeader(t *testing.T) {
	for name, c := range map[string]struct {
		by   Signer
		want http.Header
	}{
		"bearer": {Bearer{}, http.Header{"Authorization": {"Bearer sk-1"}, "Accept": {"a"}}},
		"header": {Header("x-api-key"), http.Header{"X-Api-Key": {"sk-1"}, "Accept": {"a"}}},
	} {
		r := &http.Request{Header: http.Header{"Accept": {"a"}}}
		if err := c.by.Sign(context.Background(), r, &Call{Credential: gateway.NewSecret("sk-1")}); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c.want, r.Header); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}
