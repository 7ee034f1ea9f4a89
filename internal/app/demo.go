package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/internal/config"
	"github.com/sluicegate/sluice/internal/demo"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/feedback"
)

// Demo is what FillDemo is asked for.
type Demo struct {
	DataDir string // must be empty, or not exist
	Seed    uint64
	Days    int       // 1 to demo.MaxDays
	Until   time.Time // when the traffic ends
	Done    func(hours, of int)
	Log     *slog.Logger
}

// DemoFilled tells what FillDemo made.
type DemoFilled struct {
	Rows, Feedback int
	AdminKey       gateway.Secret // of an administrator of the demonstration's workspace
	OwnerKey       gateway.Secret // empty if SLUICE_API_KEY sets it
}

// FillDemo fills a new data directory with the traffic of a demonstration. It opens the parts as a
// server does, without a listener. After an error the folder may hold a part of the traffic; it is
// refused from then on.
func FillDemo(ctx context.Context, d Demo) (filled DemoFilled, err error) {
	const op = "app.FillDemo"
	if d.Days < 1 || d.Days > demo.MaxDays {
		return filled, gateway.InvalidField(op, "days", fmt.Sprintf("The number of days must be from 1 to %d.", demo.MaxDays))
	}
	switch entries, err := os.ReadDir(d.DataDir); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return filled, err
	case len(entries) > 0:
		return filled, gateway.InvalidField(op, "data", "The folder "+d.DataDir+" is not empty. The demonstration goes into a folder of its own: name another one, or delete this one.")
	}
	cfg := config.Default()
	cfg.DataDir = d.DataDir
	env := environment{apiKey: gateway.NewSecret(os.Getenv("SLUICE_API_KEY")), masterKey: gateway.NewSecret(os.Getenv("SLUICE_MASTER_KEY"))}
	a, err := newApp(ctx, cfg, env, d.Log)
	if err != nil {
		return filled, err
	}
	defer func() { err = errors.Join(err, a.close(context.WithoutCancel(ctx))) }()
	owner := env.apiKey
	if owner.Empty() {
		if owner, err = a.firstKey(ctx); err != nil {
			return filled, err
		}
		filled.OwnerKey = owner
	}
	by, err := a.services.callers.Identify(ctx, owner, "")
	if err != nil {
		return filled, err
	}
	f := demoFolder{services: a.services, by: by, teams: map[string]string{}}
	cast, err := f.furnish(ctx)
	if err == nil {
		err = f.rules(ctx, &cast, d.Days)
	}
	if err != nil {
		return filled, err
	}
	filled.AdminKey = f.adminKey
	traffic := demo.Traffic{Settings: demo.Settings{Seed: d.Seed, Days: d.Days, Until: d.Until, Cast: cast, Price: a.services.prices.Price}}
	for i := range traffic.Hours() {
		if err := ctx.Err(); err != nil {
			return filled, err
		}
		rows, judgements := traffic.Hour(i)
		if err := f.write(ctx, rows, judgements); err != nil {
			return filled, err
		}
		filled.Rows += len(rows)
		filled.Feedback += len(judgements)
		d.Done(i+1, traffic.Hours())
	}
	return filled, nil
}

// demoFolder is a data directory that is being filled.
type demoFolder struct {
	*services
	by       *gateway.Principal // the owner
	adminKey gateway.Secret
	teams    map[string]string // ids by name
}

// furnish creates the workspace with its members, teams, keys, config and prompt template. Each is an audit event.
func (f *demoFolder) furnish(ctx context.Context) (cast demo.Cast, err error) {
	w, err := f.callers.CreateWorkspace(ctx, f.by, demo.Workspace)
	if err == nil {
		cast.Workspace = w.ID
		err = f.note(ctx, w.ID, "workspace", w.ID)
	}
	if err != nil {
		return cast, err
	}
	for _, name := range demo.Teams() {
		t, err := f.callers.CreateTeam(ctx, f.by, identity.NewTeam{Name: name, Workspace: w.ID})
		if err == nil {
			err = f.note(ctx, w.ID, "team", t.ID)
		}
		if err != nil {
			return cast, err
		}
		f.teams[name] = t.ID
	}
	for _, p := range demo.People() {
		k, key, err := f.callers.CreateAPIKey(ctx, f.by, identity.NewAPIKey{Name: p.APIKey, Workspace: w.ID, Member: p.Name, Team: p.Team, Role: p.Role})
		if err == nil {
			err = f.note(ctx, w.ID, "api_key", k.ID)
		}
		if err != nil {
			return cast, err
		}
		if p.Role == gateway.RoleAdmin {
			f.adminKey = key
			continue
		}
		cast.Callers = append(cast.Callers, demo.Caller{Person: p, Member: k.Member, TeamID: f.teams[p.Team], APIKeyID: k.ID})
	}
	for _, provider := range demo.Providers() {
		k, err := f.keyring.CreateVirtualKey(ctx, f.by, credential.NewVirtualKey{Name: demo.VirtualKey(provider), Workspace: w.ID, Provider: "mock",
			Note: "Of the demonstration: the built-in provider answers.", Credential: gateway.NewSecret("demo")})
		if err == nil {
			err = f.note(ctx, w.ID, "virtual_key", k.ID)
		}
		if err != nil {
			return cast, err
		}
	}
	if _, err = f.routing.Editor().PutConfig(ctx, route.Saved{Workspace: w.ID, Slug: demo.ConfigSlug, Name: demo.ConfigSlug, Config: []byte(demo.ConfigDocument), By: f.by.MemberRef}); err != nil {
		return cast, err
	}
	if err = f.note(ctx, w.ID, "config", demo.ConfigSlug); err != nil {
		return cast, err
	}
	cast.Prompt, err = f.template(ctx, w.ID)
	return cast, err
}

// note records that an object was created, as the admin API does.
func (f *demoFolder) note(ctx context.Context, workspace, resource, id string) error {
	return f.records.recorder.Audit(ctx, audit.Event{Workspace: workspace, Member: f.by.Member, MemberName: f.by.MemberRef, APIKey: f.by.APIKey,
		Action: resource + ".create", Resource: resource, ResourceID: id, Status: 201, Detail: map[string]string{demo.Mark: "true"}})
}

// write keeps rows, what they cost, and the feedback on them.
func (f *demoFolder) write(ctx context.Context, rows []*telemetry.Record, judgements []feedback.Feedback) error {
	if len(rows) > 0 {
		if err := f.records.recorder.Log(ctx, rows); err != nil {
			return err
		}
		if err := f.charge(ctx, rows); err != nil {
			return err
		}
	}
	kept := f.callLog().Feedback
	for _, j := range judgements {
		by := &gateway.Principal{Workspace: j.Workspace, Member: j.Member, APIKey: j.APIKey}
		if _, err := kept.Add(ctx, by, []feedback.Feedback{j}, j.CreatedAt); err != nil {
			return err
		}
	}
	return nil
}
