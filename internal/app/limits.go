package app

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/limit"
	"github.com/sluicegate/sluice/gateway/policy"
	"github.com/sluicegate/sluice/internal/config"
	redisstore "github.com/sluicegate/sluice/internal/store/redis"
)

// countersPause is how long shared counters are left alone after three calls that failed.
const countersPause = 2 * time.Second

// openLimits opens the rate limits, and applies those of the server's file.
func (a *app) openLimits(ctx context.Context, cfg config.Config, s *services, log *slog.Logger) error {
	counters := limit.Counters(limit.NewMemory(nil))
	if cfg.Counters.Store == "redis" {
		shared, err := redisstore.Open(cfg.Counters.URL.Reveal())
		if err != nil {
			return err
		}
		a.onClose(func(context.Context) error { return shared.Close() })
		s.sharedCounters = limit.NewFallback(shared, counters, limit.FallbackConfig{Timeout: cfg.Counters.Timeout, Pause: countersPause, Log: log})
		counters = s.sharedCounters
	}
	s.limits = limit.New(limit.Config{Store: s.control, Counters: counters, Exists: s.exists, NewID: newID})
	if err := s.limits.Load(ctx); err != nil {
		return err
	}
	rules := make([]limit.Rule, len(cfg.RateLimits))
	for i, l := range cfg.RateLimits {
		rules[i] = l.Rule
		if err := s.nameWorkspace(ctx, "rate_limits", i, l.Workspace, &rules[i].Workspace); err != nil {
			return err
		}
		if l.Line == 0 { // of a key, in the key's entry
			continue
		}
		scope := policy.Scope{Workspace: rules[i].Workspace, Conditions: l.Rule.Conditions}
		if err := s.warnMissing(ctx, log, "rate_limits", i, l.Line, scope); err != nil {
			return err
		}
	}
	return s.limits.Declare(rules)
}

// loadBudgets reads budgets and wallets, and applies the budgets of the server's file.
func (s *services) loadBudgets(ctx context.Context, cfg config.Config, log *slog.Logger) error {
	if err := s.budgets.Load(ctx); err != nil {
		return err
	}
	budgets := make([]budget.Budget, len(cfg.Budgets))
	for i, b := range cfg.Budgets {
		budgets[i] = b.Budget
		if err := s.nameWorkspace(ctx, "budgets", i, b.Workspace, &budgets[i].Workspace); err != nil {
			return err
		}
		scope := policy.Scope{Workspace: budgets[i].Workspace, Conditions: b.Budget.Conditions}
		if err := s.warnMissing(ctx, log, "budgets", i, b.Line, scope); err != nil {
			return err
		}
		if ends := b.Budget.Ends; !ends.IsZero() && !ends.After(time.Now()) {
			log.Warn("a budget of the file has ended, and limits nothing", "field", fmt.Sprintf("budgets[%d].ends_at", i), "line", b.Line, "budget", b.Budget.Name)
		}
	}
	if cfg.Cache.Checks.Judge != "" {
		budgets = append(budgets, checksBudget(cfg.Cache.Checks))
	}
	return s.budgets.Declare(budgets)
}

// warnMissing warns of a condition of the file that names what is not there. It is no error: the
// admin API may create it later, or may have deleted it since the file was written.
func (s *services) warnMissing(ctx context.Context, log *slog.Logger, list string, i, line int, scope policy.Scope) error {
	err := scope.CheckExists(ctx, s.exists)
	if e := gateway.AsError(err); e != nil && e.Kind == gateway.Invalid {
		log.Warn("a limit of the file matches nothing yet", "field", fmt.Sprintf("%s[%d].%s", list, i, e.Param), "line", line, "problem", e.Public)
		return nil
	}
	return err
}

// nameWorkspace finds the workspace that an entry of a list of the file names; "" names none.
func (s *services) nameWorkspace(ctx context.Context, list string, i int, name string, id *string) (err error) {
	if name == "" {
		return nil
	}
	if *id, err = s.callers.WorkspaceNamed(ctx, name); err != nil {
		field := fmt.Sprintf("%s[%d].workspace", list, i)
		return gateway.InvalidField("app.nameWorkspace", field, "The field '"+field+"' names no workspace of the file: '"+name+"'.")
	}
	return nil
}

// countsLocally reports whether rate limits that replicas share are counted by this process alone,
// because the shared counters do not answer.
func (s *services) countsLocally() bool { return s.sharedCounters != nil && s.sharedCounters.Local() }

// exists reports whether a workspace, or any for "", has what a condition of a limit names.
func (s *services) exists(ctx context.Context, workspace string, key policy.Attribute, value string) (bool, error) {
	switch key {
	case "api_key":
		keys, err := s.control.APIKeys(ctx)
		return slices.ContainsFunc(keys, func(k identity.APIKey) bool {
			return (k.ID == value || k.Name == value) && (workspace == "" || k.Workspace == workspace)
		}), err
	case "member":
		members, err := s.control.Members(ctx)
		return slices.ContainsFunc(members, func(m identity.Member) bool { return m.ID == value || m.Name == value }), err
	case "team":
		teams, err := s.control.Teams(ctx)
		return slices.ContainsFunc(teams, func(t identity.Team) bool {
			return (t.ID == value || t.Name == value) && (workspace == "" || t.Workspace == workspace)
		}), err
	case "virtual_key":
		keys, err := s.control.VirtualKeys(ctx)
		return slices.ContainsFunc(keys, func(k credential.VirtualKey) bool {
			return k.Name == value && (workspace == "" || k.Workspace == workspace)
		}), err
	case "workspace_id":
		all, err := s.control.Workspaces(ctx)
		return slices.ContainsFunc(all, func(w identity.Workspace) bool {
			return (w.ID == value || w.Name == value) && (workspace == "" || w.ID == workspace)
		}), err
	case "provider":
		_, known := vendorID(value)
		return known, nil
	}
	return true, nil
}
