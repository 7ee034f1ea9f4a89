package route

import (
	"context"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/document"
	"github.com/sluicegate/sluice/gateway/route/router"
)

// Group is a model name that a workspace answers with a config of its own.
type Group struct {
	Name     string // as callers write it; each * stands for any text
	Config   string // slug of a saved config
	Model    string // sent upstream by targets that name no model; each * is what Name's captured; "" = Name
	Provider string // of its first target, for lists
	Hidden   bool   // not listed
}

// DeclareGroups replaces the groups of all workspaces, by workspace id.
func (s *Service) DeclareGroups(groups map[string][]Group) { s.groups.Store(&groups) }

func (s *Service) groupsOf(workspace string) []Group {
	if all := s.groups.Load(); all != nil {
		return (*all)[workspace]
	}
	return nil
}

// groupMatch is the group that a model names.
type groupMatch struct {
	Group
	model string // for upstream
}

// findGroup finds the group of a model. A name without a star wins, then the one with the most
// text beside its stars.
func (s *Service) findGroup(workspace, model string) (found groupMatch, ok bool) {
	best := -1
	for _, g := range s.groupsOf(workspace) {
		stars := strings.Count(g.Name, "*")
		if stars == 0 {
			if g.Name == model {
				return groupMatch{g, orName(g.Model, model)}, true
			}
			continue
		}
		literal := len(g.Name) - stars
		if literal <= best {
			continue
		}
		if captured, matches := captures(g.Name, model); matches {
			best, ok = literal, true
			found = groupMatch{g, fill(orName(g.Model, g.Name), captured)}
		}
	}
	return found, ok
}

func orName(model, name string) string {
	if model == "" {
		return name
	}
	return model
}

// captures matches text against a pattern and returns what each star stands for, as little as
// possible; the last one takes the rest.
func captures(pattern, text string) ([]string, bool) {
	parts := strings.Split(pattern, "*")
	rest, ok := strings.CutPrefix(text, parts[0])
	if !ok {
		return nil, false
	}
	var out []string
	for _, part := range parts[1 : len(parts)-1] {
		star, after, ok := strings.Cut(rest, part)
		if !ok {
			return nil, false
		}
		out, rest = append(out, star), after
	}
	star, ok := strings.CutSuffix(rest, parts[len(parts)-1])
	return append(out, star), ok
}

// fill puts the captured texts in place of a pattern's stars.
func fill(pattern string, captured []string) string {
	for _, text := range captured {
		before, after, ok := strings.Cut(pattern, "*")
		if !ok {
			break
		}
		pattern = before + text + after
	}
	return pattern
}

// chooseGroup returns the config of the group that the request's model names, if the request
// names its target in no other way.
func (s *Service) chooseGroup(ctx context.Context, ex *gateway.Exchange, model string) (chosenConfig, bool, error) {
	if model == "" || model[0] == '@' || ex.Envelope.Provider != "" || ex.Envelope.VirtualKey != "" {
		return chosenConfig{}, false, nil
	}
	match, ok := s.findGroup(ex.Principal.Workspace, model)
	if !ok {
		return chosenConfig{}, false, nil
	}
	chosen, err := s.chooseSaved(ctx, ex, gateway.SourceModel, match.Config)
	chosen.group = &match
	return chosen, true, err
}

// fallBackOn returns the config of a group with other models to fall back on than its own.
func (s *Service) fallBackOn(ctx context.Context, ex *gateway.Exchange, chosen chosenConfig, models []string) (chosenConfig, error) {
	first := *chosen.doc.Primary()
	doc := document.Document{Path: first.Path, Offset: first.Offset, Weight: 1, Mode: gateway.ModeFallback, Targets: []*document.Document{&first},
		Cache: first.Cache, Redact: first.Redact, Input: first.Input, Output: first.Output} // what applies whoever answers
	first.Cache, first.Redact, first.Input, first.Output = nil, nil, nil, nil
	for i, model := range models {
		child, err := s.entryDocument(ctx, ex, model, document.IndexPath(doc.Path+".targets", i+1))
		if err != nil {
			return chosen, err
		}
		doc.Targets = append(doc.Targets, child)
	}
	chosen.doc, chosen.amended = &doc, true
	return chosen, nil
}

// entryDocument is the target of an entry of a list of models: a group's config, a virtual key
// or a vendor.
func (s *Service) entryDocument(ctx context.Context, ex *gateway.Exchange, entry, path string) (*document.Document, error) {
	if match, ok := s.findGroup(ex.Principal.Workspace, entry); ok {
		of, err := s.chooseSaved(ctx, ex, gateway.SourceModel, match.Config)
		if err != nil {
			return nil, err
		}
		c := *of.doc.Primary() // a fallback has no fallbacks of its own
		c.Overrides = mergeParams(document.ModelOverride(match.model), c.Overrides)
		return &c, nil
	}
	c := &document.Document{Path: path, Weight: 1}
	if vk, model, ok := document.CutVirtualKey(entry); ok {
		c.VirtualKey, c.Model, c.Overrides = vk, model, document.ModelOverride(model)
		return c, nil
	}
	var ref targetRef
	if ref.readVendorPrefix(s, entry); ref.empty() {
		return nil, router.NoProvider(entry)
	}
	c.Provider, c.Overrides = ref.vendor, document.ModelOverride(ref.model)
	return c, nil
}

// noGroupError is the error for a model that is none of a workspace's own names, and that names
// no provider either.
func noGroupError(model string) *gateway.Error {
	e := gateway.InvalidField("route.Configure", "model", "The model '"+gateway.Shorten(model)+"' is none of this workspace. GET /v1/models lists those that it has.")
	e.Code = "model_not_found"
	return e
}
