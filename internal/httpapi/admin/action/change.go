package action

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// Objects shows objects as the API shows them to readers, for audit events. It knows the actions
// that read one object, or list objects.
type Objects struct {
	Fingerprint func(secret string) string // a keyed hash of a secret; nil = none is shown

	readers []Action
}

// Add notes an action of our own API, which may read objects. Those of other gateways' APIs show
// the same objects in other forms.
func (x *Objects) Add(o Action) {
	if x != nil && o.Method == http.MethodGet {
		x.readers = append(x.readers, o)
	}
}

// find returns the first reader with a property; nil if there is none.
func (x *Objects) find(is func(*Action) bool) *Action {
	for i := range x.readers {
		if is(&x.readers[i]) {
			return &x.readers[i]
		}
	}
	return nil
}

// change shows the object that a write acts upon.
type change struct {
	objects *Objects
	reader  *Action // shows the object
	list    bool    // the reader lists objects
	param   string  // of the write's path, which names the object; "" = it has none
	found   []byte  // the object before the write, as canonical JSON; nil = there was none
}

// changeBy finds the reader of a write: the GET of its path or of the nearest path above, else one
// of the same resource. It is nil if nothing reads the object.
func (x *Objects) changeBy(o Action) *change {
	if x == nil {
		return nil
	}
	c := &change{objects: x}
	if _, rest, ok := strings.Cut(o.Path, "/:"); ok {
		c.param, _, _ = strings.Cut(rest, "/")
	}
	resource, _, _ := strings.Cut(o.Name, ".")
	c.reader = x.find(func(g *Action) bool { return g.Name == resource+".get" })
	for path := o.Path; path != "" && c.reader == nil; path = parent(path) {
		c.reader = x.find(func(g *Action) bool { return isParam(g.Path) && (g.Path == path || parent(g.Path) == path) })
	}
	if c.reader == nil {
		c.list = true
		c.reader = x.find(func(g *Action) bool { return g.Name == resource+".list" })
	}
	return c
}

func parent(path string) string { return path[:max(strings.LastIndexByte(path, '/'), 0)] }

func isParam(path string) bool { return strings.Contains(path[len(parent(path)):], "/:") }

// path reads the object that the path of a request names, before the write.
func (c *change) path(ctx context.Context, r *Request) {
	if c != nil && c.param != "" {
		c.add(c.object(ctx, r, r.Param(c.param), gjson.GetBytes(r.raw, "workspace").String()))
	}
}

// actsOn reads the object that a request says it is about to change.
func (c *change) actsOn(ctx context.Context, r *Request) {
	if c != nil {
		c.add(c.object(ctx, r, r.Target, r.Workspace))
	}
}

func (c *change) add(object []byte) {
	if object != nil {
		c.found = object
	}
}

// before is the object before the write; nil = there was none.
func (c *change) before() []byte {
	if c == nil {
		return nil
	}
	return c.found
}

// forget makes way for another object.
func (c *change) forget() {
	if c != nil {
		c.found = nil
	}
}

// after is the object that the write says it acted upon, with fingerprints of the secrets that the
// request brought.
func (c *change) after(ctx context.Context, r *Request) []byte {
	object := c.object(ctx, r, r.Target, r.Workspace)
	if raw, err := json.Marshal(r.Reply); object == nil && err == nil { // of a new object the target is its name
		object = c.object(ctx, r, gjson.GetBytes(raw, "id").String(), r.Workspace)
	}
	secrets := c.objects.secretsIn(r.raw)
	if len(secrets) == 0 {
		return object
	}
	if object == nil {
		object = []byte("{}")
	}
	raw, _ := json.Marshal(secrets) // plain data always encodes
	return canonical(jsonx.Update(object, jsonx.Change{Name: "secrets_set", Value: raw}))
}

// object reads an object of a workspace as canonical JSON; nil if there is none.
func (c *change) object(ctx context.Context, r *Request, ref, workspace string) []byte {
	if c == nil || c.reader == nil || ref == "" {
		return nil
	}
	by := *r.By
	if workspace != "" && workspace != by.Workspace && workspace != by.WorkspaceRef {
		id, err := (&Request{By: r.By, workspaces: r.workspaces}).In(ctx, workspace)
		if err != nil {
			return nil // the write itself reports it
		}
		by.Workspace, by.WorkspaceRef = id, workspace
	}
	read := &Request{Call: r.Call, By: &by, workspaces: r.workspaces, params: map[string]string{}}
	if _, param, ok := strings.Cut(c.reader.Path, "/:"); ok {
		param, _, _ = strings.Cut(param, "/")
		read.params[param] = ref
	}
	if err := c.reader.Do(ctx, read); err != nil {
		return nil // absent, before the write or after it
	}
	raw, err := json.Marshal(read.Reply)
	if err != nil {
		return nil
	}
	if c.list {
		raw = elementOf(raw, ref)
	}
	if len(raw) == 0 {
		return nil
	}
	return canonical(c.objects.withoutSecrets(raw))
}

// elementOf is the element of a list that ref names; nil if there is none.
func elementOf(list []byte, ref string) (found []byte) {
	gjson.GetBytes(list, "data").ForEach(func(_, e gjson.Result) bool {
		for _, name := range []string{"id", "name", "slug"} {
			if e.Get(name).String() == ref {
				found = []byte(e.Raw)
			}
		}
		return found == nil
	})
	return found
}

func canonical(raw []byte) []byte {
	out, err := jsonx.Canonical(raw)
	if err != nil {
		return nil
	}
	return out
}
