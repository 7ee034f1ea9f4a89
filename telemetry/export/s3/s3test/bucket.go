// Package s3test is a bucket of S3 in this process, which checks signatures as S3 does
// (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html). It is written without
// the signer of the client under test.
package s3test

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// What a client must present: the key of AWS's published examples, in their region.
const (
	AccessKeyID     = "AKIAIOSFODNN7EXAMPLE"
	SecretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	SessionToken    = "token"
	Region          = "us-east-1"
	Name            = "logs" // of the bucket
)

// ExampleTime is that of the examples.
var ExampleTime = time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC)

// maxListed is S3's limit, of a list and of a deletion.
const maxListed = 1000

// Bucket is an http.Handler. Its fields are set while no call is under way.
type Bucket struct {
	Objects map[string][]byte
	Fail    []int // statuses of the next calls
	Calls   int
	Now     time.Time // by which presigned addresses end

	mu sync.Mutex
}

// New returns an empty bucket.
func New() *Bucket { return &Bucket{Objects: map[string][]byte{}, Now: ExampleTime} }

// Names lists the objects, also while calls are under way.
func (d *Bucket) Names() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Sorted(maps.Keys(d.Objects))
}

// ServeHTTP answers as S3 does.
func (d *Bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.Calls++
	refuse := func(status int, code string) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<?xml version=\"1.0\"?><Error><Code>"+code+"</Code><Message>no</Message></Error>")
	}
	if len(d.Fail) > 0 {
		status := d.Fail[0]
		d.Fail = d.Fail[1:]
		refuse(status, map[int]string{404: "NoSuchBucket", 500: "InternalError", 503: "SlowDown"}[status])
		return
	}
	key := strings.TrimPrefix(r.URL.Path, "/")
	if r.Host != Name+".s3.test" {
		key = strings.TrimPrefix(key, Name+"/")
	}
	switch {
	case !d.signed(r):
		refuse(http.StatusForbidden, "SignatureDoesNotMatch")
	case r.Method == http.MethodPut:
		raw, err := io.ReadAll(r.Body)
		sum := sha256.Sum256(raw)
		if err != nil || int64(len(raw)) != r.ContentLength || hex.EncodeToString(sum[:]) != r.Header.Get("X-Amz-Content-Sha256") {
			refuse(http.StatusBadRequest, "XAmzContentSHA256Mismatch")
			return
		}
		d.Objects[key] = raw
	case r.Method == http.MethodGet && r.URL.Query().Get("list-type") == "2":
		d.list(w, r.URL.Query().Get("prefix"))
	case r.Method == http.MethodPost && r.URL.Query().Has("delete"):
		d.delete(w, r, refuse)
	case d.Objects[key] == nil:
		refuse(http.StatusNotFound, "NoSuchKey")
	default:
		_, _ = w.Write(d.Objects[key])
	}
}

// list answers as https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html tells.
func (d *Bucket) list(w io.Writer, prefix string) {
	var keys []string
	for key := range d.Objects {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	_, _ = io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>`+strconv.FormatBool(len(keys) > maxListed)+`</IsTruncated>`)
	for _, key := range keys[:min(len(keys), maxListed)] {
		_, _ = io.WriteString(w, "<Contents><Key>"+strings.ReplaceAll(key, "&", "&amp;")+"</Key><Size>1</Size></Contents>")
	}
	_, _ = io.WriteString(w, "</ListBucketResult>")
}

// delete answers as https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html tells. It refuses
// names with "held" in them.
func (d *Bucket) delete(w io.Writer, r *http.Request, refuse func(int, string)) {
	raw, _ := io.ReadAll(r.Body)
	sum := md5.Sum(raw)
	var wanted struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ Delete"`
		Quiet   bool
		Object  []struct{ Key string }
	}
	if err := xml.Unmarshal(raw, &wanted); err != nil || !wanted.Quiet || len(wanted.Object) > 1000 || base64.StdEncoding.EncodeToString(sum[:]) != r.Header.Get("Content-Md5") {
		refuse(http.StatusBadRequest, "MalformedXML")
		return
	}
	_, _ = io.WriteString(w, `<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`)
	for _, o := range wanted.Object {
		if strings.Contains(o.Key, "held") {
			_, _ = io.WriteString(w, "<Error><Key>"+o.Key+"</Key><Code>AccessDenied</Code></Error>")
			continue
		}
		delete(d.Objects, o.Key)
	}
	_, _ = io.WriteString(w, "</DeleteResult>")
}

