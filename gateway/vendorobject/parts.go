package vendorobject

import (
	"context"
	"io"
	"mime"
	"mime/multipart"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/vendorobject/form"
)

// checkParts refuses a form whose fields refer to what is not the workspace's, while the form is passed
// on: the vendor does not get the end of one that is refused. parts is nil if there is no such form.
func (g *Guard) checkParts(ctx context.Context, ex *gateway.Exchange) (parts *form.Reader, err error) {
	const op = "vendorobject.checkParts"
	pass := ex.Request.Pass
	if pass == nil || pass.Body == nil {
		return nil, nil
	}
	contentType := pass.Header.Get("Content-Type")
	kind, _, _ := mime.ParseMediaType(contentType)
	if kind == "application/x-www-form-urlencoded" {
		return nil, &gateway.Error{Op: op, Kind: gateway.Unsupported, Param: "content-type", Public: "A form must be sent as multipart/form-data, and other fields as JSON."}
	}
	if kind != "multipart/form-data" {
		return nil, nil
	}
	parts = form.NewReader(contentType, pass.Body.Reader, func(p *multipart.Part) error { return g.checkPart(ctx, ex, p) })
	if parts == nil {
		return nil, gateway.InvalidField(op, "content-type", "The header content-type has no boundary.")
	}
	pass.Body.Reader = parts
	return parts, nil
}

func (g *Guard) checkPart(ctx context.Context, ex *gateway.Exchange, p *multipart.Part) error {
	value, err := io.ReadAll(io.LimitReader(p, MaxID+1))
	if err != nil {
		return err
	}
	id := NamedBy(p.FormName(), string(value))
	if id == "" || p.FileName() != "" && !fields[p.FormName()] { // the content of a file
		return nil
	}
	return g.checkAll(ctx, ex, []Reference{{id, p.FormName()}})
}
