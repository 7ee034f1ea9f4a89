package settings

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

func TestCheck(t *testing.T) {
	takes := []Setting{Region, Deployments, TokenURL, RoleARN, PriceMultiplier}
	for given, want := range map[[2]string]string{
		{"region", "eu-west-1"}:                          "",
		{"region", ""}:                                   "must be a name",
		{"region", "eu/../x"}:                            "must be a name",
		{"region", "a@evil.example"}:                     "must be a name",
		{"region", "evil.example#"}:                      "must be a name",
		{"region", "a..b"}:                               "must be a name",
		{"region", strings.Repeat("a", 129)}:             "must be a name",
		{"project", "acme"}:                              "is no setting of this provider, which takes region, deployments",
		{"deployments", "gpt-5=eu, gpt-4o=old"}:          "",
		{"deployments", "gpt-5"}:                         "must be a list",
		{"deployments", "gpt-5=a/b"}:                     "must be a list",
		{"token_url", "https://token.example/x"}:         "",
		{"token_url", "file:///etc/passwd"}:              "must be a URL",
		{"role_arn", "arn:aws:iam::123456789012:role/x"}: "",
		{"role_arn", "a b"}:                              "must be a text without spaces",
		{"price_multiplier", "0.85"}:                     "",
		{"price_multiplier", "0"}:                        "must be a number",
		{"price_multiplier", "-1"}:                       "must be a number",
		{"price_multiplier", "1e3"}:                      "must be a number",
		{"price_multiplier", "1000.0001"}:                "must be a number",
		{strings.Repeat("x", 65), "1"}:                   "has a name of more than 64 characters",
	} {
		name, problem := Check(takes, gateway.ProviderSettings{given[0]: given[1]})
		if want == "" && problem != "" || want != "" && !strings.HasPrefix(problem, want) || problem != "" && name != given[0] && len(given[0]) <= 64 {
			t.Errorf("%s=%s: %q %q, want %q", given[0], given[1], name, problem, want)
		}
	}
	if _, problem := Check(nil, gateway.ProviderSettings{"region": "x"}); problem != "is no setting of this provider, which takes none" {
		t.Errorf("%q", problem)
	}
}

func TestDeployment(t *testing.T) {
	given := gateway.ProviderSettings{"deployments": "gpt-5=eu, gpt-4o=old"}
	for model, want := range map[string]string{"gpt-5": "eu", "gpt-4o": "old", "o3": "o3", "": ""} {
		if got := Deployment(given, model); got != want {
			t.Errorf("%s: %s, want %s", model, got, want)
		}
	}
}
