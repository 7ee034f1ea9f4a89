package recorder

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// queryKey is the key of a row's metadata with the query of a call that was passed on to a vendor's API.
const queryKey = "_query"

// maxQuery bounds the query in a row, in bytes.
const maxQuery = 2048

// passedQuery is the query of a passed-on call as the vendor got it, decoded and cleansed: which page of a
// list was asked for, and which version of an API. It is "" for other calls, and where rows have no content.
func (b *builder) passedQuery(ex *gateway.Exchange) string {
	if b.content == ContentNone || ex.Request == nil || ex.Request.Pass == nil || ex.Request.Pass.Query == "" {
		return ""
	}
	list, err := ex.Request.Pass.Parameters()
	if err != nil {
		return "" // it was refused for this: nobody can read it
	}
	var out strings.Builder
	for i, p := range list {
		if i > 0 {
			out.WriteByte('&')
		}
		out.WriteString(b.cleanser.text(p.Name))
		if p.Value != "" {
			out.WriteString("=" + b.cleanser.text(p.Value))
		}
		if out.Len() > maxQuery {
			break
		}
	}
	return gateway.Clip(out.String(), maxQuery)
}
