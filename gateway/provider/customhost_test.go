package provider

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/gateway/provider/codec"
)

func TestCustomHostIsCheckedWhenItConnects(t *testing.T) {
	r := newRig(t, Config{})
	custom := func(url string) gatewaytest.Option {
		target := r.target("openai")
		target.BaseURL, target.CustomHost = url, true
		return gatewaytest.WithTarget(target)
	}
	if _, err := r.answer("openai", gatewaytest.Hello, custom(r.up.URL()+"/v1")); gateway.AsError(err).Kind != gateway.Invalid {
		t.Errorf("a private address: %v", err)
	}
	// What a public name leads to is known only at connect time.
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	u, err := url.Parse(strings.Replace(r.up.URL(), "127.0.0.1", "localhost", 1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.publicOnly.RoundTrip(codec.NewPost(u, []byte("{}"), false).WithContext(ctx)); err == nil {
		t.Error("a name that leads to a private address was connected to")
	} else if !strings.Contains(err.Error(), "private or reserved") {
		t.Errorf("refused for another reason: %v", err)
	}
	open := newRig(t, Config{TrustedHosts: []string{"127.0.0.1"}})
	target := open.target("openai")
	target.CustomHost = true
	if _, err := open.answer("openai", gatewaytest.Hello, gatewaytest.WithTarget(target)); err != nil {
		t.Errorf("a trusted host: %v", err)
	}
	if r.up.Hits("") != 0 {
		t.Errorf("%d calls reached the private address", r.up.Hits(""))
	}
}
