// Package s3 keeps exported files in a bucket of Amazon S3, or of a service with the same interface
// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html). Requests are signed with
// Signature Version 4 by AWS's own signer, with fixed credentials.
package s3

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/sluicegate/sluice/gateway"
)

// Config names a bucket and what may write to it. All but the session token and the prefix is
// required.
type Config struct {
	Endpoint        string // scheme and host, such as https://s3.eu-central-1.amazonaws.com
	Region          string
	Bucket          string
	Prefix          string // before each name, such as "sluice/"
	PathStyle       bool   // the bucket stands in the path, not before the host
	AccessKeyID     string
	SecretAccessKey gateway.Secret
	SessionToken    gateway.Secret // of temporary credentials
	Client          *http.Client   // nil = one that waits at most sendTime
	Now             func() time.Time
}

// Bucket is an export.Bucket.
type Bucket struct {
	cfg    Config
	base   *url.URL // of objects, with a trailing slash
	signer *v4.Signer
}

const (
	sendTime = 30 * time.Minute // of one file
	tries    = 3
	pause    = 250 * time.Millisecond // before the next try; it doubles
)

// New makes a bucket. It does not ask whether the bucket is there.
func New(cfg Config) (*Bucket, error) {
	base, err := url.Parse(cfg.Endpoint)
	if err != nil || base.Host == "" || cfg.Bucket == "" {
		return nil, errors.New("s3: the endpoint or the bucket is missing")
	}
	base.Path = "/"
	if cfg.PathStyle {
		base.Path += cfg.Bucket + "/"
	} else {
		base.Host = cfg.Bucket + "." + base.Host
	}
	if cfg.Client == nil {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		cfg.Client = &http.Client{Timeout: sendTime, Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	// S3 signs the path as it is sent, not escaped twice as other services do.
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	return &Bucket{cfg, base, signer}, nil
}

// object is the address of a file. Its path is escaped as S3 escapes paths when it checks signatures:
// all but letters, digits, -, ., _, ~ and /.
func (b *Bucket) object(name string) *url.URL {
	u := *b.base
	u.Path += b.cfg.Prefix + name
	u.RawPath = strings.ReplaceAll(strings.ReplaceAll(url.QueryEscape(u.Path), "+", "%20"), "%2F", "/")
	return &u
}

func (b *Bucket) credentials() aws.Credentials {
	return aws.Credentials{AccessKeyID: b.cfg.AccessKeyID, SecretAccessKey: b.cfg.SecretAccessKey.Reveal(), SessionToken: b.cfg.SessionToken.Reveal()}
}

// URL implements export.Bucket.
func (b *Bucket) URL(ctx context.Context, name string, valid time.Duration) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.object(name).String(), nil)
	if err != nil {
		return "", failed("The address of the file cannot be made.", err)
	}
	query := r.URL.Query()
	query.Set("X-Amz-Expires", strconv.Itoa(int(valid.Seconds())))
	r.URL.RawQuery = query.Encode()
	signed, _, err := b.signer.PresignHTTP(ctx, b.credentials(), r, "UNSIGNED-PAYLOAD", "s3", b.cfg.Region, b.cfg.Now())
	if err != nil {
		return "", failed("The address of the file cannot be signed.", err)
	}
	return signed, nil
}

// Put implements export.Bucket. The bucket compares the file with its hash.
func (b *Bucket) Put(ctx context.Context, name, path, contentType string) error {
	f, err := os.Open(path)
	if err != nil {
		return failed("The file cannot be read.", err)
	}
	defer f.Close()
	sum := sha256.New()
	size, err := io.Copy(sum, f)
	if err != nil {
		return failed("The file cannot be read.", err)
	}
	hash := hex.EncodeToString(sum.Sum(nil))
	for try := 1; ; try++ {
		again, err := b.put(ctx, name, f, size, hash, contentType)
		if err == nil || !again || try == tries {
			return err
		}
		select {
		case <-ctx.Done():
			return failed("The file was not sent.", ctx.Err())
		case <-time.After(pause << (try - 1)):
		}
	}
}

// put makes one try. again: another one may succeed.
func (b *Bucket) put(ctx context.Context, name string, f io.ReadSeeker, size int64, hash, contentType string) (again bool, err error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return false, failed("The file cannot be read.", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, b.object(name).String(), io.NopCloser(f))
	if err != nil {
		return false, failed("The bucket cannot be called.", err)
	}
	r.ContentLength = size
	if size == 0 {
		r.Body = http.NoBody
	}
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("X-Amz-Content-Sha256", hash)
	if err := b.signer.SignHTTP(ctx, b.credentials(), r, hash, "s3", b.cfg.Region, b.cfg.Now()); err != nil {
		return false, failed("The call of the bucket cannot be signed.", err)
	}
	res, err := b.cfg.Client.Do(r)
	if err != nil {
		return true, failed("The bucket does not answer.", err)
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusOK {
		return false, nil
	}
	const most = 64 << 10
	raw, _ := io.ReadAll(io.LimitReader(res.Body, most)) // the status says enough
	return res.StatusCode >= http.StatusInternalServerError || res.StatusCode == http.StatusTooManyRequests,
		failed(fmt.Sprintf("The bucket refused the file: %d%s.", res.StatusCode, codeOf(string(raw))), nil)
}

// codeOf is the code of an error of S3, such as " AccessDenied"; "" if there is none.
func codeOf(answer string) string {
	_, rest, _ := strings.Cut(answer, "<Code>")
	code, _, ok := strings.Cut(rest, "</Code>")
	if !ok || code == "" || len(code) > 50 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return ""
	}
	return " " + code
}

func failed(public string, err error) error {
	return &gateway.Error{Op: "s3.Bucket", Kind: gateway.Unavailable, Public: public, Err: err}
}
