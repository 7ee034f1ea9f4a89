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
	"github.com/sluicegate/sluice/internal/config"
	"github.com/sluicegate/sluice/internal/demo"
	"github.com/sluicegate/sluice/internal/demo/workspace"
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
	w := workspace.New(workspace.Services{Callers: a.services.callers, Keyring: a.services.keyring, Configs: a.services.routing.Editor(), Templates: a.services.templates,
		Budgets: a.services.budgets, Bills: a.services.bills, Limits: a.services.limits, Pricing: a.services.pricing, Alerts: a.services.alerts,
		Records: a.services.records.recorder, Feedback: a.services.callLog().Feedback}, by)
	cast, err := w.Furnish(ctx, d.Days)
	if err != nil {
		return filled, err
	}
	filled.AdminKey = w.AdminKey
	traffic := demo.Traffic{Settings: demo.Settings{Seed: d.Seed, Days: d.Days, Until: d.Until, Cast: cast, Price: a.services.prices.Price}}
	for i := range traffic.Hours() {
		if err := ctx.Err(); err != nil {
			return filled, err
		}
		rows, judgements := traffic.Hour(i)
		if err := w.Write(ctx, rows, judgements); err != nil {
			return filled, err
		}
		filled.Rows += len(rows)
		filled.Feedback += len(judgements)
		d.Done(i+1, traffic.Hours())
	}
	return filled, nil
}
