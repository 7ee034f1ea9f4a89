package route

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Configure is the stage that settles which config applies and whom it means, as an
// immutable Plan, and takes the gateway's own fields out of the body.
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

// choice is the config that applies to a request.
type chosenConfig struct {
	source string
	slug   string
	doc    *document
	entry  *savedEntry // nil for an inline one
}

// given reports a config that the admins chose, not the caller.
func (c *chosenConfig) chosenByAdmin() bool {
	return c.source == gateway.SourceAPIKey || c.source == gateway.SourceWorkspace
}

var emptyDocument = &document{path: "config", weight: 1}

func (s *Service) configure(ctx context.Context, ex *gateway.Exchange) (*gateway.Plan, *gateway.Request, error) {
	pick, err := s.chooseConfig(ctx, ex)
	if err != nil {
		return nil, nil, err
	}
	c, err := s.newCompiler(ctx, ex, &pick, ex.Request.Model())
	if err != nil {
		return nil, nil, err
	}
	plan, err := s.plan(&c, ex, &pick)
	if err != nil {
		return nil, nil, err
	}
	req, err := c.stripGatewayFields(ex.Request)
	if err != nil {
		return nil, nil, err
	}
	if !c.allowUnnamed || req.Model() != "" {
		err = s.checkModelAllowed(plan, req.Model())
	}
	return plan, req, err
}

func (s *Service) newCompiler(ctx context.Context, ex *gateway.Exchange, pick *chosenConfig, model string) (compiler, error) {
	ask, err := s.requestedTarget(ex.Envelope, model)
	if err != nil {
		return compiler{}, err
	}
	for _, name := range ex.Envelope.ForwardHeaders {
		if why := whyNotForwardable(name); why != "" {
			at := headerName(ex.Envelope, "forward-headers")
			return compiler{}, gateway.InvalidField("route.Configure", at, "The header "+at+" "+why+".")
		}
	}
	return compiler{service: s, ctx: ctx, workspace: ex.Principal.Workspace, env: ex.Envelope, requested: ask, model: model,
		callerConfig: pick.entry == nil, allowUnnamed: ex.Request.Prompt != nil || ex.Request.Op == gateway.OpRender}, nil
}

// choose finds the config: header, body, prompt, API key, workspace.
func (s *Service) chooseConfig(ctx context.Context, ex *gateway.Exchange) (chosenConfig, error) {
	env, who := ex.Envelope, ex.Principal
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
			return chosenConfig{}, gateway.InvalidField("route.Configure", "config", "The field 'config' must be an object or the slug of a saved config, not "+jsonType(v)+".")
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
	return chosenConfig{}, configError("route.Configure", where, problems)
}

func (s *Service) chooseSaved(ctx context.Context, ex *gateway.Exchange, source, slug string) (chosenConfig, error) {
	e, err := s.savedConfig(ctx, ex.Principal.Workspace, slug)
	if err != nil {
		return chosenConfig{}, unknownConfig(err, ex, source, slug)
	}
	if e.invalid != nil {
		return chosenConfig{}, e.invalid
	}
	return chosenConfig{source: source, slug: slug, doc: e.doc, entry: e}, nil
}

// owners name whose config a saved one is, where the caller did not ask for it.
var configOwner = map[string]string{gateway.SourcePrompt: " of this prompt", gateway.SourceAPIKey: " of this API key", gateway.SourceWorkspace: " of this workspace"}

// unknown is the refusal of a slug that names no config; other errors stay as they are.
func unknownConfig(err error, ex *gateway.Exchange, source, slug string) error {
	var ge *gateway.Error
	if !errors.As(err, &ge) || ge.Kind != gateway.NotFound {
		return err
	}
	field := "config"
	if source == gateway.SourceHeader {
		field = headerName(ex.Envelope, field)
	}
	return &gateway.Error{Op: "route.Configure", Kind: gateway.Invalid, Param: field, Code: "config_not_found", Err: err,
		Public: "The config '" + truncate(slug) + "'" + configOwner[source] + " does not exist in this workspace."}
}

