package promptstest

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/prompts"
)

// Memory is a prompts.Store in memory. It counts its reads, so that a test can show that
// none was made.
type Memory struct {
	mu        sync.Mutex
	templates map[string]prompts.Template
	versions  map[string][]prompts.Version // oldest first
	labels    map[string]map[string]int
	reads     int
	fail      error
}

// NewMemory returns an empty store.
func NewMemory() *Memory {
	return &Memory{templates: map[string]prompts.Template{}, versions: map[string][]prompts.Version{}, labels: map[string]map[string]int{}}
}

// Reads returns how often the store was read.
func (m *Memory) Reads() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.reads
}

// Fail makes every following call fail with err; nil ends this.
func (m *Memory) Fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = err
}

func absent(what string) error {
	return &gateway.Error{Op: "promptstest.Memory", Kind: gateway.NotFound, Public: "There is no " + what + "."}
}

// read counts a read; the caller holds the lock.
func (m *Memory) read() error {
	m.reads++
	return m.fail
}

// Template implements prompts.Store.
func (m *Memory) Template(_ context.Context, workspace, ref string) (prompts.Template, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.read(); err != nil {
		return prompts.Template{}, err
	}
	for _, t := range m.templates {
		if t.Workspace == workspace && (t.ID == ref || t.Slug == ref) {
			return t, nil
		}
	}
	return prompts.Template{}, absent("prompt '" + ref + "'")
}

// Templates implements prompts.Store.
func (m *Memory) Templates(_ context.Context, workspace string) ([]prompts.Template, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.read(); err != nil {
		return nil, err
	}
	var out []prompts.Template
	for _, t := range m.templates {
		if t.Workspace == workspace {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b prompts.Template) int { return strings.Compare(a.Slug, b.Slug) })
	return out, nil
}

// PutTemplate implements prompts.Store.
func (m *Memory) PutTemplate(_ context.Context, t prompts.Template) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	for _, o := range m.templates {
		if o.Workspace == t.Workspace && o.Slug == t.Slug && o.ID != t.ID {
			return &gateway.Error{Op: "promptstest.Memory", Kind: gateway.Conflict, Param: "slug", Public: "The slug '" + t.Slug + "' is in use."}
		}
	}
	if old, ok := m.templates[t.ID]; ok {
		if old.Workspace != t.Workspace {
			return absent("prompt '" + t.ID + "'")
		}
		t.CreatedAt = old.CreatedAt
	} else if t.CreatedAt.IsZero() {
		t.CreatedAt = time.Now()
	}
	t.UpdatedAt = time.Now()
	m.templates[t.ID] = t
	return nil
}

// DeleteTemplate implements prompts.Store.
func (m *Memory) DeleteTemplate(_ context.Context, workspace, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	if t, ok := m.templates[id]; !ok || t.Workspace != workspace {
		return absent("prompt '" + id + "'")
	}
	delete(m.templates, id)
	delete(m.versions, id)
	delete(m.labels, id)
	return nil
}

// AddVersion implements prompts.Store.
func (m *Memory) AddVersion(_ context.Context, v prompts.Version) (prompts.Version, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return prompts.Version{}, m.fail
	}
	if _, ok := m.templates[v.Template]; !ok {
		return prompts.Version{}, absent("prompt '" + v.Template + "'")
	}
	list := m.versions[v.Template]
	if n := len(list); n > 0 && bytes.Equal(list[n-1].Body, v.Body) {
		return list[n-1], nil
	}
	v.Number = len(list) + 1
	v.Body = bytes.Clone(v.Body)
	if v.CreatedAt.IsZero() {
		v.CreatedAt = time.Now()
	}
	m.versions[v.Template] = append(list, v)
	return v, nil
}

// Versions implements prompts.Store.
func (m *Memory) Versions(_ context.Context, template string) ([]prompts.Version, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.read(); err != nil {
		return nil, err
	}
	out := slices.Clone(m.versions[template])
	slices.Reverse(out)
	return out, nil
}

// Version implements prompts.Store.
func (m *Memory) Version(_ context.Context, template string, number int) (prompts.Version, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.read(); err != nil {
		return prompts.Version{}, err
	}
	list := m.versions[template]
	if number == 0 {
		number = len(list)
	}
	if number < 1 || number > len(list) {
		return prompts.Version{}, absent("such version")
	}
	return list[number-1], nil
}

// PutLabel implements prompts.Store.
func (m *Memory) PutLabel(_ context.Context, l prompts.Label) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	if l.Version < 1 || l.Version > len(m.versions[l.Template]) {
		return absent("such version")
	}
	if m.labels[l.Template] == nil {
		m.labels[l.Template] = map[string]int{}
	}
	m.labels[l.Template][l.Name] = l.Version
	return nil
}

// Labels implements prompts.Store.
func (m *Memory) Labels(_ context.Context, template string) ([]prompts.Label, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.read(); err != nil {
		return nil, err
	}
	var out []prompts.Label
	for name, n := range m.labels[template] {
		out = append(out, prompts.Label{Template: template, Name: name, Version: n})
	}
	slices.SortFunc(out, func(a, b prompts.Label) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}
