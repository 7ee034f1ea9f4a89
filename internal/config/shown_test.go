package config

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// TestShownHoldsNoSecret holds that no secret and no part of an address that may hold one is shown.
func TestShownHoldsNoSecret(t *testing.T) {
	c := Default()
	c.OwnerKey, c.Telemetry.DSN, c.Control.DSN = gateway.NewSecret("SECRET"), gateway.NewSecret("https://u:SECRET@h/SECRET"), gateway.NewSecret("SECRET")
	c.Counters.URL = gateway.NewSecret("redis://:SECRET@h")
	c.Telemetry.OTLP.Endpoint = "https://user:SECRET@collector.example/SECRET?key=SECRET"
	c.Telemetry.OTLP.Headers = map[string]gateway.Secret{"a": gateway.NewSecret("SECRET")}
	c.Cache.Embedder.URL = "https://SECRET:SECRET@embed.example/v1"
	c.Exports.S3 = &S3{Endpoint: "https://s3.example", AccessKeyID: "SECRET", SecretAccessKey: gateway.NewSecret("SECRET")}
	c.Anchor.To = "/var/SECRET"
	c.SignIn.OIDC = &OIDC{Issuer: "https://id.example/SECRET", ClientSecret: gateway.NewSecret("SECRET")}
	shown := fmt.Sprint(c.Shown())
	if strings.Contains(shown, "SECRET") || strings.Contains(shown, "[secret]") {
		t.Errorf("a secret is shown: %s", shown)
	}
	for _, want := range []string{"https://collector.example", "https://embed.example", "https://id.example", "{audit.anchor (set)}", "{telemetry.retention 720h0m0s}"} {
		if !strings.Contains(shown, want) {
			t.Errorf("no %s in %s", want, shown)
		}
	}
}
