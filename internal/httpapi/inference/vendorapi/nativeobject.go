package vendorapi

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/batchfile"
	"github.com/sluicegate/sluice/gateway/vendorobject"
	"github.com/sluicegate/sluice/gateway/vendorobject/native"
	"github.com/sluicegate/sluice/gateway/vendorobject/settle"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// nativeObject is a call of a vendor's own API that may be about something that the vendor keeps.
type nativeObject struct {
	surface  *Surface
	call     *httpapi.Call
	provider string
	path     string // below the prefix, escaped
	is       native.Call
	names    []string            // what the caller wrote into the path
	whole    bool                // the path ends with the object
	object   vendorobject.Object // that is used; zero: none, or one that nobody has made

	modelInPath string
	upload      *batchfile.Upload // of a file that may be that of a batch
}

// find says what the path is about, and refuses objects of others and paths that nobody knows.
func (o *nativeObject) find(n *nativeAPI, escaped string) error {
	const op = "vendorapi.nativeObject"
	segments, err := nativeSegments(n, escaped)
	if err != nil {
		return err
	}
	o.is = native.Read(n.provider, o.call.Request().Method, segments)
	defer func() { o.names = native.OwnWords(segments, o.object.ID) }()
	switch o.is.Access {
	case native.Unknown:
		if o.surface.AllowUnknown {
			return nil
		}
		return &gateway.Error{Op: op, Kind: gateway.Forbidden, Param: "path", Code: "unknown_operation",
			Public: "Sluice does not know what '" + gateway.Clip(o.call.Request().Method+" /"+strings.Join(segments, "/"), 100) + "' of this vendor's API keeps, and for whom. An operator may pass such calls on with 'vendor_objects: {unknown: allow}'."}
	case native.Uses:
		o.whole = strings.HasSuffix(strings.Join(segments, "/"), o.is.ID)
		c := &objectCall{surface: o.surface, call: o.call, root: o.is.Kind}
		err := c.use(o.is.ID, "path")
		o.object = c.object
		if err != nil && gateway.AsError(err).Kind == gateway.NotFound && o.surface.AllowUnknown {
			return o.foreign(err)
		}
		return err
	}
	return nil
}

// foreign is nil for an object that no workspace has made.
func (o *nativeObject) foreign(absent error) error {
	who := o.call.Exchange.Principal
	if o.surface.Objects == nil || who == nil {
		return absent
	}
	others, err := o.surface.Objects.ForeignObjects(o.call.Context(), who.Workspace, []string{o.is.ID})
	if err != nil || !others[o.is.ID] {
		return err
	}
	return absent
}

// nativeSegments are the parts of a path, decoded as the vendor decodes them. One that could mean
// another path to the vendor than here is refused.
func nativeSegments(n *nativeAPI, escaped string) ([]string, error) {
	parts := strings.Split(strings.TrimSuffix(escaped, "/"), "/")
	for i, part := range parts {
		text, err := url.PathUnescape(part)
		slashes := "/\\%"
		if n.provider == "bedrock" { // whose ARNs have slashes
			slashes = "\\%"
		}
		if err != nil || text == "" || text == "." || text == ".." || strings.ContainsAny(text, slashes) || strings.Contains(text, "/.") || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return nil, gateway.InvalidField("vendorapi.nativeSegments", "path", "The path has a part that is empty, a dot, or an escaped separator: '"+gateway.Clip(part, 100)+"'.")
		}
		parts[i] = text
	}
	return parts, nil
}

// answered notes the object that an answer brings, and leaves those of others out of a list.
func (o *nativeObject) answered(body []byte) ([]byte, error) {
	store, ex := o.surface.Objects, o.call.Exchange
	if store == nil || ex.Principal == nil {
		return body, nil
	}
	ctx := context.WithoutCancel(o.call.Context())
	switch {
	case o.is.Access == native.Lists:
		return o.ownOnly(body)
	case o.is.Access == native.Makes || o.begins() != "":
		return body, vendorobject.Keep(ctx, store, ex, ex.Facts.Answered(), o.idsIn(body), o.call.Now(), func(made *vendorobject.Object) { o.noteWork(made, body) })
	case o.is.Access == native.Uses && o.whole && o.call.Request().Method == http.MethodDelete:
		return body, store.ForgetObject(ctx, ex.Principal.Workspace, o.is.ID)
	case o.object.Work != nil:
		if file := settle.ResultsFile(body); file != "" {
			return body, vendorobject.Keep(ctx, store, ex, ex.Facts.Answered(), []string{file}, o.call.Now(), func(results *vendorobject.Object) { results.ResultsOf = o.object.ID })
		}
	}
	return body, nil
}

// idsIn are the ids of an object, as they are kept.
func (o *nativeObject) idsIn(object []byte) (ids []string) {
	for _, path := range o.is.IDs {
		id := jsonx.String(jsonx.Get(object, path...))
		if o.is.Named {
			id = vendorobject.Resource(id)
		}
		if id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// ownOnly leaves the objects of others out of every list at the top of an answer.
func (o *nativeObject) ownOnly(body []byte) ([]byte, error) {
	var ids []string
	for list := range jsonx.Members(body) {
		for e := range jsonx.Elements(list.Value) {
			ids = append(ids, o.idsIn(e.Value)...)
		}
	}
	own, err := o.surface.Objects.OwnedObjects(o.call.Context(), o.call.Exchange.Principal.Workspace, ids)
	if err != nil {
		return nil, err
	}
	var changes []jsonx.Change
	for list := range jsonx.Members(body) {
		if len(list.Value) == 0 || list.Value[0] != '[' {
			continue
		}
		kept := []byte{'['}
		for e := range jsonx.Elements(list.Value) {
			for _, id := range o.idsIn(e.Value) {
				if own[id] {
					if len(kept) > 1 {
						kept = append(kept, ',')
					}
					kept = append(kept, e.Value...)
					break
				}
			}
		}
		changes = append(changes, jsonx.Change{Name: list.Key, Value: append(kept, ']')})
	}
	return jsonx.Update(body, changes...), nil
}
