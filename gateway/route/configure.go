package route

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/allow"
	"github.com/sluicegate/sluice/gateway/route/document"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Configure returns the stage that chooses the config of a request, compiles it to an
// immutable Plan, and removes the gateway's own fields from the body.
func (s *Service) Configure() gateway.Stage {
	return gateway.Stage{Name: "configure", Wrap: func(next gateway.Handler) gateway.Handler {
		return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			if ex.Refused != nil {
				return nil, ex.Refused
			}
			plan, req, err := s.configure(ctx, ex)
			if err != nil {
				return nil, err
			}
			return next(ctx, ex.WithPlan(plan, req))
		}
	}}
}

// chosenConfig is the config that applies to one request.
type chosenConfig struct {
	source string
	slug   string
	doc    *document.Document
	entry  *savedEntry // nil for an inline config
	group  *groupMatch // whose config it is; nil = the model names none

	amended bool // doc is not the config's own: the request's gateway fields entered it
}

// chosenByAdmin reports whether an admin chose the config by setting it on the API key or
// the workspace.
func (c *chosenConfig) chosenByAdmin() bool {
	return c.source == gateway.SourceAPIKey || c.source == gateway.SourceWorkspace
}

// identity tells configs and their versions apart.
func (c *chosenConfig) identity() string {
	switch {
	case c.slug != "":
		return c.slug + "@" + strconv.Itoa(c.entry.version)
	case c.source == gateway.SourceRequest:
		return ""
	}
	return hex.EncodeToString(c.doc.Sum[:16])
}

// emptyDocument is the config of a request that has none: one target, which the request
// names.
var emptyDocument = &document.Document{Path: "config", Weight: 1}

func (s *Service) configure(ctx context.Context, ex *gateway.Exchange) (*gateway.Plan, *gateway.Request, error) {
	ex, err := withAlias(ex)
	if err != nil {
		return nil, nil, err
	}
	chosen, err := s.chooseConfig(ctx, ex)
	if err != nil {
		return nil, nil, err
	}
	return s.apply(ctx, ex, chosen)
}

// apply compiles the config that was chosen for a request.
func (s *Service) apply(ctx context.Context, ex *gateway.Exchange, chosen chosenConfig) (*gateway.Plan, *gateway.Request, error) {
	model := ex.Request.Model()
	fields := readGatewayFields(ex.Request)
	var err error
	if fields != nil {
		if chosen, err = s.applyGatewayFields(ctx, ex, chosen, fields); err != nil {
			return nil, nil, err
		}
		model, ex.Facts.Dropped = fields.model, fields.dropped
	}
	c, err := s.newCompiler(ctx, ex, &chosen, model)
	if err != nil {
		return nil, nil, err
	}
	if fields != nil {
		c.retries = fields.retries
	}
	plan, err := s.plan(&c, ex, &chosen)
	if err == nil {
		plan, err = choosePlan(plan, ex, s.cfg.Now())
	}
	if err != nil {
		return nil, nil, err
	}
	req, err := c.stripGatewayFields(ex.Request, fields)
	if err != nil {
		return nil, nil, err
	}
	if !c.allowUnnamed || req.Model() != "" {
		err = allow.Plan(plan, req.Model())
	}
	return plan, req, err
}

// withAlias replaces the model of a request that is an alias of the caller's API key.
func withAlias(ex *gateway.Exchange) (*gateway.Exchange, error) {
	model := ex.Principal.ModelAliases[ex.Request.Model()]
	if model == "" {
		return ex, nil
	}
	req, err := ex.Request.WithFields(jsonx.Change{Name: "model", Value: jsonx.Quote(model)})
	if err != nil {
		return nil, err
	}
	return ex.With(req), nil
}

