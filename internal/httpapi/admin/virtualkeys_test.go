package admin

import (
	"context"
	"errors"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
)

func (o *office) VirtualKeyInfos(_ context.Context, by *gateway.Principal, workspace string) ([]credential.VirtualKeyInfo, error) {
	o.in(by, workspace)
	return []credential.VirtualKeyInfo{{VirtualKey: credential.VirtualKey{ID: "v1", Name: "vk", Workspace: "ws_a", Credentials: []credential.StoredCredential{{Name: "default", Sealed: []byte("sealed")}}}}}, nil
}

func (o *office) CreateVirtualKey(_ context.Context, by *gateway.Principal, n credential.NewVirtualKey) (credential.VirtualKeyInfo, error) {
	o.in(by, n.Workspace)
	o.done("create vk", n.Name)
	o.newVK = n
	return credential.VirtualKeyInfo{VirtualKey: credential.VirtualKey{ID: "v1", Name: n.Name, Models: n.Models, Prices: n.Prices, MaxOutput: n.MaxOutput, Formats: n.Formats}}, nil
}

func (o *office) UpdateVirtualKey(_ context.Context, by *gateway.Principal, ref string, _ credential.VirtualKeyChange) (credential.VirtualKeyInfo, error) {
	o.in(by, "")
	o.done("update vk", ref)
	return credential.VirtualKeyInfo{VirtualKey: credential.VirtualKey{ID: "v1", Name: ref}}, nil
}

func (o *office) SetVirtualKeyDisabled(_ context.Context, by *gateway.Principal, ref string, disabled bool) (credential.VirtualKeyInfo, error) {
	o.in(by, "")
	o.done("switch vk", ref)
	return credential.VirtualKeyInfo{}, nil
}

func (o *office) TestVirtualKey(_ context.Context, by *gateway.Principal, ref string) (credential.VirtualKeyInfo, []gateway.CredentialTest, error) {
	o.in(by, "")
	o.done("test vk", ref)
	return credential.VirtualKeyInfo{VirtualKey: credential.VirtualKey{ID: "v1", Name: ref}}, []gateway.CredentialTest{{Name: "a", Status: 200, Latency: 12 * time.Millisecond},
		{Name: "b", Status: 401, Err: &gateway.Error{Op: "test", Kind: gateway.Upstream, Status: 401, Public: "No such key.", Err: errors.New("inside")}}}, nil
}

func (o *office) DeleteVirtualKey(_ context.Context, by *gateway.Principal, ref string) (credential.VirtualKeyInfo, error) {
	o.in(by, "")
	o.done("delete vk", ref)
	return credential.VirtualKeyInfo{}, nil
}
