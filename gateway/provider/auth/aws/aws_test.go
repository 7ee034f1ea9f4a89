package aws

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/provider/auth"
)

// The vectors that AWS publishes (the "aws-sig-v4-test-suite" and the examples of its documentation,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html): the keys, the region, the
// service and the time are the same in all of them.
func TestPublishedVectors(t *testing.T) {
	at := time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)
	for name, v := range map[string]struct {
		method, url string
		header      http.Header
		body        string
		signed      string
		signature   string
	}{
		"get-vanilla":                      {"GET", "/", nil, "", "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
		"get-vanilla-query-order-key-case": {"GET", "/?Param2=value2&Param1=value1", nil, "", "host;x-amz-date", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
		"post-vanilla":                     {"POST", "/", nil, "", "host;x-amz-date", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
		"post-x-www-form-urlencoded": {"POST", "/", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, "Param1=value1",
			"content-type;host;x-amz-date", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
	} {
		u, _ := url.Parse("https://example.amazonaws.com" + v.url)
		r := &http.Request{Method: v.method, URL: u, Host: u.Host, Header: http.Header{}}
		for k, values := range v.header {
			r.Header[k] = values
		}
		s := &Signer{Service: "service", Now: func() time.Time { return at }}
		err := s.Sign(context.Background(), r, &auth.Call{Credential: gateway.NewSecret(`{"access_key_id":"AKIDEXAMPLE","secret_access_key":"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}`),
			Settings: gateway.ProviderSettings{"region": "us-east-1"}, Body: []byte(v.body)})
		want := "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=" + v.signed + ", Signature=" + v.signature
		if got := r.Header.Get("Authorization"); err != nil || got != want {
			t.Errorf("%s: %v\n got %s\nwant %s", name, err, got, want)
		}
	}
}

// TestPublishedVectorOfS3 is the example of a GET in
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html.
func TestPublishedVectorOfS3(t *testing.T) {
	u, _ := url.Parse("https://examplebucket.s3.amazonaws.com/test.txt")
	r := &http.Request{Method: "GET", URL: u, Host: u.Host, Header: http.Header{"Range": {"bytes=0-9"}}}
	s := &Signer{Now: func() time.Time { return time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC) }}
	c := &auth.Call{Credential: gateway.NewSecret(`{"access_key_id":"AKIAIOSFODNN7EXAMPLE","secret_access_key":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}`),
		Settings: gateway.ProviderSettings{"region": "us-east-1"}, Service: S3}
	err := s.Sign(context.Background(), r, c)
	want := "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
	if got := r.Header.Get("Authorization"); err != nil || got != want {
		t.Errorf("%v\n got %s\nwant %s", err, got, want)
	}
	c.Credential = gateway.NewSecret("ABSKQmVkcm9jaw")
	if err := s.Sign(context.Background(), r, c); err == nil || !strings.Contains(err.Error(), "buckets") {
		t.Errorf("an API key of Bedrock: %v", err)
	}
}

func TestCredentialForms(t *testing.T) {
	for text, want := range map[string]string{
		"AKIAX:secret":       "AKIAX",
		"ASIAX:secret:token": "ASIAX",
		`{"aws_access_key_id":"AKIAY","aws_secret_access_key":"s"}`:        "AKIAY",
		`{"AccessKeyId":"AKIAZ","SecretAccessKey":"s","SessionToken":"t"}`: "AKIAZ",
		"ABSKQmVkcm9jaw": "bearer",
		"sk-any:thing":   "bearer",
	} {
		r := &http.Request{Method: "POST", URL: &url.URL{Scheme: "https", Host: "x"}, Header: http.Header{}}
		if err := (&Signer{Service: "bedrock"}).Sign(context.Background(), r, &auth.Call{Credential: gateway.NewSecret(text), Settings: gateway.ProviderSettings{"region": "us-east-1"}}); err != nil {
			t.Fatal(err)
		}
		got := r.Header.Get("Authorization")
		if want == "bearer" && got != "Bearer "+text || want != "bearer" && !strings.HasPrefix(got, "AWS4-HMAC-SHA256 Credential="+want+"/") {
			t.Errorf("%s: %s", text, got)
		}
		if hasToken := r.Header.Get("X-Amz-Security-Token") != ""; hasToken != strings.Contains(strings.ToLower(text), "token") {
			t.Errorf("%s: session token %v", text, hasToken)
		}
	}
	err := (&Signer{}).Sign(context.Background(), &http.Request{Header: http.Header{}}, &auth.Call{Credential: gateway.NewSecret("AKIAX:s"), Name: "the virtual key 'b'"})
	if e := gateway.AsError(err); e.Public != "There are no keys for the virtual key 'b': the virtual key needs the setting 'region'." {
		t.Errorf("%v", err)
	}
}

// stsServer is a double of AWS STS, built on its documented answers.
func stsServer(t *testing.T, refused bool) (*httptest.Server, *[]string) {
	var asked []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		form, _ := url.ParseQuery(string(body))
		asked = append(asked, form.Get("Action")+" "+form.Get("RoleArn")+" "+form.Get("ExternalId")+" "+strings.SplitN(strings.TrimPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential="), "/", 2)[0])
		w.Header().Set("Content-Type", "text/xml")
		if refused {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: arn:aws:iam::1:user/x is not authorized to perform: sts:AssumeRole</Message></Error><RequestId>1</RequestId></ErrorResponse>`)
			return
		}
		_, _ = fmt.Fprintf(w, `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>rolesecret</SecretAccessKey><SessionToken>roletoken</SessionToken><Expiration>%s</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
			time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	}))
	t.Cleanup(s.Close)
	return s, &asked
}

func TestAssumeRole(t *testing.T) {
	server, asked := stsServer(t, false)
	s := &Signer{Service: "bedrock"}
	c := &auth.Call{Credential: gateway.NewSecret("AKIAX:secret"), Name: "the virtual key 'b'", Tokens: http.DefaultTransport,
		Settings: gateway.ProviderSettings{"region": "eu-west-1", "role_arn": "arn:aws:iam::1:role/bedrock", "external_id": "ext", "token_url": server.URL}}
	for range 2 {
		r := &http.Request{Method: "POST", URL: &url.URL{Scheme: "https", Host: "x"}, Header: http.Header{}}
		if err := s.Sign(context.Background(), r, c); err != nil || !strings.Contains(r.Header.Get("Authorization"), "Credential=ASIAROLE/") || r.Header.Get("X-Amz-Security-Token") != "roletoken" {
			t.Fatalf("%v %v", err, r.Header)
		}
	}
	if len(*asked) != 1 || (*asked)[0] != "AssumeRole arn:aws:iam::1:role/bedrock ext AKIAX" {
		t.Errorf("%v", *asked)
	}
}

func TestRoleIsRefused(t *testing.T) {
	server, _ := stsServer(t, true)
	c := &auth.Call{Credential: gateway.NewSecret("AKIAX:secret"), Name: "the virtual key 'b'", Tokens: http.DefaultTransport,
		Settings: gateway.ProviderSettings{"region": "eu-west-1", "role_arn": "arn:aws:iam::1:role/bedrock", "token_url": server.URL}}
	err := (&Signer{Service: "bedrock"}).Sign(context.Background(), &http.Request{Header: http.Header{}}, c)
	e := gateway.AsError(err)
	if want := "There are no keys for the virtual key 'b': AccessDenied: User: arn:aws:iam::1:user/x is not authorized to perform: sts:AssumeRole"; e.Public != want || e.Status != 401 {
		t.Errorf("%q %d", e.Public, e.Status)
	}
	server.Close()
	err = (&Signer{Service: "bedrock"}).Sign(context.Background(), &http.Request{Header: http.Header{}}, c)
	if e := gateway.AsError(err); e.Kind != gateway.BadUpstream || !strings.Contains(e.Public, "cannot be asked") || bytes.Contains([]byte(err.Error()), []byte("secret:")) {
		t.Errorf("%v", err)
	}
}

func TestServerIdentity(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAENV")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "envsecret")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_CONFIG_FILE", t.TempDir()+"/none")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", t.TempDir()+"/none")
	c := &auth.Call{Credential: gateway.ServerIdentity, Name: "the virtual key 'b'", Settings: gateway.ProviderSettings{"region": "eu-west-1"}, Tokens: http.DefaultTransport}
	r := &http.Request{Method: "POST", URL: &url.URL{Scheme: "https", Host: "x"}, Header: http.Header{}}
	if err := (&Signer{Service: "bedrock"}).Sign(context.Background(), r, c); err != nil || !strings.Contains(r.Header.Get("Authorization"), "Credential=AKIAENV/") {
		t.Errorf("%v %v", err, r.Header)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	err := (&Signer{Service: "bedrock"}).Sign(context.Background(), r, c)
	if e := gateway.AsError(err); !strings.Contains(e.Public, "this server has no identity at AWS") {
		t.Errorf("%v", err)
	}
}