// signed reports whether the headers, or the parameters of an address, have the right signature.
func (d *Bucket) signed(r *http.Request) bool {
	q := r.URL.Query()
	if q.Get("X-Amz-Algorithm") != "" {
		begin, err := time.Parse("20060102T150405Z", q.Get("X-Amz-Date"))
		valid, err2 := time.ParseDuration(q.Get("X-Amz-Expires") + "s")
		if err != nil || err2 != nil || d.Now.After(begin.Add(valid)) || !strings.HasPrefix(q.Get("X-Amz-Credential"), AccessKeyID+"/20130524/"+Region+"/s3/") || q.Get("X-Amz-Security-Token") != SessionToken {
			return false
		}
		want := q.Get("X-Amz-Signature")
		q.Del("X-Amz-Signature")
		u := *r.URL
		u.RawQuery = q.Encode()
		unsigned := &http.Request{Method: r.Method, URL: &u, Host: r.Host, Header: r.Header}
		return want == signature(unsigned, SecretAccessKey, q.Get("X-Amz-Date"), Region, strings.Split(q.Get("X-Amz-SignedHeaders"), ";"), "UNSIGNED-PAYLOAD")
	}
	given := map[string]string{}
	fields, ok := strings.CutPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ")
	for _, f := range strings.Split(fields, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(f), "=")
		given[name] = value
	}
	names := strings.Split(given["SignedHeaders"], ";")
	if !ok || !slices.Contains(names, "host") || !slices.Contains(names, "x-amz-content-sha256") || !slices.Contains(names, "x-amz-date") || r.Header.Get("X-Amz-Security-Token") != SessionToken {
		return false
	}
	return given["Signature"] == signature(r, SecretAccessKey, r.Header.Get("X-Amz-Date"), Region, names, r.Header.Get("X-Amz-Content-Sha256"))
}

// signature computes a signature of Signature Version 4.
func signature(r *http.Request, secret, date, region string, names []string, payload string) string {
	var canonical bytes.Buffer
	canonical.WriteString(r.Method + "\n" + escaped(r.URL.Path) + "\n" + strings.ReplaceAll(r.URL.Query().Encode(), "+", "%20") + "\n")
	for _, name := range names {
		value := r.Header.Get(name)
		switch name {
		case "host":
			value = r.Host
		case "content-length":
			value = r.Header.Get("Content-Length")
			if value == "" {
				value = strconv.FormatInt(r.ContentLength, 10)
			}
		}
		canonical.WriteString(name + ":" + strings.TrimSpace(value) + "\n")
	}
	canonical.WriteString("\n" + strings.Join(names, ";") + "\n" + payload)
	sum := sha256.Sum256(canonical.Bytes())
	day := date[:8]
	text := "AWS4-HMAC-SHA256\n" + date + "\n" + day + "/" + region + "/s3/aws4_request\n" + hex.EncodeToString(sum[:])
	key := []byte("AWS4" + secret)
	for _, part := range []string{day, region, "s3", "aws4_request", text} {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	return hex.EncodeToString(key)
}

// escaped escapes a path as S3 does: all but letters, digits, -, ., _, ~ and /.
func escaped(path string) string {
	return strings.ReplaceAll(strings.ReplaceAll(url.QueryEscape(path), "%2F", "/"), "+", "%20")
}
