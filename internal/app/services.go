package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/billing/alert"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/billing/pricing"
	"github.com/sluicegate/sluice/gateway/breaker"
	"github.com/sluicegate/sluice/gateway/catalog"
	"github.com/sluicegate/sluice/gateway/catalog/refresh"
	"github.com/sluicegate/sluice/gateway/clientsecret"
	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/credential/seal"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/history"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/identity/bearer"
	"github.com/sluicegate/sluice/gateway/identity/session"
	"github.com/sluicegate/sluice/gateway/limit"
	"github.com/sluicegate/sluice/gateway/promptcache"
	"github.com/sluicegate/sluice/gateway/provider"
	"github.com/sluicegate/sluice/gateway/provider/account"
	"github.com/sluicegate/sluice/gateway/provider/address"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
	"github.com/sluicegate/sluice/gateway/recurring"
	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/gateway/route/ranking"
	"github.com/sluicegate/sluice/gateway/route/router"
	"github.com/sluicegate/sluice/gateway/vendorobject"
	"github.com/sluicegate/sluice/gateway/vendorobject/settle"
	"github.com/sluicegate/sluice/guardrails"
	"github.com/sluicegate/sluice/internal/app/control"
	"github.com/sluicegate/sluice/internal/config"
	"github.com/sluicegate/sluice/internal/httpapi/realtime"
	sqlstore "github.com/sluicegate/sluice/internal/store/sql"
	"github.com/sluicegate/sluice/prompts"
	"github.com/sluicegate/sluice/telemetry/export"
)

// services are the parts of the product that the pipeline and the API are made of.
type services struct {
	master         *masterKeys
	control        *sqlstore.Store
	copy           *control.Copy // of control, for starts without PostgreSQL
	copyMade       time.Time     // when the copy was made that control is; zero: it is the store itself
	bills          *billing.Service
	budgets        *budget.Limits // and wallets
	alerts         *alert.Service
	history        *history.Service
	callers        *identity.Service
	secrets        *clientsecret.Service
	limits         *limit.Service
	sharedCounters *limit.Fallback // nil: the process counts by itself
	keyring        *credential.Service
	prices         *catalog.Catalog
	renewal        *refresh.Service // of prices
	vendorWork     *settle.Poller
	following      *recurring.Work // of the changes of other replicas; nil: there are none
	pricing        *pricing.Service
	client         *provider.Client
	objects        *vendorobject.Guard
	guards         *guardrails.Service
	routing        *route.Service
	router         router.Config
	templates      *prompts.Service
	answers        *cache.Service
	records        *telemetryParts
	sessions       *session.Service
	exports        *export.Service
	realtime       *realtime.Service
}

// prepareDataDir makes the data directory, and finds out here whether it can be written: later on it
// would be the error of whichever part writes first.
func prepareDataDir(dir string) error {
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		var probe *os.File
		if probe, err = os.CreateTemp(dir, ".probe-*"); err == nil {
			err = errors.Join(probe.Close(), os.Remove(probe.Name()))
		}
	}
	if err == nil {
		return nil
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Errorf("the data directory %s cannot be written: %w (data_dir of the server's file, or --data, names another)", dir, err)
}

// openControl opens the control database with the services on it: budgets, identity and
// provider credentials, which know nothing yet.
func (a *app) openControl(ctx context.Context, cfg config.Config, env environment, s *services, log *slog.Logger) (err error) {
	if err := prepareDataDir(cfg.DataDir); err != nil {
		return err
	}
	if s.master, err = loadMasterKeys(cfg, env); err != nil {
		return err
	}
	cipher := s.master.cipher
	s.copy = control.NewCopy(cfg, s.master.cipher)
	if s.control, s.copyMade, err = control.OpenOrCopy(ctx, cfg, s.copy, log); err != nil {
		return err
	}
	a.onClose(func(context.Context) error {
		return errors.Join(s.control.Close(), sqlstore.RemoveCopy(control.CopyFile(cfg)))
	})
	if err := s.master.open(ctx, s.control, s.copyMade.IsZero(), log); err != nil {
		return err
	}
	a.onClose(s.master.close)

	a.openAlerts(cfg, s, log)
	s.budgets = budget.NewLimits(budget.LimitsConfig{Store: s.control, Exists: s.exists, NewID: newID})
	if control.Shared(cfg) {
		s.bills = billing.OpenShared(s.control, billing.Config{Limits: s.budgets, Lease: cfg.Control.Lease, CountCost: cfg.Pricing.CountCost, Alerts: s.alerts, AlertShares: cfg.Alerts.At, Log: log})
	} else if s.bills, err = billing.Open(ctx, s.control, billing.Config{Limits: s.budgets, CountCost: cfg.Pricing.CountCost, Alerts: s.alerts, AlertShares: cfg.Alerts.At}); err != nil {
		return err
	}
	a.onClose(s.bills.Close)
	if s.sessions, err = session.Open(ctx, s.control, session.Config{Shared: cfg.Control.Store == "postgres"}); err != nil {
		return err
	}
	signedIn := func(ctx context.Context, token gateway.Secret) (identity.SignedIn, bool) {
		x, ok := s.sessions.Find(ctx, token)
		return identity.SignedIn{Session: x.ID, Member: x.Member, Workspace: x.Workspace, APIKey: x.APIKey,
			Proven: x.Method == session.WithPassword || x.Method == session.WithOIDC}, ok
	}
	tokens := bearer.New(bearer.Config{Issuers: cfg.Tokens, Log: log})
	a.onClose(func(context.Context) error { return tokens.Close() })
	s.callers = identity.New(s.control, cipher, identity.Config{Session: signedIn, Bearer: tokens.Verify, UnknownKeys: cfg.UnknownKeys, DeviceBudget: cfg.SignIn.DeviceBudget, Redact: cfg.Redact, OrganisationConfig: cfg.OrganisationConfig, Budgets: s.bills, WeakOwnerKey: !cfg.OwnerKey.Empty() && env.apiKey.Equal(cfg.OwnerKey)})
	s.secrets = clientsecret.New(s.control, cipher, s.callers, nil)
	checkAddress := func(url string) error { return address.Check(url, cfg.TrustedHosts) }
	sources, outage, err := a.openSources(cfg, env)
	if err != nil {
		return err
	}
	s.keyring = credential.New(s.control, cipher, s.callers, credential.Config{Vendor: vendorID, CheckAddress: checkAddress, CheckSettings: vendor.CheckSettings, Missing: account.Missing, Sources: sources, SourceOutage: outage, Log: log,
		Test: func(ctx context.Context, key gateway.VirtualKey, c gateway.Credential) gateway.CredentialTest {
			return s.client.TestCredential(ctx, key, c) // opened later
		}})
	a.onClose(s.keyring.Close)
	return nil
}

