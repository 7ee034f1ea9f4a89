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
	"github.com/sluicegate/sluice/telemetry/export/s3/s3test"
)

// TestAddress: the address is the one that AWS's example ends in.
func TestAddress(t *testing.T) {
	b, err := New(Config{Endpoint: "https://s3.amazonaws.com", Region: "us-east-1", Bucket: "examplebucket", AccessKeyID: s3test.AccessKeyID, SecretAccessKey: gateway.NewSecret(s3test.SecretAccessKey), Now: func() time.Time { return s3test.ExampleTime }})
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
		d := s3test.New()
		server := httptest.NewServer(d)
		defer server.Close()
		b := bucketAt(t, server, pathStyle, s3test.SecretAccessKey)
		for name, text := range map[string]string{"a b/ü+1.csv": "id\n1\n", "empty.jsonl": ""} {
			if err := b.Put(t.Context(), name, written(t, text), "text/csv"); err != nil {
				t.Fatal(err)
			}
			address, err := b.URL(t.Context(), name, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			if status, got := get(t, d, address); status != http.StatusOK || got != text {
				t.Errorf("%s: %d %q", name, status, got)
			}
			if status, _ := get(t, d, strings.Replace(address, "X-Amz-Expires=60", "X-Amz-Expires=600", 1)); status != http.StatusForbidden {
				t.Errorf("a changed address is answered %d", status)
			}
			d.Now = d.Now.Add(2 * time.Minute)
			if status, _ := get(t, d, address); status != http.StatusForbidden {
				t.Errorf("an address that has ended is answered %d", status)
			}
			d.Now = s3test.ExampleTime
		}
	}
}

// TestObjects: what is written is read, within a bound; what is not there is nil, and what the bucket
// refuses is an error that shows no credentials.
func TestObjects(t *testing.T) {
	d := s3test.New()
	server := httptest.NewServer(d)
	defer server.Close()
	b := bucketAt(t, server, true, s3test.SecretAccessKey)
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
		"404 NoSuchBucket":          func() (*Bucket, int64) { d.Fail = []int{404}; return b, 100 },
		"503 SlowDown":              func() (*Bucket, int64) { d.Fail = []int{503}; return b, 100 },
	} {
		from, most := refused()
		if got, err := from.Read(t.Context(), "answers/a", most); err == nil || got != nil || !strings.Contains(gateway.AsError(err).Public, want) || strings.Contains(err.Error(), s3test.SecretAccessKey) {
			t.Errorf("%s: %q, %v", want, got, err)
		}
	}
}

// TestRefusals: what the bucket refuses is told by its code, never with the credentials.
func TestRefusals(t *testing.T) {
	d := s3test.New()
	server := httptest.NewServer(d)
	defer server.Close()
	refused := func(what string, b *Bucket, want string) {
		t.Helper()
		err := b.Put(t.Context(), "f", written(t, "x"), "text/csv")
		if err == nil || gateway.AsError(err).Public != want || strings.Contains(err.Error(), s3test.SecretAccessKey) {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused("a wrong secret", bucketAt(t, server, true, "wrong"), "The bucket refused the file: 403 SignatureDoesNotMatch.")
	b := bucketAt(t, server, true, s3test.SecretAccessKey)
	d.Fail = []int{404}
	refused("no bucket", b, "The bucket refused the file: 404 NoSuchBucket.")
	d.Fail = []int{500, 503}
	if err := b.Put(t.Context(), "f", written(t, "x"), "text/csv"); err != nil || d.Calls != 5 {
		t.Errorf("a bucket that fails twice: %v after %d calls", err, d.Calls)
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
	b, err := New(Config{Endpoint: endpoint, Region: s3test.Region, Bucket: s3test.Name, Prefix: "sluice/", PathStyle: pathStyle, AccessKeyID: s3test.AccessKeyID,
		SecretAccessKey: gateway.NewSecret(secret), SessionToken: gateway.NewSecret(s3test.SessionToken), Client: client, Now: func() time.Time { return s3test.ExampleTime }})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// get reads an address as anybody does.
func get(t *testing.T, d *s3test.Bucket, address string) (int, string) {
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
