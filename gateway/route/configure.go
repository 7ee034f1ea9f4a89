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
type choice struct {
	source string
	slug   string
	doc    *document
	entry  *savedEntry // nil for an inline one
}

// given reports a config that the admins chose, not the caller.
func (c *choice) given() bool {
	return c.source == gateway.SourceAPIKey || c.source == gateway.SourceWorkspace
}

var nothing = &document{path: "config", weight: 1}

func (s *Service) configure(ctx context.Context, ex *gateway.Exchange) (*gateway.Plan, *gateway.Request, error) {
	pick, err := s.choose(ctx, ex)
	if err != nil {
		return nil, nil, err
	}
	c, err := s.compiler(ctx, ex, &pick, ex.Request.Model())
	if err != nil {
		return nil, nil, err
	}
	plan, err := s.plan(&c, ex, &pick)
	if err != nil {
		return nil, nil, err
	}
	req, err := c.request(ex.Request)
	if err != nil {
		return nil, nil, err
	}
	if !c.open || req.Model() != "" {
		err = s.permit(plan, req.Model())
	}
	return plan, req, err
}

func (s *Service) compiler(ctx context.Context, ex *gateway.Exchange, pick *choice, model string) (compiler, error) {
	ask, err := s.ask(ex.Envelope, model)
	if err != nil {
		return compiler{}, err
	}
	for _, name := range ex.Envelope.ForwardHeaders {
		if why := unforwardable(name); why != "" {
			at := spelling(ex.Envelope, "forward-headers")
			return compiler{}, gateway.InvalidField("route.Configure", at, "The header "+at+" "+why+".")
		}
	}
	return compiler{s: s, ctx: ctx, workspace: ex.Principal.Workspace, env: ex.Envelope, ask: ask, model: model,
		foreign: pick.entry == nil, open: ex.Request.Prompt != nil || ex.Request.Op == gateway.OpRender}, nil
}

// choose finds the config: header, body, prompt, API key, workspace.
func (s *Service) choose(ctx context.Context, ex *gateway.Exchange) (choice, error) {
	env, who := ex.Envelope, ex.Principal
	if text := strings.TrimSpace(env.Config); text != "" {
		if text[0] == '{' {
			return s.inlineChoice(ex, gateway.SourceHeader, []byte(text))
		}
		return s.savedChoice(ctx, ex, gateway.SourceHeader, strings.Trim(text, `"`))
	}
	if len(env.BodyConfig) > 0 {
		v := gjson.ParseBytes(env.BodyConfig)
		switch {
		case v.IsObject():
			return s.inlineChoice(ex, gateway.SourceBody, env.BodyConfig)
		case v.Type == gjson.String:
			if text := strings.TrimSpace(v.String()); strings.HasPrefix(text, "{") {
				return s.inlineChoice(ex, gateway.SourceBody, []byte(text))
			} else if text != "" {
				return s.savedChoice(ctx, ex, gateway.SourceBody, text)
			}
		case v.Type != gjson.Null:
			return choice{}, gateway.InvalidField("route.Configure", "config", "The field 'config' must be an object or the slug of a saved config, not "+kind(v)+".")
		}
	}
	if p := ex.Request.Prompt; p != nil && s.set.PromptConfig != nil {
		slug, err := s.set.PromptConfig(ctx, who.Workspace, p.ID)
		if err != nil {
			return choice{}, err
		}
		if slug != "" {
			return s.savedChoice(ctx, ex, gateway.SourcePrompt, slug)
		}
	}
	if who.KeyConfig != "" {
		return s.savedChoice(ctx, ex, gateway.SourceAPIKey, who.KeyConfig)
	}
	if who.Config != "" {
		return s.savedChoice(ctx, ex, gateway.SourceWorkspace, who.Config)
	}
	return choice{source: gateway.SourceRequest, doc: nothing}, nil
}

func (s *Service) inlineChoice(ex *gateway.Exchange, source string, raw []byte) (choice, error) {
	d, problems := s.inlineConfig(raw)
	if len(problems) == 0 {
		return choice{source: source, doc: d}, nil
	}
	where := "The config in the body"
	if source == gateway.SourceHeader {
		where = "The config in the header " + spelling(ex.Envelope, "config")
	}
	return choice{}, refusal("route.Configure", where, problems)
}

