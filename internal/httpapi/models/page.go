package models

import (
	"encoding/base64"
	"strconv"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// maxPage is the longest page of Anthropic and Google, and ours where none is asked for.
const maxPage = 1000

// page is a part of the list.
type page struct {
	models []Model
	total  int  // of the whole list
	more   bool // the list goes on behind the page
}

// next is Google's token for the page behind this one, "" at the end of the list.
func (p page) next() string {
	if !p.more {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(p.models[len(p.models)-1].ID))
}

// cut cuts the page out of the list that the parameters ask for: limit with after_id, before_id
// or after as Anthropic's and OpenAI's clients send them, pageSize with pageToken as Google's.
func cut(c *httpapi.Call, all []Model) (page, error) {
	size, err := pageSize(c)
	if err != nil {
		return page{}, err
	}
	begin, end := 0, len(all)
	for _, name := range []string{"after_id", "after", "pageToken"} {
		id, err := cursor(c, name)
		if err != nil {
			return page{}, err
		}
		if id == "" {
			continue
		}
		at := index(all, id)
		if at < 0 {
			return page{}, invalid(name, "names no model of this list.")
		}
		begin = at + 1
	}
	if id := c.Query("before_id"); id != "" {
		at := index(all, id)
		if at < 0 {
			return page{}, invalid("before_id", "names no model of this list.")
		}
		end = at
		begin = max(begin, end-size) // the page that ends there
	}
	end = max(begin, min(end, begin+size))
	return page{models: all[begin:end], total: len(all), more: end < len(all) && end > begin}, nil
}

// pageSize reads limit or pageSize. Google's clients may ask for more than they get.
func pageSize(c *httpapi.Call) (int, error) {
	for _, name := range []string{"limit", "pageSize"} {
		v := c.Query(name)
		if v == "" {
			continue
		}
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > maxPage && name == "limit" {
			return 0, invalid(name, "must be a whole number from 1 to "+strconv.Itoa(maxPage)+".")
		}
		return min(n, maxPage), nil
	}
	return maxPage, nil
}

// cursor is the id behind which the page begins.
func cursor(c *httpapi.Call, name string) (string, error) {
	v := c.Query(name)
	if name != "pageToken" {
		return v, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(v)
	if err != nil {
		return "", invalid(name, "is none that a list has answered with.")
	}
	return string(raw), nil
}

func index(all []Model, id string) int {
	for i := range all {
		if all[i].ID == id {
			return i
		}
	}
	return -1
}

func invalid(name, what string) error {
	return gateway.InvalidField("models.page", name, "The parameter '"+name+"' "+what)
}