// lockedConfig chooses the config of an API key whose calls cannot choose another one.
func (s *Service) lockedConfig(ctx context.Context, ex *gateway.Exchange) (chosenConfig, error) {
	env, who := ex.Envelope, ex.Principal
	field := ""
	switch {
	case strings.TrimSpace(env.Config) != "":
		field = headerName(env, "config")
	case len(env.BodyConfig) > 0 && string(env.BodyConfig) != "null":
		field = "config"
	}
	if field != "" {
		e := gateway.InvalidField("route.Configure", field, "Cannot override default config set for this API key.")
		e.Code = "config_locked"
		return chosenConfig{}, e
	}
	if who.KeyConfig != "" {
		return s.chooseSaved(ctx, ex, gateway.SourceAPIKey, who.KeyConfig)
	}
	if who.Config != "" {
		return s.chooseSaved(ctx, ex, gateway.SourceWorkspace, who.Config)
	}
	return chosenConfig{source: gateway.SourceRequest, doc: emptyDocument}, nil
}

func (s *Service) newCompiler(ctx context.Context, ex *gateway.Exchange, chosen *chosenConfig, model string) (compiler, error) {
	ask := targetRef{}
	if chosen.group != nil {
		ask.bodyModel = chosen.group.model // the group's config names the targets
	} else if named, err := s.requestedTarget(ex.Envelope, model); err != nil {
		return compiler{}, err
	} else {
		ask = named
	}
	imposed, err := s.pinnedFor(ctx, ex)
	if err != nil {
		return compiler{}, err
	}
	for _, name := range ex.Envelope.ForwardHeaders {
		if why := document.WhyNotForwardable(name); why != "" {
			at := headerName(ex.Envelope, "forward-headers")
			return compiler{}, gateway.InvalidField("route.Configure", at, "The header "+at+" "+why+".")
		}
	}
	return compiler{service: s, ctx: ctx, workspace: ex.Principal.Workspace, allowed: ex.Principal.VirtualKeys, env: ex.Envelope, requested: ask, pinned: imposed, model: model,
		surface: surfaceOf(ex.Request.Dialect), inGroup: chosen.group != nil, operators: chosen.entry != nil && chosen.entry.fromFile, allowUnnamed: ex.Request.Prompt != nil || ex.Request.Op == gateway.OpRender}, nil
}

// chooseConfig finds the config, in this order: header, body, prompt, model, API key, workspace.
func (s *Service) chooseConfig(ctx context.Context, ex *gateway.Exchange) (chosenConfig, error) {
	env, who := ex.Envelope, ex.Principal
	if who.LockConfig {
		return s.lockedConfig(ctx, ex)
	}
	if text := strings.TrimSpace(env.Config); text != "" {
		if text[0] == '{' {
			return s.chooseInline(ex, gateway.SourceHeader, []byte(text))
		}
		return s.chooseSaved(ctx, ex, gateway.SourceHeader, strings.Trim(text, `"`))
	}
	if len(env.BodyConfig) > 0 {
		v := gjson.ParseBytes(env.BodyConfig)
		switch {
		case v.IsObject():
			return s.chooseInline(ex, gateway.SourceBody, env.BodyConfig)
		case v.Type == gjson.String:
			if text := strings.TrimSpace(v.String()); strings.HasPrefix(text, "{") {
				return s.chooseInline(ex, gateway.SourceBody, []byte(text))
			} else if text != "" {
				return s.chooseSaved(ctx, ex, gateway.SourceBody, text)
			}
		case v.Type != gjson.Null:
			return chosenConfig{}, gateway.InvalidField("route.Configure", "config", "The field 'config' must be an object or the slug of a saved config, not "+document.JSONType(v)+".")
		}
	}
	if p := ex.Request.Prompt; p != nil && s.cfg.PromptConfig != nil {
		slug, err := s.cfg.PromptConfig(ctx, who.Workspace, p.ID)
		if err != nil {
			return chosenConfig{}, err
		}
		if slug != "" {
			return s.chooseSaved(ctx, ex, gateway.SourcePrompt, slug)
		}
	}
	if chosen, ok, err := s.chooseGroup(ctx, ex, ex.Request.Model()); ok || err != nil {
		return chosen, err
	}
	if who.KeyConfig != "" {
		return s.chooseSaved(ctx, ex, gateway.SourceAPIKey, who.KeyConfig)
	}
	if who.Config != "" {
		return s.chooseSaved(ctx, ex, gateway.SourceWorkspace, who.Config)
	}
	return chosenConfig{source: gateway.SourceRequest, doc: emptyDocument}, nil
}

