package bearer

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
)

// maxToken bounds a token, in bytes.
const maxToken = 8 << 10

// leeway is how far the clocks of issuer and server may differ.
const leeway = time.Minute

// Config holds the settings of a Verifier.
type Config struct {
	Issuers   []Issuer
	Transport http.RoundTripper // to the issuers; nil = one of its own
	Log       *slog.Logger      // nil = none
	Now       func() time.Time  // nil = time.Now
}

// Verifier verifies tokens. Safe for concurrent use. Close ends it.
type Verifier struct {
	cfg     Config
	issuers []*issuer

	stop context.CancelFunc
	done sync.WaitGroup
}

type issuer struct {
	Issuer
	keys *keySet
}

// New makes a verifier, and begins to read the issuers' keys.
func New(cfg Config) *Verifier {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Transport == nil {
		cfg.Transport = &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true} // few requests, no idle connections
	}
	client := &http.Client{Timeout: keyTimeout, Transport: cfg.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	v := &Verifier{cfg: cfg}
	for _, i := range cfg.Issuers {
		read := fromFile(i.JWKSFile)
		if i.JWKSURL != "" {
			read = fromURL(client, i.JWKSURL)
		}
		v.issuers = append(v.issuers, &issuer{i, &keySet{read: read, now: cfg.Now}})
	}
	ctx, stop := context.WithCancel(context.Background())
	v.stop = stop
	for _, i := range v.issuers {
		v.done.Go(func() { v.keepKeys(ctx, i) })
	}
	return v
}

// keepKeys reads an issuer's keys now and then.
func (v *Verifier) keepKeys(ctx context.Context, i *issuer) {
	every := time.NewTicker(keyAge)
	defer every.Stop()
	for {
		if err := i.keys.refresh(ctx, keyPause); err != nil && ctx.Err() == nil {
			v.cfg.Log.Warn("the keys of an issuer of tokens cannot be read", "issuer", i.Issuer.Issuer, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

// Close ends the reading of keys.
func (v *Verifier) Close() error {
	v.stop()
	v.done.Wait()
	return nil
}

// Verify checks a token and reads who presents it. mine is false for what does not look like a
// token. Everything that is wrong with a token is gateway.Unauthorized; a token that gives no role is
// gateway.Forbidden, and gateway.Unavailable tells that the issuer's keys cannot be read.
func (v *Verifier) Verify(ctx context.Context, presented gateway.Secret) (_ identity.Bearer, mine bool, err error) {
	const op = "bearer.Verify"
	text := presented.Reveal()
	if !strings.HasPrefix(text, "eyJ") || strings.Count(text, ".") != 2 {
		return identity.Bearer{}, false, nil
	}
	if len(text) > maxToken {
		return identity.Bearer{}, true, refuse(op, "token_too_long", "The token is longer than 8 KiB.", nil)
	}
	token, err := jwt.ParseSigned(text, v.signatures())
	if err != nil {
		return identity.Bearer{}, true, refuse(op, "invalid_token", "The token is malformed, or signed with an algorithm that is not accepted here.", err)
	}
	i, err := v.issuerOf(op, token)
	if err != nil {
		return identity.Bearer{}, true, err
	}
	claims, err := v.verify(ctx, op, i, token)
	if err != nil {
		return identity.Bearer{}, true, err
	}
	b, err := i.bearer(claims)
	return b, true, err
}

// signatures are the algorithms of all issuers.
func (v *Verifier) signatures() []jose.SignatureAlgorithm {
	var out []jose.SignatureAlgorithm
	for _, i := range v.issuers {
		out = append(out, i.signatures()...)
	}
	return out
}

// issuerOf finds the issuer that a token claims to be of. An issuer may have several entries, for
// different audiences.
func (v *Verifier) issuerOf(op string, token *jwt.JSONWebToken) (*issuer, error) {
	var claimed jwt.Claims
	if err := token.UnsafeClaimsWithoutVerification(&claimed); err != nil {
		return nil, refuse(op, "invalid_token", "The token is malformed.", err)
	}
	known := false
	for _, i := range v.issuers {
		if i.Issuer.Issuer != claimed.Issuer {
			continue
		}
		known = true
		if slices.ContainsFunc(i.Audience, claimed.Audience.Contains) {
			return i, nil
		}
	}
	if known {
		return nil, refuse(op, "wrong_audience", "The token is meant for another audience.", nil)
	}
	return nil, refuse(op, "unknown_issuer", "The issuer of the token is not known here.", nil)
}

// verify checks signature and times, and returns the claims.
func (v *Verifier) verify(ctx context.Context, op string, i *issuer, token *jwt.JSONWebToken) (map[string]any, error) {
	head := token.Headers[0] // a compact token has one signature
	if !slices.Contains(i.signatures(), jose.SignatureAlgorithm(head.Algorithm)) {
		return nil, refuse(op, "invalid_token", "The token is signed with an algorithm that is not accepted here.", nil)
	}
	key, err := i.keys.find(ctx, head.KeyID, head.Algorithm)
	if errors.Is(err, errNoKeys) {
		return nil, &gateway.Error{Op: op, Kind: gateway.Unavailable, Code: "issuer_unreachable", Public: "The keys of the token's issuer cannot be read now.", Err: err}
	}
	if err != nil {
		return nil, refuse(op, "unknown_key", "The token is signed with a key that its issuer does not publish.", err)
	}
	var std jwt.Claims
	var all map[string]any
	if err := token.Claims(key, &std, &all); err != nil {
		return nil, refuse(op, "bad_signature", "The signature of the token is wrong.", err)
	}
	if std.Expiry == nil {
		return nil, refuse(op, "invalid_token", "The token has no end: its claim 'exp' is missing.", nil)
	}
	switch err := std.ValidateWithLeeway(jwt.Expected{Issuer: i.Issuer.Issuer, AnyAudience: i.Audience, Time: v.cfg.Now()}, leeway); {
	case errors.Is(err, jwt.ErrExpired):
		return nil, refuse(op, "token_expired", "The token expired on "+std.Expiry.Time().UTC().Format(time.RFC3339)+".", err)
	case err != nil:
		return nil, refuse(op, "invalid_token", "The token does not count yet, or not here.", err)
	}
	return all, nil
}

func refuse(op, code, public string, err error) error {
	return &gateway.Error{Op: op, Kind: gateway.Unauthorized, Code: code, Public: public, Err: err}
}
