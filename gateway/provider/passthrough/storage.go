package passthrough

import (
	"net/url"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/provider/auth/aws"
	"github.com/sluicegate/sluice/gateway/provider/settings"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
)

// The buckets that clouds write the results of batches to: those of Google Cloud Storage by its JSON API
// (https://cloud.google.com/storage/docs/json_api/v1/objects), those of S3 by path
// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html).
const (
	googleBucket = "gs://"
	amazonBucket = "s3://"
)

// Service is the service that a call for something stored is signed for; "": the vendor's own.
func Service(stored string) string {
	if strings.HasPrefix(stored, amazonBucket) {
		return aws.S3
	}
	return ""
}

// Storage returns t with the address of the buckets of its cloud.
func Storage(v *vendor.Vendor, t *gateway.Target) (*gateway.Target, error) {
	at := *t
	at.BaseURL, at.CustomHost = t.Settings[settings.StorageURL.Name], t.VirtualKey == "" || t.CheckFormats
	if at.BaseURL != "" {
		return &at, nil
	}
	at.CustomHost = false
	switch v.Scheme {
	case vendor.SchemeGoogle:
		at.BaseURL = "https://storage.googleapis.com"
	case vendor.SchemeAWS:
		region := v.Setting(t, settings.Region)
		if region == "" {
			return nil, &gateway.Error{Op: "passthrough.Storage", Kind: gateway.Invalid, Param: "settings.region", Target: t.Path,
				Public: "The provider '" + v.ID + "' needs the setting 'region' of its virtual key, or 'storage_url', to read buckets."}
		}
		at.BaseURL = "https://s3." + region + ".amazonaws.com"
		if strings.HasPrefix(region, "cn-") {
			at.BaseURL += ".cn"
		}
	default:
		return nil, &gateway.Error{Op: "passthrough.Storage", Kind: gateway.Invalid, Target: t.Path, Public: "The provider '" + v.ID + "' has no buckets."}
	}
	return &at, nil
}

// storedURL is where something stored is read.
func storedURL(base *url.URL, t *gateway.Target, p *gateway.PassThrough) (*url.URL, error) {
	scheme, rest, _ := strings.Cut(p.Stored, "//")
	bucket, name, _ := strings.Cut(rest, "/")
	list := name == "" || strings.HasSuffix(name, "/")
	isGoogle := scheme+"//" == googleBucket
	if !isBucket(bucket) || strings.ContainsAny(name, "\r\n\x00") || !isGoogle && (scheme+"//" != amazonBucket || list || strings.Contains("/"+name+"/", "/../") || strings.Contains("/"+name+"/", "/./")) {
		return nil, &gateway.Error{Op: "passthrough.storedURL", Kind: gateway.BadUpstream, Target: t.Path, Public: "The provider names results in a place that is no object of a bucket."}
	}
	u := *base
	u.Fragment, u.RawQuery = "", ""
	path, escaped := "/storage/v1/b/"+bucket+"/o", ""
	switch {
	case list:
		query := url.Values{"prefix": {name}, "fields": {"items(name),nextPageToken"}, "maxResults": {"1000"}}
		if p.Query != "" { // the page
			query.Set("pageToken", p.Query)
		}
		u.RawQuery, escaped = query.Encode(), path
	case isGoogle:
		u.RawQuery, escaped, path = "alt=media", path+"/"+url.PathEscape(name), path+"/"+name
	default:
		path = "/" + bucket + "/" + name
		escaped = "/" + bucket
		for part := range strings.SplitSeq(name, "/") {
			escaped += "/" + strings.ReplaceAll(url.QueryEscape(part), "+", "%20") // as the signature has it
		}
	}
	u.Path, u.RawPath = strings.TrimRight(base.Path, "/")+path, strings.TrimRight(base.EscapedPath(), "/")+escaped
	return &u, nil
}

// isBucket reports whether a text can be the name of a bucket.
func isBucket(name string) bool {
	return len(name) >= 3 && len(name) <= 222 && name[0] != '.' && !strings.Contains(name, "..") && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == ""
}

// bedrockRuntime are the operations that the host of models has. The others, such as those of batches, are
// at another host of the region (https://docs.aws.amazon.com/general/latest/gr/bedrock.html).
var bedrockRuntime = []string{"/model/", "/guardrail/", "/async-invoke"}

// bedrockHost is the host of an operation. An address that the operator chose stays.
func bedrockHost(host, path string) string {
	for _, of := range bedrockRuntime {
		if strings.HasPrefix(path, of) {
			return host
		}
	}
	if region, ok := strings.CutPrefix(host, "bedrock-runtime."); ok {
		return "bedrock." + region
	}
	return host
}
