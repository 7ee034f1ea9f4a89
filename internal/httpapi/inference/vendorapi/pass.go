package vendorapi

import (
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/opaque"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/inference/output"
)

// passedOn are the caller's headers that go to the vendor with a call that is passed on.
var passedOn = []string{"Content-Type", "Accept", "Range", "If-None-Match", "Idempotency-Key", "Openai-Beta", "Anthropic-Beta", "Anthropic-Version",
	"X-Goog-Upload-Protocol", "X-Goog-Upload-Command", "X-Goog-Upload-Offset", "X-Goog-Upload-Header-Content-Length", "X-Goog-Upload-Header-Content-Type"}

// passCall is a call that is passed on to a vendor.
type passCall struct {
	path    string   // below the vendor's base URL, escaped
	names   []string // what the caller wrote into the path
	dialect opaque.Dialect
	settles func(answer []byte, used *gateway.Usage) *gateway.SettledWork
	results gateway.WorkResults                                      // nil: the answer holds none
	watch   func(contentType string, body *gateway.PassedBody) error // reads along; nil: nobody does
}

// readPass fills the exchange with a call that is passed on. A JSON body is read, so that stages see
// it; any other is passed on as it arrives.
func readPass(c *httpapi.Call, p passCall) {
	ex := c.Exchange
	req, err := p.request(c)
	if ex.Refused == nil {
		ex.Refused = err
	}
	if ex.Refused == nil {
		ex.Request = req
		ex.Refused = c.Admit()
	}
}

func (p passCall) request(c *httpapi.Call) (*gateway.Request, error) {
	r := c.Request()
	if _, err := c.Authenticated(); err != nil {
		return nil, err
	}
	pass := &gateway.PassThrough{Method: r.Method, Path: p.path, Names: p.names, Query: r.URL.RawQuery, Header: http.Header{}, Free: p.dialect.Free, Settles: p.settles, Results: p.results}
	for _, name := range passedOn {
		if v := r.Header[name]; len(v) > 0 {
			pass.Header[name] = v[:1]
		}
	}
	if v := pass.Header.Get("Content-Type"); v != "" {
		pass.Header["Content-Type"] = []string{contentType(v)}
	}
	raw, err := []byte("{}"), error(nil)
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case r.Method == http.MethodGet || r.Method == http.MethodHead || r.ContentLength == 0 || r.Body == nil:
	case kind == "" || kind == "application/json" || strings.HasSuffix(kind, "+json"):
		if raw, err = c.Body(); err != nil {
			return nil, err
		}
		if len(raw) == 0 {
			raw = []byte("{}")
		}
	default:
		pass.Body = &gateway.PassedBody{}
		if pass.Body.Reader, pass.Body.Length, err = c.BodyStream(); err != nil {
			return nil, err
		}
		if p.watch != nil {
			if err = p.watch(r.Header.Get("Content-Type"), pass.Body); err != nil {
				return nil, err
			}
		}
	}
	req, err := gateway.NewRequest(p.dialect, gateway.OpPassThrough, raw)
	if err != nil {
		return nil, err
	}
	req.Pass = pass
	return req, nil
}

// contentType is the type of a body as the vendor gets it: of its parameters, which may hold anything, the
// boundary of a form and the encoding of a text.
func contentType(sent string) string {
	kind, parameters, err := mime.ParseMediaType(sent)
	if err != nil {
		return sent
	}
	kept := map[string]string{}
	for _, name := range []string{"boundary", "charset"} {
		if v, ok := parameters[name]; ok {
			kept[name] = v
		}
	}
	if len(kept) == len(parameters) {
		return sent
	}
	return mime.FormatMediaType(kind, kept)
}

// onlyTarget makes sure that a call whose headers, config and key name no target goes to the only
// virtual key that can be meant: the only one, or the only one of the vendor.
func (s *Surface) onlyTarget(c *httpapi.Call, vendor string) error {
	ex := c.Exchange
	env, who := ex.Envelope, ex.Principal
	if who == nil || s.Keys == nil || env.Provider != "" || env.VirtualKey != "" || env.Config != "" || who.KeyConfig != "" || who.Config != "" {
		return nil
	}
	all, err := s.Keys(c.Context(), who.Workspace)
	if err != nil {
		return err
	}
	var names, own []string
	for i := range all {
		if who.VirtualKeys == nil || slices.Contains(who.VirtualKeys, all[i].Name) {
			names = append(names, all[i].Name)
			if all[i].Provider == vendor {
				own = append(own, all[i].Name)
			}
		}
	}
	switch {
	case len(own) == 1:
		env.VirtualKey = own[0]
	case len(names) == 1:
		env.VirtualKey = names[0]
	case len(names) > 1:
		if len(own) > 1 {
			names = own
		}
		return &gateway.Error{Op: "vendorapi.onlyTarget", Kind: gateway.Invalid, Param: "x-sluice-virtual-key", Code: "several_targets",
			Public: "This call needs exactly one target, and this workspace has the virtual keys " + gateway.Clip(strings.Join(names, ", "), 500) + ". Name one in x-sluice-virtual-key."}
	}
	return nil
}

// passOn runs the pipeline and sends the vendor's answer. of, if there is one, makes of a JSON answer
// what the caller gets.
func (s *Surface) passOn(c *httpapi.Call, of func(body []byte) ([]byte, error)) error {
	stream, chunk, err := s.Output.Ask(c)
	if err != nil {
		return err
	}
	defer stream.Close()
	ex := c.Exchange
	answer := &ex.Request.Pass.Answer
	if ex.Facts.Status == http.StatusOK && answer.Status != 0 {
		ex.Facts.Status = answer.Status
	}
	if chunk.Form == gateway.FormBytes {
		c.SetHeaders(answer.Header)
		return output.SendPieces(c, stream, chunk)
	}
	body, err := output.Pull(stream, chunk)
	if err != nil {
		return output.Unanswered(c, err)
	}
	if of != nil {
		if body, err = of(body); err != nil {
			return err
		}
	}
	c.SetHeaders(answer.Header)
	c.SetRoutingHeaders()
	c.Send(ex.Facts.Status, body)
	return nil
}
