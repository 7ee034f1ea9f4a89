package litellm

import (
	"context"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/apikey"
	"github.com/sluicegate/sluice/internal/httpapi/errorformat"
	"github.com/sluicegate/sluice/internal/httpapi/models"
)

// Settings is what the routes are made of. All parts are required.
type Settings struct {
	Performer action.Performer
	Keys      apikey.Service
	Finder    apikey.Finder
	People    People
	Teams     Teams
	Models    models.Source
	Usage     Usage
}

// routes has the operations.
type routes struct{ Settings }

// Routes are the routes of LiteLLM's admin API.
func Routes(settings Settings) []httpapi.Route {
	a := &routes{settings}
	var out []httpapi.Route
	for _, table := range [][]action.Action{a.keyRoutes(), a.modelRoutes(), a.teamRoutes(), a.userRoutes(), a.spendRoutes()} {
		for _, o := range table {
			o.Errors, o.About = errorformat.LiteLLM{}, describe(o.Method, o.Path)
			out = append(out, settings.Performer.Route(o))
		}
	}
	return out
}

// named replaces a field's name in an error of the services by the one that LiteLLM's clients sent.
func named(err error) error {
	if err == nil {
		return nil
	}
	e := *gateway.AsError(err)
	if strings.HasPrefix(e.Param, "budgets[") {
		e.Param = "max_budget"
	}
	for ours, theirs := range map[string]string{"name": "key_alias", "budget_usd": "max_budget", "expires_at": "duration", "member": "user_id", "team": "team_id",
		"model_aliases": "aliases", "id": "key"} {
		if e.Param == ours {
			e.Param, e.Public = theirs, strings.ReplaceAll(e.Public, "'"+ours+"'", "'"+theirs+"'")
			break
		}
	}
	return &e
}

// listOf is a page of a list, cut as LiteLLM's clients ask for it.
func listOf[T any](all []T, page, size int) (rows []T, pages int) {
	pages = (len(all) + size - 1) / size
	from := min((page-1)*size, len(all))
	return all[from:min(from+size, len(all))], pages
}

// callersKey is the id of the caller's own API key.
func callersKey(ctx context.Context, a *routes, by *gateway.Principal) (identity.APIKeyInfo, error) {
	k, err := a.Keys.APIKey(ctx, by, by.APIKey)
	return k, named(err)
}
