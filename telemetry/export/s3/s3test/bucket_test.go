package s3test

import (
	"net/http"
	"net/url"
	"testing"
)

// TestExamples: the bucket computes the signatures that AWS publishes, in
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html and on the page about
// signatures in headers beside it.
func TestExamples(t *testing.T) {
	presigned, err := url.Parse("https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host")
	if err != nil {
		t.Fatal(err)
	}
	r := &http.Request{Method: http.MethodGet, URL: presigned, Host: presigned.Host, Header: http.Header{}}
	if got := signature(r, SecretAccessKey, "20130524T000000Z", Region, []string{"host"}, "UNSIGNED-PAYLOAD"); got != "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404" {
		t.Errorf("the example of an address: %s", got)
	}
	get, _ := url.Parse("https://examplebucket.s3.amazonaws.com/test.txt")
	const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	r = &http.Request{Method: http.MethodGet, URL: get, Host: get.Host, Header: http.Header{"Range": {"bytes=0-9"}, "X-Amz-Content-Sha256": {empty}, "X-Amz-Date": {"20130524T000000Z"}}}
	if got := signature(r, SecretAccessKey, "20130524T000000Z", Region, []string{"host", "range", "x-amz-content-sha256", "x-amz-date"}, empty); got != "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41" {
		t.Errorf("the example of headers: %s", got)
	}
}
