package vendorapi

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/batchfile"
	"github.com/sluicegate/sluice/gateway/dialect/opaque"
	"github.com/sluicegate/sluice/gateway/vendorobject"
	"github.com/sluicegate/sluice/gateway/vendorobject/native"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// objectRoots are the collections of OpenAI's API whose objects the vendor keeps, by their paths.
var objectRoots = []string{"files", "uploads", "batches", "fine_tuning/jobs", "vector_stores", "assistants", "threads"}

// ObjectRoutes are the routes of these collections: their lists, and everything below them.
func (s *Surface) ObjectRoutes() []httpapi.Route {
	const reference = "https://platform.openai.com/docs/api-reference/"
	var routes []httpapi.Route
	for _, root := range objectRoots {
		name := strings.ReplaceAll(root, "/", "_")
		add := func(method, path, summary string, audit httpapi.AuditRule) {
			about := httpapi.Description{Summary: summary, Vendor: reference + strings.ReplaceAll(strings.TrimSuffix(root, "/jobs"), "_", "-")}
			if method == http.MethodPost {
				about.Body = map[string]any{}
			}
			routes = append(routes, httpapi.Route{Method: method, Path: path, Need: gateway.CompletionsWrite, Audit: audit, Bare: true, About: about,
				Handle: func(c *httpapi.Call) error { return s.objects(c, root, c.Param("*")) }})
		}
		of := " of the vendor's " + strings.ReplaceAll(strings.ReplaceAll(root, "/", " "), "_", " ")
		add(http.MethodGet, "/v1/"+root, "Lists those"+of+" that are the workspace's own", httpapi.AuditDenied(name+".list"))
		add(http.MethodPost, "/v1/"+root, "Makes one"+of, httpapi.AuditDenied(name+".create"))
		add(http.MethodGet, "/v1/"+root+"/*", "Shows one"+of+", or what belongs to it", httpapi.AuditDenied(name+".get"))
		add(http.MethodPost, "/v1/"+root+"/*", "Changes one"+of, httpapi.AuditDenied(name+".update"))
		add(http.MethodDelete, "/v1/"+root+"/*", "Deletes one"+of+", or what belongs to it", httpapi.AuditDenied(name+".delete"))
	}
	return routes
}

// objectCall is a call of such a collection.
type objectCall struct {
	surface *Surface
	call    *httpapi.Call
	root    string
	rest    string // of the path, decoded; "" = the collection itself
	made    bool   // the call makes an object
	object  vendorobject.Object
	upload  *batchfile.Upload // of a file that may be that of a batch
}

// objects passes a call of a collection on. An object that another workspace owns, or nobody, is not
// found.
func (s *Surface) objects(c *httpapi.Call, root, rest string) error {
	ex := c.Open(gateway.OpPassThrough)
	o := &objectCall{surface: s, call: c, root: root, rest: strings.Trim(rest, "/")}
	o.made = c.Request().Method == http.MethodPost
	if ex.Refused == nil {
		ex.Refused = o.find()
	}
	if ex.Refused == nil {
		ex.Refused = o.keepsResults()
	}
	path := "/" + root
	if o.rest != "" {
		for _, part := range strings.Split(o.rest, "/") {
			path += "/" + url.PathEscape(part)
		}
	}
	pass := passCall{path: path, names: native.OwnWords(strings.Split(o.rest, "/"), o.object.ID), dialect: opaque.Dialect{Free: true}, settles: o.settles, results: o.results()}
	if o.made && root == "files" && o.rest == "" {
		pass.watch = o.watch
		defer o.unwatch()
	}
	readPass(c, pass)
	if ex.Refused == nil {
		ex.Refused = o.checkBody()
	}
	if ex.Refused == nil && o.made {
		ex.Refused = o.addWork()
	}
	if ex.Refused == nil {
		ex.Refused = s.onlyTarget(c, "openai")
	}
	if ex.Refused != nil {
		ex.Request = nil
	}
	f := filterForm(c, "multipart/form-data")
	if f != nil {
		f.Piece = root == "uploads"
	}
	defer finishForm(f)
	return s.passOn(c, o.answered)
}

// find finds the object that the path names, and the target that has it.
func (o *objectCall) find() error {
	id, _, _ := strings.Cut(o.rest, "/")
	if id == "" || o.root == "threads" && id == "runs" && o.made { // which makes a thread and runs it
		return nil
	}
	return o.use(id, "id")
}

// use makes the call go to the target that has an object.
func (o *objectCall) use(id, field string) error {
	object, err := o.known(id, field)
	if err != nil {
		return err
	}
	env := o.call.Exchange.Envelope
	switch {
	case o.object.ID != "" && object.VirtualKey != o.object.VirtualKey:
		return gateway.InvalidField("vendorapi.objects", field, "The object '"+gateway.Clip(id, 100)+"' is kept for the virtual key '"+object.VirtualKey+"', and '"+gateway.Clip(o.object.ID, 100)+"' for '"+o.object.VirtualKey+"'.")
	case env.VirtualKey != "" && env.VirtualKey != object.VirtualKey, env.VirtualKey == "" && strings.TrimPrefix(env.Provider, "@") != "" && strings.HasPrefix(env.Provider, "@") && env.Provider[1:] != object.VirtualKey:
		return gateway.InvalidField("vendorapi.objects", "x-sluice-virtual-key", "The object '"+gateway.Clip(id, 100)+"' is kept for the virtual key '"+object.VirtualKey+"': leave the header out, or name that one.")
	}
	o.object = object
	if object.VirtualKey != "" {
		env.VirtualKey, env.KeptBy = object.VirtualKey, gateway.VendorAccount{VirtualKey: object.VirtualKey, Credential: object.Credential}
		env.Provider = ""
	} else if env.Provider == "" {
		env.Provider = object.Provider
	}
	return nil
}

