package provider

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/provider/address"
	"github.com/sluicegate/sluice/gateway/provider/codec"
	"github.com/sluicegate/sluice/gateway/provider/scrub"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
)

// deleteTimeout limits one call that deletes a response at its vendor.
const deleteTimeout = 30 * time.Second

// targetOf returns the target of a call with a virtual key that no config names. A vendor
// on the server's own machine is reached by a key of the server's file only, as calls reach it, unless
// the operator trusts its address.
func (c *Client) targetOf(v *vendor.Vendor, key *gateway.VirtualKey) (*gateway.Target, error) {
	if v.Local() && key.BaseURL == "" && !key.Trusted {
		if trusted, err := address.Trusted(v.BaseURL, c.cfg.TrustedHosts); err != nil || !trusted {
			return nil, &gateway.Error{Op: "provider.targetOf", Kind: gateway.Invalid, Param: "provider", Code: "local_provider",
				Public: "The provider '" + v.ID + "' runs on the server's own machine. It is reached by a virtual key in the server's file; the operator may also list its host in 'trusted_hosts'."}
		}
	}
	return &gateway.Target{Path: "virtual_keys." + key.Name, Provider: v.ID, VirtualKey: key.Name, BaseURL: key.BaseURL, CustomHost: key.BaseURL != "" && !key.Trusted, Credential: key.Credential,
		Formats: key.Formats, CheckFormats: !key.Trusted, Settings: key.Settings}, nil
}

// DeleteResponse deletes a response at the vendor that keeps it. One that is gone already is no
// error. credential names the credential of the key by whose account it is kept, "" if there is no
// choice.
func (c *Client) DeleteResponse(ctx context.Context, key gateway.VirtualKey, credential, id string) error {
	const op = "provider.DeleteResponse"
	v := vendor.ByID(key.Provider)
	if v == nil {
		return &gateway.Error{Op: op, Kind: gateway.Invalid, Public: "The response cannot be deleted at its provider."}
	}
	t, err := c.targetOf(v, &key)
	if err != nil {
		return err
	}
	if key.Pool != nil {
		own, ok := key.Pool.Named(credential)
		if !ok {
			if own, err = key.Pool.Choose(func() uint64 { return 0 }, nil); err != nil {
				return err
			}
		}
		t = t.WithCredential(own)
	}
	t = codec.ReachedIn(v, t, gateway.FormatResponses)
	out, err := codec.ResponseDeletion(v, t, id)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, deleteTimeout)
	defer cancel()
	k := newUpstreamCall(ctx, &c.cfg, v.ID)
	defer k.release()
	res, err := c.roundTrip(k, v, t, gateway.FormatResponses, out)
	if err != nil {
		return scrub.Error(gateway.AsError(err), t.Credential)
	}
	defer res.Body.Close()
	if res.StatusCode/100 == 2 || res.StatusCode == http.StatusNotFound {
		_, _ = io.CopyN(io.Discard, res.Body, codec.MaxErrorBody) // a body that is read frees the connection
		return nil
	}
	return scrub.Error(gateway.AsError(codec.StatusError(c.codecs[codecID{v.ID, gateway.FormatResponses}], res, res.Body)), t.Credential)
}
