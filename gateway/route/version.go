package route

import (
	"context"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// CodeVersion marks the error for a version that cannot be or does not exist.
const CodeVersion = "config_version_not_found"

// splitRef takes "slug" or "slug@version" apart; version is 0 where none is pinned. A pin that is
// no version is a gateway.Invalid error for the field.
func splitRef(op, field, ref string) (slug string, version int, err error) {
	slug, pin, pinned := strings.Cut(ref, "@")
	if !pinned {
		return slug, 0, nil
	}
	version, err = strconv.Atoi(pin)
	if err != nil || version < 1 || pin != strconv.Itoa(version) {
		e := gateway.InvalidField(op, field, "'"+gateway.Shorten(ref)+"' pins no version: behind '@' stands a whole number from 1, as in '"+gateway.Shorten(slug)+"@1'.")
		e.Code = CodeVersion
		return "", 0, e
	}
	return slug, version, nil
}

// CheckRef returns an error for the field if ref is not a slug that is followed by "@" and a version
// or by nothing. It does not look whether there is such a config.
func CheckRef(op, field, ref string) error {
	_, _, err := splitRef(op, field, ref)
	return err
}

// load reads the config that ref names: the newest version of a slug, or the one that is pinned.
func (s *Service) load(ctx context.Context, workspace, ref string) (Saved, error) {
	slug, version, err := splitRef("route.load", "config", ref)
	if err != nil {
		return Saved{}, err
	}
	if version == 0 {
		return s.cfg.Configs.Config(ctx, workspace, slug)
	}
	saved, err := s.cfg.Configs.ConfigVersion(ctx, workspace, slug, version)
	if err == nil || gateway.AsError(err).Kind != gateway.NotFound {
		return saved, err
	}
	newest, err := s.cfg.Configs.Config(ctx, workspace, slug)
	if err != nil {
		return Saved{}, err
	}
	return Saved{}, &gateway.Error{Op: "route.load", Kind: gateway.NotFound, Param: "version", Code: CodeVersion,
		Public: "The config '" + slug + "' has no version " + strconv.Itoa(version) + ": its newest is " + strconv.Itoa(newest.Version) + "."}
}

// ConfigVersion returns one version of a config that is not deleted.
func (e Editor) ConfigVersion(ctx context.Context, workspace, slug string, version int) (Saved, error) {
	if version < 1 {
		return Saved{}, gateway.InvalidField("route.ConfigVersion", "version", "The field 'version' must be a whole number from 1.")
	}
	return e.s.load(ctx, workspace, slug+"@"+strconv.Itoa(version))
}

// ConfigVersions lists all versions of a slug, also of a deleted one, the newest first.
func (e Editor) ConfigVersions(ctx context.Context, workspace, slug string) ([]Saved, error) {
	return e.s.cfg.Configs.ConfigVersions(ctx, workspace, slug)
}