func (s *Service) savedChoice(ctx context.Context, ex *gateway.Exchange, source, slug string) (choice, error) {
	e, err := s.savedConfig(ctx, ex.Principal.Workspace, slug)
	if err != nil {
		return choice{}, unknown(err, ex, source, slug)
	}
	if e.bad != nil {
		return choice{}, e.bad
	}
	return choice{source: source, slug: slug, doc: e.doc, entry: e}, nil
}

// owners name whose config a saved one is, where the caller did not ask for it.
var owners = map[string]string{gateway.SourcePrompt: " of this prompt", gateway.SourceAPIKey: " of this API key", gateway.SourceWorkspace: " of this workspace"}

// unknown is the refusal of a slug that names no config; other errors stay as they are.
func unknown(err error, ex *gateway.Exchange, source, slug string) error {
	var ge *gateway.Error
	if !errors.As(err, &ge) || ge.Kind != gateway.NotFound {
		return err
	}
	field := "config"
	if source == gateway.SourceHeader {
		field = spelling(ex.Envelope, field)
	}
	return &gateway.Error{Op: "route.Configure", Kind: gateway.Invalid, Param: field, Code: "config_not_found", Err: err,
		Public: "The config '" + short(slug) + "'" + owners[source] + " does not exist in this workspace."}
}

// plan takes a shared Plan where the request adds nothing to it, else compiles one.
func (s *Service) plan(c *compiler, ex *gateway.Exchange, pick *choice) (*gateway.Plan, error) {
	base, replaced := ex.Principal.Redact, c.replaces(pick)
	share := pick.entry != nil && !replaced && c.plain()
	key, bare := c.bare(pick)
	var known *sharedPlan
	switch {
	case share:
		known = pick.entry.of(pick.source)
	case bare:
		known = s.bare.of(key)
	}
	if known.fits(c, base) {
		c.own, c.asked = share, bare
		return known.plan, nil
	}
	if r := pick.doc.redact; r != nil && r.off && base.On() && pick.entry == nil {
		return nil, gateway.InvalidField("route.Configure", "config.redact", "This workspace redacts; only a saved config may switch that off.")
	}
	doc := pick.doc
	if replaced {
		doc = doc.vacated()
	}
	p, err := c.plan(doc)
	if err != nil {
		return nil, err
	}
	p.Source, p.Slug, p.Redact = pick.source, pick.slug, pick.doc.redact.policy(base)
	if pick.entry != nil {
		p.Version = pick.entry.version
	}
	if err := c.cache(&p.Cache); err != nil {
		return nil, err
	}
	known = &sharedPlan{plan: p, base: base, deps: c.deps}
	switch {
	case share && !c.asked:
		pick.entry.share(known)
	case bare:
		s.bare.share(key, known)
	}
	return p, nil
}

// replaces reports a request that addresses one target outright, under a config that the
// caller did not choose.
func (c *compiler) replaces(pick *choice) bool {
	return pick.given() && c.ask.outright() && !pick.doc.vacant()
}

// plain reports a request whose headers and model change nothing in a Plan whose targets
// are all named.
func (c *compiler) plain() bool {
	e := c.env
	return e.Credential.Empty() && e.CustomHost == "" && e.RequestTimeout == 0 && len(e.ForwardHeaders) == 0 &&
		e.Cache == "" && e.CacheMaxAge == 0 && !strings.HasPrefix(c.model, mock+"/")
}

// cache lets the headers of Portkey's older way beat the config.
func (c *compiler) cache(p *gateway.CachePolicy) error {
	if c.env.Cache != "" {
		mode, ok := cacheMode(c.env.Cache)
		if !ok {
			at := spelling(c.env, "cache")
			return gateway.InvalidField("route.Configure", at, "The header "+at+" must be semantic, simple or off, not '"+short(c.env.Cache)+"'.")
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
func (c *compiler) request(req *gateway.Request) (*gateway.Request, error) {
	model := c.ask.body
	if !c.own && c.asked && c.ask.soft {
		model = c.ask.model
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
