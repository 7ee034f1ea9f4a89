// Package aws signs calls of Amazon Web Services with Signature Version 4
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html): with
// the keys of a user, of a role that is assumed with them, or of the server's own identity. API keys of
// Bedrock are bearers.
package aws

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/provider/auth"
	"github.com/sluicegate/sluice/gateway/provider/auth/token"
	"github.com/sluicegate/sluice/gateway/provider/settings"
)

// The services that calls are signed for.
const (
	bedrock = "bedrock"
	S3      = "s3"
)

// Signer signs requests. It keeps the keys of roles.
type Signer struct {
	Service string           // "" = "bedrock"
	Now     func() time.Time // nil = time.Now

	keys token.Cache[aws.Credentials]
}

// Sign implements auth.Signer.
func (s *Signer) Sign(ctx context.Context, r *http.Request, c *auth.Call) error {
	own, isKey := readKeys(c.Credential)
	if !isKey && !c.Credential.IsServerIdentity() {
		if c.Service == S3 {
			return unusable(c, "an API key of Bedrock cannot read buckets, only access keys and roles can")
		}
		return auth.Bearer{}.Sign(ctx, r, c)
	}
	region := c.Settings[settings.Region.Name]
	if region == "" {
		return unusable(c, "the virtual key needs the setting 'region'")
	}
	keys, role := own, c.Settings[settings.RoleARN.Name]
	if role != "" || !isKey {
		var err error
		key := token.Key(c.Credential, region, role, c.Settings[settings.ExternalID.Name], c.Settings[settings.TokenURL.Name])
		if keys, err = s.keys.Get(ctx, key, func(ctx context.Context) (token.Token[aws.Credentials], error) { return fetch(ctx, c, own, isKey) }); err != nil {
			return err
		}
	}
	service := cmp.Or(c.Service, s.Service, bedrock)
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	sum := sha256.Sum256(c.Body)
	hash := hex.EncodeToString(sum[:])
	signer := v4.NewSigner()
	if service == S3 { // which signs the path as it is sent, and wants the hash in a header
		signer = v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
		r.Header.Set("X-Amz-Content-Sha256", hash)
	}
	if err := signer.SignHTTP(ctx, keys, r, hash, service, region, now()); err != nil {
		return &gateway.Error{Op: op, Kind: gateway.Internal, Public: "The call cannot be signed.", Err: err}
	}
	return nil
}

// HasKeys reports whether a credential is the keys of an account, with which calls are signed, and no
// API key of Bedrock.
func HasKeys(credential gateway.Secret) bool {
	_, ok := readKeys(credential)
	return ok
}

// readKeys reads access_key_id:secret_access_key[:session_token], or a JSON object with these names or
// those of AWS. ok is false for another kind of credential.
func readKeys(credential gateway.Secret) (keys aws.Credentials, ok bool) {
	text := credential.Reveal()
	if strings.HasPrefix(text, "{") {
		first := func(names ...string) string {
			for _, name := range names {
				if v := gjson.Get(text, name); v.Type == gjson.String && v.Str != "" {
					return v.Str
				}
			}
			return ""
		}
		keys = aws.Credentials{AccessKeyID: first("access_key_id", "aws_access_key_id", "AccessKeyId"), SecretAccessKey: first("secret_access_key", "aws_secret_access_key", "SecretAccessKey"),
			SessionToken: first("session_token", "aws_session_token", "SessionToken")}
		return keys, keys.AccessKeyID != "" && keys.SecretAccessKey != ""
	}
	parts := strings.SplitN(text, ":", 3)
	if len(parts) < 2 || !strings.HasPrefix(text, "AKIA") && !strings.HasPrefix(text, "ASIA") {
		return keys, false
	}
	keys = aws.Credentials{AccessKeyID: parts[0], SecretAccessKey: parts[1]}
	if len(parts) == 3 {
		keys.SessionToken = parts[2]
	}
	return keys, keys.SecretAccessKey != ""
}

// fetch gets the keys of the server's identity, of a role, or of a role that the server's identity
// assumes.
func fetch(ctx context.Context, c *auth.Call, own aws.Credentials, isKey bool) (none token.Token[aws.Credentials], err error) {
	region, role := c.Settings[settings.Region.Name], c.Settings[settings.RoleARN.Name]
	var provider aws.CredentialsProvider = credentials.StaticCredentialsProvider{Value: own}
	if !isKey {
		found, err := config.LoadDefaultConfig(ctx, config.WithRegion(region))
		if err != nil {
			return none, refusal(c, err)
		}
		provider = found.Credentials
	}
	if role != "" {
		options := sts.Options{Region: region, Credentials: provider, HTTPClient: &http.Client{Transport: c.Tokens}, RetryMaxAttempts: 1}
		if at := c.Settings[settings.TokenURL.Name]; at != "" {
			options.BaseEndpoint = &at
		}
		provider = stscreds.NewAssumeRoleProvider(sts.New(options), role, func(o *stscreds.AssumeRoleOptions) {
			o.RoleSessionName = "sluice"
			if id := c.Settings[settings.ExternalID.Name]; id != "" {
				o.ExternalID = &id
			}
		})
	}
	keys, err := provider.Retrieve(ctx)
	if err != nil {
		return none, refusal(c, err)
	}
	out := token.Token[aws.Credentials]{Value: keys}
	if keys.CanExpire {
		out.Expires = keys.Expires
	}
	return out, nil
}

const op = "aws.Sign"

func unusable(c *auth.Call, why string) *gateway.Error {
	return &gateway.Error{Op: op, Kind: gateway.Unauthorized, Code: "credential_unusable", Public: "There are no keys for " + c.Name + ": " + why + "."}
}

// refusal is the error of a credential for which there are no keys.
func refusal(c *auth.Call, err error) *gateway.Error {
	var own *gateway.Error
	if errors.As(err, &own) { // the address check at connect time
		return own
	}
	var refused smithy.APIError
	if errors.As(err, &refused) {
		why := refused.ErrorCode() + ": " + refused.ErrorMessage()
		if len(why) > 300 {
			why = strings.ToValidUTF8(why[:300], "")
		}
		return &gateway.Error{Op: op, Kind: gateway.Upstream, Status: http.StatusUnauthorized, Code: "credential_refused", Public: "There are no keys for " + c.Name + ": " + why, Err: err}
	}
	if c.Credential.IsServerIdentity() && c.Settings[settings.RoleARN.Name] == "" {
		return &gateway.Error{Op: op, Kind: gateway.Unauthorized, Code: "credential_unusable", Err: err,
			Public: "There are no keys for " + c.Name + ": this server has no identity at AWS: neither the environment, a web identity, a container nor an instance role gives one."}
	}
	return vendorerror.Broken(op, "There are no keys for "+c.Name+": the server that gives them cannot be asked.", err)
}
