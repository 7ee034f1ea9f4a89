package prompts

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// cacheSlot caches the templates of one workspace. They are read from the store on first use
// and invalidated after a write. Reading the store holds the lock and a write invalidates
// after it is stored, so the cache is never older than the last write of this process.
type cacheSlot struct {
	mu      sync.Mutex
	current atomic.Pointer[workspaceTemplates] // written under mu; nil: must be read
}

// workspaceTemplates are the templates of one workspace at one time. Immutable, except that
// versions are compiled on first use.
type workspaceTemplates struct {
	byRef map[string]*templateEntry // by id and by slug
}

type templateEntry struct {
	Template
	versions map[int]*compiledVersion
	newest   int
	labels   map[string]int
}

// compiledVersion is a version with its compiled form.
type compiledVersion struct {
	Version
	once     sync.Once
	compiled *experiment
	err      error
}

// workspaceTemplates returns the templates of a workspace, from the cache or the store.
func (s *Service) workspaceTemplates(ctx context.Context, workspace string) (*workspaceTemplates, error) {
	slot, ok := s.slots.Load(workspace)
	if !ok {
		slot, _ = s.slots.LoadOrStore(workspace, &cacheSlot{})
	}
	sp := slot.(*cacheSlot)
	if templates := sp.current.Load(); templates != nil {
		return templates, nil
	}
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if templates := sp.current.Load(); templates != nil {
		return templates, nil
	}
	fresh, err := s.readTemplates(ctx, workspace)
	if err != nil {
		return nil, err
	}
	sp.current.Store(fresh)
	return fresh, nil
}

// invalidate drops the cached templates of a workspace after a write.
func (s *Service) invalidate(workspace string) {
	if slot, ok := s.slots.Load(workspace); ok {
		sp := slot.(*cacheSlot)
		sp.mu.Lock()
		sp.current.Store(nil)
		sp.mu.Unlock()
	}
}

// Reread reads the prompts of a workspace again that another process has changed; "" is every
// workspace. If the store cannot be read, what is known stays in use, and Reread wants to be
// called again.
func (s *Service) Reread(ctx context.Context, workspace string) (err error) {
	s.slots.Range(func(id, slot any) bool {
		if workspace == "" || id == workspace {
			err = s.rereadSlot(ctx, id.(string), slot.(*cacheSlot))
		}
		return err == nil
	})
	return err
}

func (s *Service) rereadSlot(ctx context.Context, workspace string, sp *cacheSlot) error {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if sp.current.Load() == nil {
		return nil // read when it is needed
	}
	fresh, err := s.readTemplates(ctx, workspace)
	if err == nil {
		sp.current.Store(fresh)
	}
	return err
}

func (s *Service) readTemplates(ctx context.Context, workspace string) (*workspaceTemplates, error) {
	const op = "prompts.readTemplates"
	failed := func(err error) error {
		return &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "The prompts cannot be read now.", Err: err}
	}
	list, err := s.store.Templates(ctx, workspace)
	if err != nil {
		return nil, failed(err)
	}
	templates := &workspaceTemplates{byRef: make(map[string]*templateEntry, 2*len(list))}
	for _, t := range list {
		e := &templateEntry{Template: t, versions: map[int]*compiledVersion{}, labels: map[string]int{}}
		versions, err := s.store.Versions(ctx, t.ID)
		if err != nil {
			return nil, failed(err)
		}
		for _, v := range versions {
			e.versions[v.Number] = &compiledVersion{Version: v}
			e.newest = max(e.newest, v.Number)
		}
		labels, err := s.store.Labels(ctx, t.ID)
		if err != nil {
			return nil, failed(err)
		}
		for _, l := range labels {
			e.labels[l.Name] = l.Version
		}
		templates.byRef[t.ID], templates.byRef[t.Slug] = e, e
	}
	return templates, nil
}

// Published is the label that a reference without @ resolves to.
const Published = "published"

// resolvedRef is a resolved reference: a template and one of its versions.
type resolvedRef struct {
	*templateEntry
	*compiledVersion
	label string
}

// resolve resolves a reference: "support", "support@3", "support@latest" or
// "support@staging".
func (templates *workspaceTemplates) resolve(ref string) (resolvedRef, error) {
	const op = "prompts.resolve"
	absent := func(public string) (resolvedRef, error) {
		return resolvedRef{}, &gateway.Error{Op: op, Kind: gateway.NotFound, Param: ref, Code: "prompt_not_found", Public: public}
	}
	name, which, chosen := strings.Cut(ref, "@")
	e := templates.byRef[name]
	if e == nil {
		return absent("There is no prompt '" + name + "'.")
	}
	a := resolvedRef{templateEntry: e}
	number, err := 0, error(nil)
	if chosen {
		number, err = strconv.Atoi(which)
	}
	switch {
	case !chosen:
		if number = e.newest; e.labels[Published] > 0 {
			number, a.label = e.labels[Published], Published
		}
	case which == "latest":
		number = e.newest
	case err != nil:
		if number = e.labels[which]; number == 0 {
			return absent("The prompt '" + name + "' has no label '" + which + "'.")
		}
		a.label = which
	}
	if a.compiledVersion = e.versions[number]; a.compiledVersion == nil {
		if e.newest == 0 {
			return absent("The prompt '" + name + "' has no version yet.")
		}
		return absent("The prompt '" + name + "' has no version " + strconv.Itoa(number) + ".")
	}
	return a, nil
}

// experiment returns the compiled version. It is compiled on first use.
func (templates *workspaceTemplates) experiment(a resolvedRef) (*experiment, error) {
	d := a.compiledVersion
	d.once.Do(func() {
		b, ps := parseBody(d.Body)
		if len(ps) == 0 {
			d.compiled, ps = compile(b, d.Number, templates.references(a.templateEntry))
		}
		if len(ps) > 0 {
			d.err = &gateway.Error{Op: "prompts.experiment", Kind: gateway.Invalid, Param: a.Slug, Code: "prompt_broken",
				Public: "The prompt '" + a.Slug + "' cannot be used: " + ps[0].String() + "."}
		}
	})
	return d.compiled, d.err
}

// references resolves the references of texts of e.
func (templates *workspaceTemplates) references(e *templateEntry) references {
	return references{
		version: func(number int) (*body, error) {
			if e != nil && e.versions[number] != nil {
				if b, ps := parseBody(e.versions[number].Body); len(ps) == 0 {
					return b, nil
				}
			}
			return nil, &gateway.Error{Op: "prompts.references", Kind: gateway.NotFound, Public: "There is no such version."}
		},
		partial: templates.partial,
	}
}

// partial returns the text of a template that has a single text.
func (templates *workspaceTemplates) partial(ref string) (string, error) {
	a, err := templates.resolve(ref)
	if err != nil {
		return "", err
	}
	b, ps := parseBody(a.Body)
	if len(ps) == 0 {
		if m := b.messages.Array(); len(m) == 1 && m[0].Get("content").Type == gjson.String {
			return m[0].Get("content").Str, nil
		}
	}
	return "", &parseError{line: 1, msg: "the partial '" + ref + "' must be a prompt with one text"}
}