func (s *Service) chooseInline(ex *gateway.Exchange, source string, raw []byte) (chosenConfig, error) {
	d, problems := s.inlineConfig(raw)
	if len(problems) == 0 {
		return chosenConfig{source: source, doc: d}, nil
	}
	where := "The config in the body"
	if source == gateway.SourceHeader {
		where = "The config in the header " + headerName(ex.Envelope, "config")
	}
	return chosenConfig{}, document.Invalid("route.Configure", where, problems)
}

func (s *Service) chooseSaved(ctx context.Context, ex *gateway.Exchange, source, slug string) (chosenConfig, error) {
	e, err := s.savedConfig(ctx, ex.Principal.Workspace, slug)
	if err != nil {
		return chosenConfig{}, unknownConfig(err, ex, source, slug)
	}
	if e.invalid != nil {
		return chosenConfig{}, e.invalid
	}
	return chosenConfig{source: source, slug: e.slug, doc: e.doc, entry: e}, nil
}

// configOwner says in an error where a config that the caller did not send is set.
var configOwner = map[string]string{gateway.SourcePrompt: " of this prompt", gateway.SourceAPIKey: " of this API key", gateway.SourceWorkspace: " of this workspace", gateway.SourceOrganisation: " of this organisation"}

// unknownConfig turns a NotFound error into one that names the slug and where it is set.
// Other errors are returned unchanged.
func unknownConfig(err error, ex *gateway.Exchange, source, slug string) error {
	var ge *gateway.Error
	if !errors.As(err, &ge) || ge.Kind != gateway.NotFound && ge.Code != CodeVersion {
		return err
	}
	field := "config"
	if source == gateway.SourceHeader {
		field = headerName(ex.Envelope, field)
	}
	if ge.Code == CodeVersion {
		return &gateway.Error{Op: "route.Configure", Kind: gateway.Invalid, Param: field, Code: CodeVersion, Err: err,
			Public: "The config" + configOwner[source] + ": " + ge.Public}
	}
	return &gateway.Error{Op: "route.Configure", Kind: gateway.Invalid, Param: field, Code: "config_not_found", Err: err,
		Public: "The config '" + gateway.Shorten(slug) + "'" + configOwner[source] + " does not exist in this workspace."}
}

// plan returns a shared Plan if the request changes nothing in it, else compiles a new one.
func (s *Service) plan(c *compiler, ex *gateway.Exchange, chosen *chosenConfig) (*gateway.Plan, error) {
	base, replaced := ex.Principal.Redact, c.replacesTargets(chosen)
	if replaced && ex.Principal.LockConfig {
		e := gateway.InvalidField("route.Configure", "model", "This API key uses its own config: a call cannot name another target.")
		e.Code = "config_locked"
		return nil, e
	}
	share := chosen.entry != nil && !replaced && !chosen.amended && c.addsNothing()
	key, bare := c.requestPlanKey(chosen)
	var known *sharedPlan
	switch {
	case share:
		known = chosen.entry.planFor(chosen.source)
	case bare:
		known = s.requestPlans.get(key)
	}
	if known.reusable(c, base) {
		c.usedConfigured, c.usedRequested = share, bare
		return known.plan, nil
	}
	if r := chosen.doc.Redact; r != nil && r.Off && chosen.entry == nil && (base.On() || c.pinned.redacts()) {
		return nil, gateway.InvalidField("route.Configure", "config.redact", "This workspace redacts; only a saved config may switch that off.")
	}
	doc := chosen.doc
	if replaced {
		doc = doc.WithoutTargets()
	}
	p, err := c.compilePlan(doc)
	if err != nil {
		return nil, err
	}
	p.Source, p.Slug, p.Redact = chosen.source, chosen.slug, c.pinned.redact(chosen.doc.Redact.Policy(base))
	p.Config = chosen.identity()
	if chosen.entry != nil {
		p.Version, p.FromFile = chosen.entry.version, chosen.entry.fromFile
	}
	if err := c.applyCacheHeaders(&p.Cache, chosen); err != nil {
		return nil, err
	}
	known = &sharedPlan{plan: p, baseRedact: base, pinned: c.pinned, deps: c.deps}
	switch {
	case share && !c.usedRequested:
		chosen.entry.storePlan(known)
	case bare:
		s.requestPlans.put(key, known)
	}
	return p, nil
}

