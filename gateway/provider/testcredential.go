package provider

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/provider/codec"
	"github.com/sluicegate/sluice/gateway/provider/scrub"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
)

// TestCredential asks the vendor for its list of models, which costs nothing, with one credential of
// a key. A list that the vendor also gives without a credential proves nothing and is an error.
func (c *Client) TestCredential(ctx context.Context, key gateway.VirtualKey, credential gateway.Credential) gateway.CredentialTest {
	out := gateway.CredentialTest{Name: credential.Name}
	v := vendor.ByID(key.Provider)
	switch {
	case v == nil:
		out.Err = &gateway.Error{Op: "provider.TestCredential", Kind: gateway.Invalid, Public: "Sluice knows no provider '" + key.Provider + "'."}
		return out
	case v.Format == vendor.FormatMock:
		return out
	}
	t, err := c.targetOf(v, &key)
	if err != nil {
		out.Err = gateway.AsError(err)
		return out
	}
	t = codec.InProject(v, t.WithCredential(credential))
	begun := time.Now()
	status, err := c.listModels(ctx, v, t)
	out.Status, out.Latency = status, time.Since(begun)
	if err == nil && !v.Keyless && !credential.Value.IsNone() {
		err = c.needsCredential(ctx, v, t)
	}
	if err != nil {
		out.Err = scrub.Error(gateway.AsError(err), credential.Value)
	}
	return out
}

// needsCredential returns an error unless the vendor refuses to list its models without a credential.
func (c *Client) needsCredential(ctx context.Context, v *vendor.Vendor, t *gateway.Target) error {
	status, err := c.listModels(ctx, v, t.WithCredential(gateway.Credential{}))
	switch {
	case status/100 == 4 && status != http.StatusTooManyRequests:
		return nil
	case err != nil:
		e := *gateway.AsError(err)
		e.Public = "The provider took the credential, but could not be asked without it to compare: " + e.Public
		return &e
	}
	return vendorerror.Broken("provider.TestCredential", "The provider '"+v.ID+"' lists its models without a credential, too, so this proves nothing. Make a call with the key.", nil)
}

// listModels asks for the list of models. status is 0 if no answer came.
func (c *Client) listModels(ctx context.Context, v *vendor.Vendor, t *gateway.Target) (status int, err error) {
	format := c.ownOrFirst(v, t, "")
	t = codec.ReachedIn(v, t, format)
	out, err := codec.ModelsRequest(v, t, format)
	if err != nil {
		return 0, err
	}
	wire := c.codecs[codecID{v.ID, format}]
	k := newUpstreamCall(ctx, &c.cfg, v.ID)
	defer k.release()
	res, err := c.roundTrip(k, v, t, format, out)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	return res.StatusCode, checkModels(k, wire, res)
}

// checkModels returns an error unless an answer begins like a list of models. It reads at most
// MaxErrorBody bytes.
func checkModels(k *upstreamCall, wire codec.Codec, res *http.Response) error {
	const op = "provider.TestCredential"
	body, err := decompressed(res)
	if err != nil {
		return err
	}
	switch {
	case res.StatusCode == http.StatusNotFound || res.StatusCode == http.StatusMethodNotAllowed:
		return vendorerror.Broken(op, "The provider '"+k.vendor+"' has no list of models at this address, so this proves nothing about the credential.", nil)
	case res.StatusCode/100 != 2:
		return codec.StatusError(wire, res, body)
	}
	raw, err := io.ReadAll(io.LimitReader(body, codec.MaxErrorBody))
	if err != nil {
		return k.readError(err)
	}
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || raw[0] != '{' && raw[0] != '[' {
		return vendorerror.Broken(op, "The provider '"+k.vendor+"' answers with something else than a list of models.", nil)
	}
	return nil
}
