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

// space is what is known of one workspace, read from the store once and dropped by a
// write. Reading the store holds the lock, and a write drops after it wrote: what is kept is
// never older than the last write of this process.
type space struct {
	mu    sync.Mutex
	ready atomic.Pointer[shelf] // written under mu
}

// shelf is one state of a workspace. Immutable, but for what compiles on first use.
type shelf struct {
	byRef map[string]*entry // by id and by slug
}

type entry struct {
	Template
	versions map[int]*edition
	newest   int
	labels   map[string]int
}

// edition is a version with its compiled form.
type edition struct {
	Version
	once     sync.Once
	compiled *experiment
	err      error
}

// shelf gives the current state of a workspace.
func (s *Service) shelf(ctx context.Context, workspace string) (*shelf, error) {
	held, ok := s.spaces.Load(workspace)
	if !ok {
		held, _ = s.spaces.LoadOrStore(workspace, &space{})
	}
	sp := held.(*space)
	if sh := sp.ready.Load(); sh != nil {
		return sh, nil
	}
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if sh := sp.ready.Load(); sh != nil {
		return sh, nil
	}
	fresh, err := s.read(ctx, workspace)
	if err != nil {
		return nil, err
	}
	sp.ready.Store(fresh)
	return fresh, nil
}

// drop forgets a workspace after a write.
func (s *Service) drop(workspace string) {
	if held, ok := s.spaces.Load(workspace); ok {
		sp := held.(*space)
		sp.mu.Lock()
		sp.ready.Store(nil)
		sp.mu.Unlock()
	}
}

func (s *Service) read(ctx context.Context, workspace string) (*shelf, error) {
	const op = "prompts.read"
	failed := func(err error) error {
		return &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "The prompts cannot be read now.", Err: err}
	}
	list, err := s.store.Templates(ctx, workspace)
	if err != nil {
		return nil, failed(err)
	}
	sh := &shelf{byRef: make(map[string]*entry, 2*len(list))}
	for _, t := range list {
		e := &entry{Template: t, versions: map[int]*edition{}, labels: map[string]int{}}
		versions, err := s.store.Versions(ctx, t.ID)
		if err != nil {
			return nil, failed(err)
		}
		for _, v := range versions {
			e.versions[v.Number] = &edition{Version: v}
			e.newest = max(e.newest, v.Number)
		}
		labels, err := s.store.Labels(ctx, t.ID)
		if err != nil {
			return nil, failed(err)
		}
		for _, l := range labels {
			e.labels[l.Name] = l.Version
		}
		sh.byRef[t.ID], sh.byRef[t.Slug] = e, e
	}
	return sh, nil
}

// Published is the label that a reference without @ means.
const Published = "published"

// address is a reference that was found.
type address struct {
	*entry
	*edition
	label string
}

// find resolves "support", "support@3", "support@latest", "support@staging".
func (sh *shelf) find(ref string) (address, error) {
	const op = "prompts.find"
	absent := func(public string) (address, error) {
		return address{}, &gateway.Error{Op: op, Kind: gateway.NotFound, Param: ref, Code: "prompt_not_found", Public: public}
	}
	name, which, chosen := strings.Cut(ref, "@")
	e := sh.byRef[name]
	if e == nil {
		return absent("There is no prompt '" + name + "'.")
	}
	a := address{entry: e}
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
	if a.edition = e.versions[number]; a.edition == nil {
		if e.newest == 0 {
			return absent("The prompt '" + name + "' has no version yet.")
		}
		return absent("The prompt '" + name + "' has no version " + strconv.Itoa(number) + ".")
	}
	return a, nil
}

// experiment compiles the version on first use.
func (sh *shelf) experiment(a address) (*experiment, error) {
	d := a.edition
	d.once.Do(func() {
		b, ps := parseBody(d.Body)
		if len(ps) == 0 {
			d.compiled, ps = compile(b, d.Number, sh.library(a.entry))
		}
		if len(ps) > 0 {
			d.err = &gateway.Error{Op: "prompts.experiment", Kind: gateway.Invalid, Param: a.Slug, Code: "prompt_broken",
				Public: "The prompt '" + a.Slug + "' cannot be used: " + ps[0].String() + "."}
		}
	})
	return d.compiled, d.err
}

// library resolves what texts of e refer to.
func (sh *shelf) library(e *entry) library {
	return library{
		version: func(number int) (*body, error) {
			if e != nil && e.versions[number] != nil {
				if b, ps := parseBody(e.versions[number].Body); len(ps) == 0 {
					return b, nil
				}
			}
			return nil, &gateway.Error{Op: "prompts.library", Kind: gateway.NotFound, Public: "There is no such version."}
		},
		partial: sh.partial,
	}
}

// partial gives the text of a template that has one text.
func (sh *shelf) partial(ref string) (string, error) {
	a, err := sh.find(ref)
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
