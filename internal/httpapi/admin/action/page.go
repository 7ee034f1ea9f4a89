package action

import (
	"encoding/base64"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// Page is the part of a list that a caller asks for.
type Page struct {
	limit int // 0 = all
	after string
}

// Page reads the parameters limit and cursor.
func (q *Query) Page() Page {
	p := Page{limit: q.Limit(), after: q.Text("cursor")}
	if p.after != "" && p.limit == 0 {
		p.limit = listing.DefaultPage
	}
	return p
}

// Or is the page with a limit, if the caller gave none.
func (p Page) Or(limit int) Page {
	if p.limit == 0 {
		p.limit = limit
	}
	return p
}

// PageOf is a page of a list, and the cursor of the next one; "" if there is none. id is the id of an
// element; a page begins after the element that its cursor names.
func PageOf[T any](p Page, all []T, id func(T) string) (page []T, next string, err error) {
	if p.after != "" {
		after, err := base64.RawURLEncoding.DecodeString(p.after)
		i := 0
		for ; i < len(all) && (err != nil || id(all[i]) != string(after)); i++ {
		}
		if i == len(all) {
			return nil, "", gateway.InvalidField("action.PageOf", "cursor", "The 'cursor' is none that this server gave, or what it stands for was deleted.")
		}
		all = all[i+1:]
	}
	if p.limit == 0 || len(all) <= p.limit {
		return all, "", nil
	}
	page = all[:p.limit]
	return page, base64.RawURLEncoding.EncodeToString([]byte(id(page[len(page)-1]))), nil
}
