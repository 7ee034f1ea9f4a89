package route

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/document"
)

// Editor is a Store for people. It refuses configs that are invalid or owned by the server's
// file, and what it writes applies to the next request. Editor does not check permissions:
// the methods of Service that take a Principal do.
type Editor struct{ s *Service }

var _ Store = Editor{}

// Editor returns the Service's editor.
func (s *Service) Editor() Editor { return Editor{s} }

// Config returns the newest version of a slug, or the one that is pinned as in "slug@2".
func (e Editor) Config(ctx context.Context, workspace, ref string) (Saved, error) {
	return e.s.load(ctx, workspace, ref)
}

// Configs lists the newest versions, sorted by slug.
func (e Editor) Configs(ctx context.Context, workspace string) ([]Saved, error) {
	return e.s.cfg.Configs.Configs(ctx, workspace)
}

// PutConfig creates a config, or adds a version to an existing one. If Slug is empty, it is
// made from the name. If the config is invalid, the inner error is an *InvalidConfig.
func (e Editor) PutConfig(ctx context.Context, c Saved) (Saved, error) {
	const op = "route.PutConfig"
	c.FromFile = false
	if c.Slug == "" {
		c.Slug = newSlug(c.Name)
	}
	if err := checkSlug(op, c.Slug); err != nil {
		return Saved{}, err
	}
	if err := e.s.checkNotFromFile(ctx, op, c.Workspace, c.Slug); err != nil {
		return Saved{}, err
	}
	doc, problems := e.s.cfg.Rules.Parse(c.Config, true)
	if doc != nil {
		problems = e.s.missingVirtualKeys(ctx, c.Workspace, doc, nil)
	}
	if len(problems) > 0 {
		e := document.Invalid(op, "The config", problems)
		e.Err = &InvalidConfig{Problems: problems}
		return Saved{}, e
	}
	return e.s.write(ctx, c)
}

// DeleteConfig removes a slug. Its versions stay for the audit.
func (e Editor) DeleteConfig(ctx context.Context, workspace, slug string) error {
	if err := e.s.checkNotFromFile(ctx, "route.DeleteConfig", workspace, slug); err != nil {
		return err
	}
	defer e.s.saved.invalidate(workspace, slug)
	return e.s.cfg.Configs.DeleteConfig(ctx, workspace, slug)
}

func (s *Service) write(ctx context.Context, c Saved) (Saved, error) {
	defer s.saved.invalidate(c.Workspace, c.Slug)
	return s.cfg.Configs.PutConfig(ctx, c)
}

// checkNotFromFile returns an error if the config is declared in the server's file.
func (s *Service) checkNotFromFile(ctx context.Context, op, workspace, slug string) error {
	old, err := s.cfg.Configs.Config(ctx, workspace, slug)
	if ge := (*gateway.Error)(nil); errors.As(err, &ge) && ge.Kind == gateway.NotFound {
		return nil
	}
	if err == nil && old.FromFile {
		return &gateway.Error{Op: op, Kind: gateway.Conflict, Param: "slug", Public: "The config '" + slug + "' is declared in the server's file and can only be changed there."}
	}
	return err
}

// missingVirtualKeys appends a problem for each virtual key in d that the workspace does not
// have.
func (s *Service) missingVirtualKeys(ctx context.Context, workspace string, d *document.Document, problems []document.Problem) []document.Problem {
	if d.VirtualKey != "" && s.cfg.Keys != nil {
		if _, err := s.cfg.Keys.VirtualKey(ctx, workspace, d.VirtualKey); err != nil {
			problems = append(problems, document.Problem{Path: d.Path + ".virtual_key", Message: gateway.AsError(err).Public, Offset: d.Offset})
		}
	}
	for _, t := range d.Targets {
		problems = s.missingVirtualKeys(ctx, workspace, t, problems)
	}
	return problems
}

// checkSlug returns an error if slug is not a name.
func checkSlug(op, slug string) error {
	if gateway.IsName(slug) {
		return nil
	}
	return gateway.InvalidField(op, "slug", "The slug '"+gateway.Shorten(slug)+"' must be 1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit.")
}

// newSlug makes a slug in Portkey's form: pc-name-random.
func newSlug(name string) string {
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
	_, _ = rand.Read(r[:]) // never fails
	return strings.TrimRight(b.String(), "-") + "-" + hex.EncodeToString(r[:])
}
