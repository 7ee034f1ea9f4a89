package app

import (
	"github.com/sluicegate/sluice/gateway/identity/device"
	"github.com/sluicegate/sluice/gateway/identity/oidc"
	"github.com/sluicegate/sluice/internal/config"
	"github.com/sluicegate/sluice/internal/httpapi/signin"
)

// signIn connects the routes on which people sign in.
func (s *services) signIn(cfg config.SignIn) signin.Settings {
	out := signin.Settings{Accounts: s.callers, Sessions: s.sessions, Audit: s.records.recorder, Cookies: s.master.cipher, Guesses: s.callers,
		Devices: device.New(s.control, s.master.cipher, s.callers, nil)}
	if o := cfg.OIDC; o != nil {
		out.Provider = oidc.New(oidc.Config{Issuer: o.Issuer, ClientID: o.ClientID, ClientSecret: o.ClientSecret,
			Scopes: o.Scopes, GroupsClaim: o.GroupsClaim, Domains: o.Domains})
		out.Mapping = o.Mapping
	}
	return out
}