func (o *objectCall) known(id, field string) (vendorobject.Object, error) {
	absent := &gateway.Error{Op: "vendorapi.objects", Kind: gateway.NotFound, Param: field, Code: "object_not_found",
		Public: "There is no object '" + gateway.Clip(strings.ToValidUTF8(id, "\uFFFD"), 100) + "' in " + strings.ReplaceAll(o.root, "_", " ") + " of this workspace. Sluice knows those that calls of the workspace made."}
	store, who := o.surface.Objects, o.call.Exchange.Principal
	if store == nil || who == nil || len(id) > vendorobject.MaxID {
		return vendorobject.Object{}, absent
	}
	object, err := store.VendorObject(o.call.Context(), who.Workspace, id)
	if err != nil && gateway.AsError(err).Kind == gateway.NotFound {
		return object, absent
	}
	return object, err
}

// maxNamed bounds the objects that one body names.
const maxNamed = 500

// checkBody refuses a body that names an object which is not the workspace's, in any field.
func (o *objectCall) checkBody() error {
	req := o.call.Exchange.Request
	type named struct{ id, field string }
	var list []named
	jsonx.Walk(req.Raw, func(n jsonx.Node) jsonx.Action { // the body was checked
		if n.Kind == jsonx.KindString && n.End()-n.Start <= vendorobject.MaxID+2 && len(list) <= maxNamed {
			if text := n.Text(); vendorobject.IsID(text) {
				list = append(list, named{text, n.Path.String()})
			}
		}
		return jsonx.Descend
	})
	if len(list) > maxNamed {
		return gateway.InvalidField("vendorapi.objects", list[maxNamed].field, "The body names more than 500 objects.")
	}
	for _, each := range list {
		if err := o.use(each.id, each.field); err != nil {
			return err
		}
	}
	return nil
}

// answered notes the objects that an answer brings, and leaves those of others out of a list.
func (o *objectCall) answered(body []byte) ([]byte, error) {
	store, ex := o.surface.Objects, o.call.Exchange
	if store == nil {
		return body, nil
	}
	method := o.call.Request().Method
	switch {
	case method == http.MethodGet && o.rest == "":
		return o.ownOnly(body)
	case method == http.MethodDelete && !strings.Contains(o.rest, "/"):
		return body, store.ForgetObject(context.WithoutCancel(o.call.Context()), ex.Principal.Workspace, o.rest)
	}
	var list []vendorobject.Object
	by := ex.Facts.Answered()
	for _, path := range [][]string{{"id"}, {"file", "id"}, {"thread_id"}, {"output_file_id"}, {"error_file_id"}, {"result_files", "0"}} {
		id := jsonx.String(jsonx.Get(body, path...))
		if id == "" || len(id) > vendorobject.MaxID || by == nil || path[0] == "id" && !o.made {
			continue
		}
		list = append(list, vendorobject.Object{ID: id, Workspace: ex.Principal.Workspace, Provider: by.Provider, VirtualKey: by.VirtualKey, Credential: by.Credential,
			APIKey: ex.Principal.APIKey, Created: o.call.Now()})
		switch path[0] {
		case "id":
			o.noteWork(&list[len(list)-1])
		case "output_file_id":
			list[len(list)-1].ResultsOf = jsonx.String(jsonx.Get(body, "id"))
		}
	}
	return body, store.KeepObjects(context.WithoutCancel(o.call.Context()), list)
}

// ownOnly leaves the objects of others out of a list.
func (o *objectCall) ownOnly(body []byte) ([]byte, error) {
	list := jsonx.Get(body, "data")
	var ids []string
	for e := range jsonx.Elements(list) {
		ids = append(ids, jsonx.String(jsonx.Get(e.Value, "id")))
	}
	own, err := o.surface.Objects.OwnedObjects(o.call.Context(), o.call.Exchange.Principal.Workspace, ids)
	if err != nil {
		return nil, err
	}
	kept := []byte{'['}
	var first, last string
	for e := range jsonx.Elements(list) {
		id := jsonx.String(jsonx.Get(e.Value, "id"))
		if !own[id] {
			continue
		}
		if len(kept) > 1 {
			kept = append(kept, ',')
		}
		if kept, last = append(kept, e.Value...), id; first == "" {
			first = id
		}
	}
	changes := []jsonx.Change{{Name: "data", Value: append(kept, ']')}}
	if jsonx.Get(body, "first_id") != nil {
		changes = append(changes, jsonx.Change{Name: "first_id", Value: jsonx.Quote(first)})
	}
	if len(ids) > 0 && jsonx.Get(body, "last_id") != nil && last == "" {
		changes = append(changes, jsonx.Change{Name: "last_id", Value: jsonx.Quote(ids[len(ids)-1])}) // where the next page begins
	}
	return jsonx.Update(body, changes...), nil
}
