// Package workspace makes the workspace of a demonstration through the services of a gateway, and keeps its
// traffic as if it had been called. Whatever it makes is an audit event that says so.
package workspace

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/billing/alert"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/billing/pricing"
	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/limit"
	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/internal/demo"
	"github.com/sluicegate/sluice/prompts"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/feedback"
)

// Services are the parts of a gateway that the workspace is made in.
type Services struct {
	Callers   *identity.Service
	Keyring   *credential.Service
	Configs   route.Editor
	Templates *prompts.Service
	Budgets   *budget.Limits // and wallets
	Bills     *billing.Service
	Limits    *limit.Service
	Pricing   *pricing.Service
	Alerts    *alert.Service
	Records   Records
	Feedback  *feedback.Service
}

// Records keeps rows and audit events.
type Records interface {
	Log(ctx context.Context, rows []*telemetry.Record) error
	Audit(ctx context.Context, e audit.Event) error
}

// Workspace is the workspace, once it is furnished. It is for one goroutine.
type Workspace struct {
	AdminKey gateway.Secret // of its administrator

	services Services
	by       *gateway.Principal // the owner
	teams    map[string]string  // ids by name
}

// New returns a workspace that an owner is going to make.
func New(services Services, by *gateway.Principal) *Workspace {
	return &Workspace{services: services, by: by, teams: map[string]string{}}
}

// Furnish creates the workspace with everything in it, for the traffic of some days. Each object is an
// audit event.
func (w *Workspace) Furnish(ctx context.Context, days int) (cast demo.Cast, err error) {
	if cast, err = w.people(ctx); err == nil {
		err = w.rules(ctx, &cast, days)
	}
	return cast, err
}

// people creates the members, teams, keys, config and prompt template.
func (w *Workspace) people(ctx context.Context) (cast demo.Cast, err error) {
	made, err := w.services.Callers.CreateWorkspace(ctx, w.by, demo.Workspace)
	if err == nil {
		cast.Workspace = made.ID
		err = w.note(ctx, made.ID, "workspace", made.ID)
	}
	if err != nil {
		return cast, err
	}
	for _, name := range demo.Teams() {
		t, err := w.services.Callers.CreateTeam(ctx, w.by, identity.NewTeam{Name: name, Workspace: made.ID})
		if err == nil {
			err = w.note(ctx, made.ID, "team", t.ID)
		}
		if err != nil {
			return cast, err
		}
		w.teams[name] = t.ID
	}
	for _, p := range demo.People() {
		k, key, err := w.services.Callers.CreateAPIKey(ctx, w.by, identity.NewAPIKey{Name: p.APIKey, Workspace: made.ID, Member: p.Name, Team: p.Team, Role: p.Role})
		if err == nil {
			err = w.note(ctx, made.ID, "api_key", k.ID)
		}
		if err != nil {
			return cast, err
		}
		if p.Role == gateway.RoleAdmin {
			w.AdminKey = key
			continue
		}
		cast.Callers = append(cast.Callers, demo.Caller{Person: p, Member: k.Member, TeamID: w.teams[p.Team], APIKeyID: k.ID})
	}
	for _, provider := range demo.Providers() {
		k, err := w.services.Keyring.CreateVirtualKey(ctx, w.by, credential.NewVirtualKey{Name: demo.VirtualKey(provider), Workspace: made.ID, Provider: "mock",
			Note: "Of the demonstration: the built-in provider answers.", Credential: gateway.NewSecret("demo")})
		if err == nil {
			err = w.note(ctx, made.ID, "virtual_key", k.ID)
		}
		if err != nil {
			return cast, err
		}
	}
	if _, err = w.services.Configs.PutConfig(ctx, route.Saved{Workspace: made.ID, Slug: demo.ConfigSlug, Name: demo.ConfigSlug, Config: []byte(demo.ConfigDocument), By: w.by.MemberRef}); err != nil {
		return cast, err
	}
	if err = w.note(ctx, made.ID, "config", demo.ConfigSlug); err != nil {
		return cast, err
	}
	cast.Prompt, err = w.template(ctx, made.ID)
	return cast, err
}

// note records that an object was created, as the admin API does.
func (w *Workspace) note(ctx context.Context, workspace, resource, id string) error {
	return w.services.Records.Audit(ctx, audit.Event{Workspace: workspace, Member: w.by.Member, MemberName: w.by.MemberRef, APIKey: w.by.APIKey,
		Action: resource + ".create", Resource: resource, ResourceID: id, Status: 201, Detail: map[string]string{demo.Mark: "true"}})
}

// Write keeps rows, what they cost, and the feedback on them.
func (w *Workspace) Write(ctx context.Context, rows []*telemetry.Record, judgements []feedback.Feedback) error {
	if len(rows) > 0 {
		if err := w.services.Records.Log(ctx, rows); err != nil {
			return err
		}
		if err := w.charge(ctx, rows); err != nil {
			return err
		}
	}
	for _, j := range judgements {
		by := &gateway.Principal{Workspace: j.Workspace, Member: j.Member, APIKey: j.APIKey}
		if _, err := w.services.Feedback.Add(ctx, by, []feedback.Feedback{j}, j.CreatedAt); err != nil {
			return err
		}
	}
	return nil
}
