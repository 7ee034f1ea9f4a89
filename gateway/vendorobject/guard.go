package vendorobject

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/vendorobject/form"
)

// Guard refuses calls that refer to objects of others.
type Guard struct {
	Store Store
	// AllowUnknown lets calls refer to objects that no call through Sluice has made. Those of other
	// workspaces are refused all the same.
	AllowUnknown bool
	Now          func() time.Time // nil: time.Now
}

// Stage is a stage inside each attempt. It looks at the body that goes upstream. With the caller's own
// credential, all is in the caller's own account. With a virtual key, an object must have been made by
// a call of the workspace with that key: another key may be of another account, in which the same name
// is another object. What an answer brings, such as a container that code ran in, is noted as the
// workspace's.
func (g *Guard) Stage() gateway.Stage {
	return gateway.Stage{Name: "objects", Wrap: func(next gateway.Handler) gateway.Handler {
		return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			t := ex.Target
			if t == nil || t.VirtualKey == "" || ex.Principal == nil {
				return next(ctx, ex)
			}
			if err := g.check(ctx, ex); err != nil {
				return nil, err
			}
			parts, err := g.checkParts(ctx, ex)
			if err != nil {
				return nil, err
			}
			st, err := next(ctx, ex)
			if parts != nil {
				if refused := parts.Finish(); refused != nil && !errors.Is(refused, form.ErrUnfinished) { // what the vendor was sent was no whole form
					if st != nil {
						_ = st.Close()
					}
					return nil, refused
				}
			}
			if err != nil || !ex.Request.Op.AnswerHasText() {
				return st, err
			}
			return &noting{Stream: st, guard: g, ctx: context.WithoutCancel(ctx), ex: ex, target: t}, nil
		}
	}}
}

func (g *Guard) check(ctx context.Context, ex *gateway.Exchange) error {
	const op = "vendorobject.check"
	list := Named(ex.Request.Raw)
	if pass := ex.Request.Pass; pass != nil {
		list = append(list, queried(pass.Query)...)
	}
	if len(list) > MaxReferences {
		field := list[MaxReferences].Field
		return gateway.InvalidField(op, field, "The body names more than 500 objects of the vendor.")
	}
	return g.checkAll(ctx, ex, list)
}

// queried lists what the query of a call refers to.
func queried(query string) (list []Reference) {
	values, _ := url.ParseQuery(query) // what cannot be read is left out
	for name, each := range values {
		for _, value := range each {
			if id := NamedBy(name, value); id != "" && !cursors[name] {
				list = append(list, Reference{id, name})
			}
		}
	}
	return list
}

// cursors are parameters of lists, which say where a page begins.
var cursors = map[string]bool{"after": true, "before": true, "after_id": true, "before_id": true}

// checkAll refuses what is not the workspace's.
func (g *Guard) checkAll(ctx context.Context, ex *gateway.Exchange, list []Reference) error {
	if len(list) == 0 {
		return nil
	}
	var foreign map[string]bool
	if g.AllowUnknown {
		ids := make([]string, len(list))
		for i, r := range list {
			ids[i] = r.ID
		}
		var err error
		if foreign, err = g.Store.ForeignObjects(ctx, ex.Principal.Workspace, ids); err != nil {
			return err
		}
	}
	for _, r := range list {
		if g.AllowUnknown && !foreign[r.ID] {
			continue
		}
		if err := g.owned(ctx, ex, r); err != nil {
			return err
		}
	}
	return nil
}

// owned refuses an object that no call of the workspace has made with the virtual key of the target.
func (g *Guard) owned(ctx context.Context, ex *gateway.Exchange, r Reference) error {
	const op = "vendorobject.owned"
	absent := &gateway.Error{Op: op, Kind: gateway.NotFound, Param: r.Field, Code: "object_not_found",
		Public: "The field '" + r.Field + "' names no object that a call of this workspace has made with the virtual key '" + ex.Target.VirtualKey + "': '" + shown(r.ID) + "'."}
	if len(r.ID) > MaxID {
		return absent
	}
	object, err := g.Store.VendorObject(ctx, ex.Principal.Workspace, r.ID)
	switch {
	case err != nil && gateway.AsError(err).Kind == gateway.NotFound:
		return absent
	case err != nil:
		return err
	case object.VirtualKey != ex.Target.VirtualKey:
		return absent
	}
	return nil
}

func shown(id string) string {
	id = strings.ToValidUTF8(id, "\uFFFD")
	if utf8.RuneCountInString(id) > 100 {
		id = string([]rune(id)[:100]) + "…"
	}
	return id
}

// maxNoted bounds what is noted of one answer.
const maxNoted = 200

// noting notes the objects that an answer brings.
type noting struct {
	gateway.Stream
	guard  *Guard
	ctx    context.Context
	ex     *gateway.Exchange
	target *gateway.Target
	noted  map[string]bool
}

// Next implements gateway.Stream. A store that fails ends the answer: a caller could not go on from
// it.
func (s *noting) Next() (gateway.Chunk, error) {
	c, err := s.Stream.Next()
	if err != nil || len(c.Raw) == 0 || c.Form == gateway.FormBytes {
		return c, err
	}
	if err := s.note(c.Raw); err != nil {
		return gateway.Chunk{}, err
	}
	return c, nil
}

func (s *noting) note(raw []byte) error {
	var ids []string
	for _, r := range Answered(raw) {
		if !s.noted[r.ID] && len(s.noted) < maxNoted {
			if s.noted == nil {
				s.noted = map[string]bool{}
			}
			s.noted[r.ID] = true
			ids = append(ids, r.ID)
		}
	}
	by := gateway.Attempt{Provider: s.target.Provider, VirtualKey: s.target.VirtualKey, Credential: s.target.CredentialName}
	return Keep(s.ctx, s.guard.Store, s.ex, &by, ids, s.now(), nil)
}

func (s *noting) now() time.Time {
	if s.guard.Now != nil {
		return s.guard.Now()
	}
	return time.Now()
}

// Keep notes objects as those of the caller's workspace, made by an attempt. Those of other workspaces
// stay theirs. with, if there is one, says more of each.
func Keep(ctx context.Context, store Store, ex *gateway.Exchange, by *gateway.Attempt, ids []string, now time.Time, with func(*Object)) error {
	if len(ids) == 0 || by == nil || ex.Principal == nil {
		return nil
	}
	foreign, err := store.ForeignObjects(ctx, ex.Principal.Workspace, ids)
	if err != nil {
		return err
	}
	var list []Object
	for _, id := range ids {
		if id != "" && len(id) <= MaxID && !foreign[id] {
			list = append(list, Object{ID: id, Workspace: ex.Principal.Workspace, Provider: by.Provider, VirtualKey: by.VirtualKey, Credential: by.Credential, APIKey: ex.Principal.APIKey, Created: now})
			if with != nil {
				with(&list[len(list)-1])
			}
		}
	}
	return store.KeepObjects(ctx, list)
}
