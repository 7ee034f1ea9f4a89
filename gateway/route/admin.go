package route

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// Validate tells everything that is wrong with a config that is to be saved, nil if
// nothing is. It asks for no store and no virtual key.
func (s *Service) Validate(raw []byte) []Problem {
	_, problems := s.parse(raw, true)
	return problems
}

// InvalidConfig is the inner error of a refused config: all its problems.
type InvalidConfig struct{ Problems []Problem }

func (e *InvalidConfig) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(p.String())
	}
	return b.String()
}

// Configs lists a workspace's saved configs; workspace "" is by's own.
func (s *Service) Configs(ctx context.Context, by *gateway.Principal, workspace string) ([]Saved, error) {
	workspace, err := permitted(by, workspace, false)
	if err != nil {
		return nil, err
	}
	return s.set.Configs.Configs(ctx, workspace)
}

// Config gives the newest version of a slug.
func (s *Service) Config(ctx context.Context, by *gateway.Principal, workspace, slug string) (Saved, error) {
	workspace, err := permitted(by, workspace, false)
	if err != nil {
		return Saved{}, err
	}
	return s.set.Configs.Config(ctx, workspace, slug)
}

// PutConfig creates a config or gives it a new version. A slug that is "" is made from
// the name. A config that is not valid is refused with *InvalidConfig as the inner error.
func (s *Service) PutConfig(ctx context.Context, by *gateway.Principal, c Saved) (Saved, error) {
	const op = "route.PutConfig"
	workspace, err := permitted(by, c.Workspace, true)
	if err != nil {
		return Saved{}, err
	}
	c.Workspace, c.FromFile = workspace, false
	if c.Slug == "" {
		c.Slug = slugOf(c.Name)
	}
	if err := checkSlug(op, c.Slug); err != nil {
		return Saved{}, err
	}
	if err := s.owned(ctx, op, workspace, c.Slug); err != nil {
		return Saved{}, err
	}
	doc, problems := s.parse(c.Config, true)
	if doc != nil {
		problems = s.missing(ctx, workspace, doc, nil)
	}
	if len(problems) > 0 {
		e := refusal(op, "The config", problems)
		e.Err = &InvalidConfig{Problems: problems}
		return Saved{}, e
	}
	return s.write(ctx, c)
}

// DeleteConfig removes a slug.
func (s *Service) DeleteConfig(ctx context.Context, by *gateway.Principal, workspace, slug string) error {
	const op = "route.DeleteConfig"
	workspace, err := permitted(by, workspace, true)
	if err != nil {
		return err
	}
	if _, err := s.set.Configs.Config(ctx, workspace, slug); err != nil {
		return err
	}
	if err := s.owned(ctx, op, workspace, slug); err != nil {
		return err
	}
	defer s.saved.forget(workspace, slug)
	return s.set.Configs.DeleteConfig(ctx, workspace, slug)
}

// Declare makes the file's configs of each workspace given (by id, then slug) the only
// ones that the file owns there: what it no longer declares is removed. Nothing is
// written if one of them is not valid or its slug belongs to a config made through the
// API.
func (s *Service) Declare(ctx context.Context, declared map[string]map[string]json.RawMessage) error {
	const op = "route.Declare"
	for workspace, configs := range declared {
		for slug, raw := range configs {
			if err := checkSlug(op, slug); err != nil {
				return err
			}
			if problems := s.Validate(raw); len(problems) > 0 {
				e := refusal(op, "The config '"+slug+"' of the file", problems)
				e.Err = &InvalidConfig{Problems: problems}
				return e
			}
			if old, err := s.set.Configs.Config(ctx, workspace, slug); err == nil && !old.FromFile {
				return &gateway.Error{Op: op, Kind: gateway.Conflict, Param: slug,
					Public: "The config '" + slug + "' of the file exists already and was made through the API: delete that one, or rename the file's."}
			}
		}
	}
	for workspace, configs := range declared {
		old, err := s.set.Configs.Configs(ctx, workspace)
		if err != nil {
			return err
		}
		for _, o := range old {
			if _, kept := configs[o.Slug]; kept || !o.FromFile {
				continue
			}
			if err := s.set.Configs.DeleteConfig(ctx, workspace, o.Slug); err != nil {
				return err
			}
			s.saved.forget(workspace, o.Slug)
		}
		for slug, raw := range configs {
			if _, err := s.write(ctx, Saved{Workspace: workspace, Slug: slug, Name: slug, Config: raw, FromFile: true}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) write(ctx context.Context, c Saved) (Saved, error) {
	defer s.saved.forget(c.Workspace, c.Slug)
	return s.set.Configs.PutConfig(ctx, c)
}

// owned refuses to write what the file owns.
func (s *Service) owned(ctx context.Context, op, workspace, slug string) error {
	old, err := s.set.Configs.Config(ctx, workspace, slug)
	if ge := (*gateway.Error)(nil); errors.As(err, &ge) && ge.Kind == gateway.NotFound {
		return nil
	}
	if err == nil && old.FromFile {
		return &gateway.Error{Op: op, Kind: gateway.Conflict, Param: "slug", Public: "The config '" + slug + "' is declared in the server's file and can only be changed there."}
	}
	return err
}

// missing adds a problem for each virtual key in d that the workspace does not have.
func (s *Service) missing(ctx context.Context, workspace string, d *document, problems []Problem) []Problem {
	if d.virtualKey != "" && s.set.Keys != nil {
		if _, err := s.set.Keys.VirtualKey(ctx, workspace, d.virtualKey); err != nil {
			problems = append(problems, Problem{Path: d.path + ".virtual_key", Message: gateway.AsError(err).Public, Offset: d.offset})
		}
	}
	for _, t := range d.targets {
		problems = s.missing(ctx, workspace, t, problems)
	}
	return problems
}

// permitted is the workspace that by may read or write. Of another one not even the
// existence is told.
func permitted(by *gateway.Principal, workspace string, write bool) (string, error) {
	const op = "route.permitted"
	switch {
	case by == nil:
		return "", &gateway.Error{Op: op, Kind: gateway.Unauthorized, Public: "An API key is needed."}
	case workspace == "":
		workspace = by.Workspace
	case workspace != by.Workspace && by.Role != gateway.RoleOwner:
		return "", &gateway.Error{Op: op, Kind: gateway.NotFound, Param: "workspace", Public: "There is no such workspace."}
	}
	if write && by.Role != gateway.RoleOwner && by.Role != gateway.RoleAdmin {
		return "", &gateway.Error{Op: op, Kind: gateway.Forbidden, Public: "Configs are changed by admins and owners."}
	}
	return workspace, nil
}

func checkSlug(op, slug string) error {
	ok := slug != "" && len(slug) <= 64
	for i, c := range []byte(slug) {
		ok = ok && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || i > 0 && strings.IndexByte("-_.", c) >= 0)
	}
	if ok {
		return nil
	}
	return gateway.Refuse(op, "slug", "The slug '"+short(slug)+"' must be 1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit.")
}

// slugOf makes a slug as Portkey does: pc-name-random.
func slugOf(name string) string {
	var b strings.Builder
	b.WriteString("pc-")
	for _, c := range []byte(strings.ToLower(name)) {
		if b.Len() > 40 {
			break
		}
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			b.WriteByte(c)
		} else if s := b.String(); s[len(s)-1] != '-' {
			b.WriteByte('-')
		}
	}
	var r [3]byte
	_, _ = rand.Read(r[:]) // does not fail
	return strings.TrimRight(b.String(), "-") + "-" + hex.EncodeToString(r[:])
}