// replacesTargets reports whether the request's own target replaces those of the config. It
// does if an admin chose the config and the request names its target explicitly.
func (c *compiler) replacesTargets(chosen *chosenConfig) bool {
	return chosen.chosenByAdmin() && c.requested.explicit() && !chosen.doc.AcceptsRequested()
}

// addsNothing reports whether the request's headers and model, and its API key, leave a Plan
// unchanged whose targets all name their provider.
func (c *compiler) addsNothing() bool {
	e := c.env
	return c.retries == nil && c.allowed == nil && e.Credential.Empty() && e.CustomHost == "" && e.RequestTimeout == 0 && len(e.ForwardHeaders) == 0 &&
		e.Cache == "" && e.CacheMaxAge == 0 && !strings.HasPrefix(c.model, document.Mock+"/")
}

// applyCacheHeaders applies the cache headers, which choose within what the administrators'
// configs allow.
func (c *compiler) applyCacheHeaders(p *gateway.CachePolicy, chosen *chosenConfig) error {
	bounds := c.pinned.caches()
	if chosen.entry != nil && !chosen.amended && chosen.doc.Cache != nil {
		bounds = []gateway.CachePolicy{*p} // the administrators' own choice: only the headers are the caller's
	}
	if c.env.Cache != "" {
		mode, ok := document.CacheMode(c.env.Cache)
		if !ok {
			at := headerName(c.env, "cache")
			return gateway.InvalidField("route.Configure", at, "The header "+at+" must be semantic, guarded, observe, simple or off, not '"+gateway.Shorten(c.env.Cache)+"'.")
		}
		if mode != p.Mode && (mode == gateway.CacheGuarded || mode == gateway.CacheObserve) {
			p.MaxError = cmp.Or(p.MaxError, gateway.DefaultMaxError)
		}
		p.Mode = mode
	}
	for _, bound := range bounds {
		*p = p.Within(bound)
	}
	if c.env.CacheMaxAge > 0 && p.Mode != gateway.CacheOff {
		p.MaxAge = c.env.CacheMaxAge.Truncate(time.Second)
	}
	return nil
}

// stripGatewayFields removes "config", the fields given and the model's prefix from the body. A vendor prefix
// is kept if a target names its own provider, because that provider may expect the name as
// written. The other targets set their Model.
func (c *compiler) stripGatewayFields(req *gateway.Request, fields *gatewayFields) (*gateway.Request, error) {
	model := c.requested.bodyModel
	if !c.usedConfigured && c.usedRequested && c.requested.vendorPrefix {
		model = c.requested.model
	}
	var changes []jsonx.Change
	if len(c.env.BodyConfig) > 0 {
		changes = append(changes, jsonx.Change{Name: "config"})
	}
	if fields != nil {
		changes = append(changes, fields.changes...)
	}
	if model != req.Model() {
		changes = append(changes, jsonx.Change{Name: "model", Value: jsonx.Quote(model)})
	}
	if len(changes) == 0 {
		return req, nil
	}
	return req.WithFields(changes...)
}

// surfaceOf is the name of the format that the caller's client speaks.
func surfaceOf(d gateway.Dialect) string {
	if client, ok := d.(interface{ Surface() string }); ok {
		return client.Surface()
	}
	return d.Name()
}
