package passthrough

import (
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
)

func TestStoredURL(t *testing.T) {
	google, amazon := vendor.ByID("vertex-ai"), vendor.ByID("bedrock")
	for _, c := range []struct {
		v              *vendor.Vendor
		settings       gateway.ProviderSettings
		stored, page   string
		want           string
		chosenByCaller bool
	}{
		{google, nil, "gs://bucket/a b/c.jsonl", "", "https://storage.googleapis.com/storage/v1/b/bucket/o/a%20b%2Fc.jsonl?alt=media", false},
		{google, nil, "gs://bucket/a/", "n=", "https://storage.googleapis.com/storage/v1/b/bucket/o?fields=items%28name%29%2CnextPageToken&maxResults=1000&pageToken=n%3D&prefix=a%2F", false},
		{google, gateway.ProviderSettings{"storage_url": "http://127.0.0.1:9/x/"}, "gs://bucket/a", "", "http://127.0.0.1:9/x/storage/v1/b/bucket/o/a?alt=media", false},
		{google, nil, "gs://bu/a", "", "", false},
		{google, nil, "gs://bucket@evil.example/a", "", "", false},
		{google, nil, "gs:///a", "", "", false},
		{google, nil, "https://bucket/a", "", "", false},
		{google, nil, "gs://bucket/a\r\nb", "", "", false},
		{amazon, gateway.ProviderSettings{"region": "eu-west-1"}, "s3://bucket/a+b:c/d.out", "", "https://s3.eu-west-1.amazonaws.com/bucket/a%2Bb%3Ac/d.out", false},
		{amazon, gateway.ProviderSettings{"region": "cn-north-1"}, "s3://bucket/a", "", "https://s3.cn-north-1.amazonaws.com.cn/bucket/a", false},
		{amazon, gateway.ProviderSettings{"region": "eu-west-1"}, "s3://bucket/../other/a", "", "", false},
		{amazon, gateway.ProviderSettings{"region": "eu-west-1"}, "s3://../a", "", "", false},
		{amazon, gateway.ProviderSettings{"region": "eu-west-1"}, "s3://bucket/a/", "", "", false},
		{amazon, nil, "s3://bucket/a", "", "", false},
		{vendor.ByID("openai"), nil, "s3://bucket/a", "", "", false},
		{google, gateway.ProviderSettings{"storage_url": "http://127.0.0.1:9"}, "gs://bucket/a", "", "http://127.0.0.1:9/storage/v1/b/bucket/o/a?alt=media", true},
	} {
		target := &gateway.Target{Provider: c.v.ID, VirtualKey: "vk", BaseURL: "https://elsewhere.example", Settings: c.settings, CheckFormats: c.chosenByCaller}
		got := ""
		at, err := Storage(c.v, target)
		if err == nil {
			if at.CustomHost != c.chosenByCaller {
				t.Errorf("%s: the address is checked: %v", c.stored, at.CustomHost)
			}
			u, failure := passedURL(c.v, at, &gateway.PassThrough{Path: "/", Stored: c.stored, Query: c.page})
			if err = failure; err == nil {
				got = u.String()
			}
		}
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s %s: %s, %v", c.v.ID, c.stored, got, err)
		}
	}
}

func TestBedrockHost(t *testing.T) {
	for path, want := range map[string]string{
		"/model/m/invoke": "bedrock-runtime.eu-west-1.amazonaws.com", "/async-invoke/x": "bedrock-runtime.eu-west-1.amazonaws.com", "/guardrail/g/version/1/apply": "bedrock-runtime.eu-west-1.amazonaws.com",
		"/model-invocation-job": "bedrock.eu-west-1.amazonaws.com", "/model-invocation-jobs": "bedrock.eu-west-1.amazonaws.com", "/foundation-models/x": "bedrock.eu-west-1.amazonaws.com",
	} {
		if got := bedrockHost("bedrock-runtime.eu-west-1.amazonaws.com", path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if got := bedrockHost("vpc.example:8443", "/model-invocation-job"); got != "vpc.example:8443" {
		t.Error(got)
	}
}
