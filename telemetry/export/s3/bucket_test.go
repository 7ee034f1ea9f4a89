package s3

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// The example of https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html and of
// the page about signatures in headers beside it.
const (
	exampleKey    = "AKIAIOSFODNN7EXAMPLE"
	exampleSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
)

var exampleTime = time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC)

// TestExamples: the double that the other tests trust computes the signatures that AWS publishes.
func TestExamples(t *testing.T) {
	presigned, err := url.Parse("https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host")
	if err != nil {
		t.Fatal(err)
	}
	r := &http.Request{Method: http.MethodGet, URL: presigned, Host: presigned.Host, Header: http.Header{}}
	if got := signature(r, exampleSecret, "20130524T000000Z", "us-east-1", []string{"host"}, "UNSIGNED-PAYLOAD"); got != "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404" {
		t.Errorf("the example of an address: %s", got)
	}
	get, _ := url.Parse("https://examplebucket.s3.amazonaws.com/test.txt")
	const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	r = &http.Request{Method: http.MethodGet, URL: get, Host: get.Host, Header: http.Header{"Range": {"bytes=0-9"}, "X-Amz-Content-Sha256": {empty}, "X-Amz-Date": {"20130524T000000Z"}}}
	if got := signature(r, exampleSecret, "20130524T000000Z", "us-east-1", []string{"host", "range", "x-amz-content-sha256", "x-amz-date"}, empty); got != "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41" {
		t.Errorf("the example of headers: %s", got)
	}
}

// TestAddress: the address is the one that AWS's example ends in.
func TestAddress(t *testing.T) {
	b, err := New(Config{Endpoint: "https://s3.amazonaws.com", Region: "us-east-1", Bucket: "examplebucket", AccessKeyID: exampleKey, SecretAccessKey: gateway.NewSecret(exampleSecret), Now: func() time.Time { return exampleTime }})
	if err != nil {
		t.Fatal(err)
	}
	got, err := b.URL(t.Context(), "test.txt", 24*time.Hour)
	if err != nil || !strings.HasPrefix(got, "https://examplebucket.s3.amazonaws.com/test.txt?") || !strings.HasSuffix(got, "X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404") {
		t.Fatal(got, err)
	}
}

func written(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestRoundTrip: what is put is read at the address, in both styles, until the address ends.
func TestRoundTrip(t *testing.T) {
	for _, pathStyle := range []bool{true, false} {
		d := newDouble()
		server := httptest.NewServer(d)
		defer server.Close()
		b := bucketAt(t, server, pathStyle, exampleSecret)
		for name, text := range map[string]string{"a b/ü+1.csv": "id\n1\n", "empty.jsonl": ""} {
			if err := b.Put(t.Context(), name, written(t, text), "text/csv"); err != nil {
				t.Fatal(err)
			}
			address, err := b.URL(t.Context(), name, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			if status, got := d.get(t, address); status != http.StatusOK || got != text {
				t.Errorf("%s: %d %q", name, status, got)
			}
			if status, _ := d.get(t, strings.Replace(address, "X-Amz-Expires=60", "X-Amz-Expires=600", 1)); status != http.StatusForbidden {
				t.Errorf("a changed address is answered %d", status)
			}
			d.now = d.now.Add(2 * time.Minute)
			if status, _ := d.get(t, address); status != http.StatusForbidden {
				t.Errorf("an address that has ended is answered %d", status)
			}
			d.now = exampleTime
		}
	}
}

// TestObjects: what is written is read, within a bound; what is not there is nil, and what the bucket
// refuses is an error that shows no credentials.
func TestObjects(t *testing.T) {
	d := newDouble()
	server := httptest.NewServer(d)
	defer server.Close()
	b := bucketAt(t, server, true, exampleSecret)
	if err := b.Write(t.Context(), "answers/a", []byte("\x00text")); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Read(t.Context(), "answers/a", 5); err != nil || string(got) != "\x00text" {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := b.Read(t.Context(), "answers/b", 5); err != nil || got != nil {
		t.Errorf("an object that is not there: %q, %v", got, err)
	}
	for want, refused := range map[string]func() (*Bucket, int64){
		"more than 4 bytes":         func() (*Bucket, int64) { return b, 4 },
		"403 SignatureDoesNotMatch": func() (*Bucket, int64) { return bucketAt(t, server, true, "wrong"), 100 },
		"404 NoSuchBucket":          func() (*Bucket, int64) { d.fail = []int{404}; return b, 100 },
		"503 SlowDown":              func() (*Bucket, int64) { d.fail = []int{503}; return b, 100 },
	} {
		from, most := refused()
		if got, err := from.Read(t.Context(), "answers/a", most); err == nil || got != nil || !strings.Contains(gateway.AsError(err).Public, want) || strings.Contains(err.Error(), exampleSecret) {
			t.Errorf("%s: %q, %v", want, got, err)
		}
	}
}

// TestRefusals: what the bucket refuses is told by its code, never with the credentials.
func TestRefusals(t *testing.T) {
	d := newDouble()
	server := httptest.NewServer(d)
	defer server.Close()
	refused := func(what string, b *Bucket, want string) {
		t.Helper()
		err := b.Put(t.Context(), "f", written(t, "x"), "text/csv")
		if err == nil || gateway.AsError(err).Public != want || strings.Contains(err.Error(), exampleSecret) {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused("a wrong secret", bucketAt(t, server, true, "wrong"), "The bucket refused the file: 403 SignatureDoesNotMatch.")
	b := bucketAt(t, server, true, exampleSecret)
	d.fail = []int{404}
	refused("no bucket", b, "The bucket refused the file: 404 NoSuchBucket.")
	d.fail = []int{500, 503}
	if err := b.Put(t.Context(), "f", written(t, "x"), "text/csv"); err != nil || d.calls != 5 {
		t.Errorf("a bucket that fails twice: %v after %d calls", err, d.calls)
	}
	server.Close()
	refused("nobody there", b, "The bucket does not answer.")
}

func bucketAt(t *testing.T, server *httptest.Server, pathStyle bool, secret string) *Bucket {
	t.Helper()
	client := server.Client()
	endpoint := server.URL
	if !pathStyle { // the name of the bucket's host leads to the double
		endpoint = "http://s3.test"
		client = &http.Client{Transport: &http.Transport{Proxy: func(*http.Request) (*url.URL, error) { return url.Parse(server.URL) }, DisableKeepAlives: true}}
	}
	b, err := New(Config{Endpoint: endpoint, Region: "us-east-1", Bucket: "logs", Prefix: "sluice/", PathStyle: pathStyle, AccessKeyID: exampleKey,
		SecretAccessKey: gateway.NewSecret(secret), SessionToken: gateway.NewSecret("token"), Client: client, Now: func() time.Time { return exampleTime }})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// get reads an address as anybody does.
func (d *double) get(t *testing.T, address string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	d.ServeHTTP(w, &http.Request{Method: http.MethodGet, URL: u, Host: u.Host, RequestURI: u.RequestURI(), Header: http.Header{}})
	raw, _ := io.ReadAll(w.Result().Body)
	return w.Code, string(raw)
}