// populate creates what the first start needs, reads the control data, and applies what the
// server's file declares.
func populate(ctx context.Context, cfg config.Config, env environment, s *services) error {
	if err := s.callers.Bootstrap(ctx, env.apiKey); err != nil {
		return err
	}
	if err := s.keyring.Load(ctx); err != nil {
		return err
	}
	if err := declareKeys(ctx, cfg, s.callers, s.keyring); err != nil {
		return err
	}
	return declare(ctx, cfg, s.callers, s.control, s.routing, s.templates)
}

// openUpstream opens the price table, the provider client and the guardrails.
func (a *app) openUpstream(cfg config.Config, s *services, log *slog.Logger) (err error) {
	if err := a.openCatalog(cfg, s, log); err != nil {
		return err
	}
	s.client = provider.New(provider.Config{Answered: promptcache.New(promptcache.Config{}).Observe, Connect: cfg.Timeouts.Connect, // the router bounds the wait for the first chunk
		IdleStream: cfg.Timeouts.IdleStream, TrustedHosts: cfg.TrustedHosts, Proxy: http.ProxyFromEnvironment})
	a.onClose(func(context.Context) error { return s.client.Close() })
	s.guards = guardrails.New(guardrails.Config{Key: s.master.purposes[seal.PurposePseudonyms], Known: s.keyring.Credentials})
	a.onClose(func(context.Context) error { s.guards.Close(); return nil })
	a.redact = s.guards.Cleanse
	return nil
}

// connectRouting makes the router and the prompt service, each of which calls the other: a
// template can name a config, and the router resolves a template's model.
func (s *services) connectRouting(cfg config.Config, log *slog.Logger) {
	routing := routeConfig(cfg.TrustedHosts)
	routing.Configs, routing.Keys, routing.PricedModels, routing.ModelVendors = s.control, s.keyring, s.prices.Models, s.prices.Vendors
	routing.Rules.CheckGuardrail = s.guards.Check
	routing.PromptConfig = func(ctx context.Context, workspace, prompt string) (string, error) {
		return s.templates.ConfigOf(ctx, workspace, prompt)
	}
	s.routing = route.New(routing)
	ranker := ranking.New(ranking.Config{Cost: func(ex *gateway.Exchange, t *gateway.Target, req *gateway.Request) (int64, bool) {
		return billing.Expected(s.prices, ex, t, req)
	}})
	s.router = router.Config{ServerAddress: vendor.Host, Session: promptcache.Affinity, FirstChunkTimeout: cfg.Timeouts.FirstByte, Ranker: ranker, Breakers: breaker.NewRegistry(log)}
	s.templates = prompts.New(prompts.Config{Store: s.control, Resolve: s.routing.Resolve,
		Translate: func(to gateway.Dialect, chat []byte) ([]byte, error) {
			return dialect.Rewrite(openai.Dialect{}, to, chat)
		}})
}

// deleteAtVendor deletes a response at the vendor of a virtual key. Where the key is gone or
// disabled, nobody can, and that must not keep the caller from deleting it here.
func (s *services) deleteAtVendor(ctx context.Context, workspace string, keptBy gateway.VendorAccount, id string) error {
	key, err := s.keyring.VirtualKey(ctx, workspace, keptBy.VirtualKey)
	switch {
	case err == nil:
		return s.client.DeleteResponse(ctx, key, keptBy.Credential, id)
	case gateway.AsError(err).Kind == gateway.Invalid:
		return nil
	}
	return err
}