// plan takes a shared Plan where the request adds nothing to it, else compiles one.
func (s *Service) plan(c *compiler, ex *gateway.Exchange, pick *chosenConfig) (*gateway.Plan, error) {
	base, replaced := ex.Principal.Redact, c.replacesTargets(pick)
	share := pick.entry != nil && !replaced && c.addsNothing()
	key, bare := c.requestPlanKey(pick)
	var known *sharedPlan
	switch {
	case share:
		known = pick.entry.planFor(pick.source)
	case bare:
		known = s.requestPlans.get(key)
	}
	if known.reusable(c, base) {
		c.usedConfigured, c.usedRequested = share, bare
		return known.plan, nil
	}
	if r := pick.doc.redact; r != nil && r.off && base.On() && pick.entry == nil {
		return nil, gateway.InvalidField("route.Configure", "config.redact", "This workspace redacts; only a saved config may switch that off.")
	}
	doc := pick.doc
	if replaced {
		doc = doc.withoutTargets()
	}
	p, err := c.compilePlan(doc)
	if err != nil {
		return nil, err
	}
	p.Source, p.Slug, p.Redact = pick.source, pick.slug, pick.doc.redact.policy(base)
	if pick.entry != nil {
		p.Version = pick.entry.version
	}
	if err := c.applyCacheHeaders(&p.Cache); err != nil {
		return nil, err
	}
	known = &sharedPlan{plan: p, baseRedact: base, deps: c.deps}
	switch {
	case share && !c.usedRequested:
		pick.entry.storePlan(known)
	case bare:
		s.requestPlans.put(key, known)
	}
	return p, nil
}

// replaces reports a request that addresses one target outright, under a config that the
// caller did not choose.
func (c *compiler) replacesTargets(pick *chosenConfig) bool {
	return pick.chosenByAdmin() && c.requested.explicit() && !pick.doc.acceptsRequested()
}

// plain reports a request whose headers and model change nothing in a Plan whose targets
// are all named.
func (c *compiler) addsNothing() bool {
	e := c.env
	return e.Credential.Empty() && e.CustomHost == "" && e.RequestTimeout == 0 && len(e.ForwardHeaders) == 0 &&
		e.Cache == "" && e.CacheMaxAge == 0 && !strings.HasPrefix(c.model, mock+"/")
}

// cache lets the headers of Portkey's older way beat the config.
func (c *compiler) applyCacheHeaders(p *gateway.CachePolicy) error {
	if c.env.Cache != "" {
		mode, ok := cacheMode(c.env.Cache)
		if !ok {
			at := headerName(c.env, "cache")
			return gateway.InvalidField("route.Configure", at, "The header "+at+" must be semantic, simple or off, not '"+truncate(c.env.Cache)+"'.")
		}
		p.Mode = mode
	}
	if c.env.CacheMaxAge > 0 && p.Mode != gateway.CacheOff {
		p.MaxAge = c.env.CacheMaxAge.Truncate(time.Second)
	}
	return nil
}

// request takes out of the body what is for the gateway: "config", and the prefix of the
// model. A vendor's prefix stays where a named target may want the name as it is; the
// other targets carry their Model.
func (c *compiler) stripGatewayFields(req *gateway.Request) (*gateway.Request, error) {
	model := c.requested.bodyModel
	if !c.usedConfigured && c.usedRequested && c.requested.vendorPrefix {
		model = c.requested.model
	}
	var changes []jsonx.Change
	if len(c.env.BodyConfig) > 0 {
		changes = append(changes, jsonx.Change{Name: "config"})
	}
	if model != req.Model() {
		changes = append(changes, jsonx.Change{Name: "model", Value: jsonx.Quote(model)})
	}
	if len(changes) == 0 {
		return req, nil
	}
	return req.WithFields(changes...)
}
