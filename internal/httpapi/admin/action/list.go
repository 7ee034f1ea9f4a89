package action

// List is how every list answers.
type List struct {
	Object string `json:"object"`
	Data   any    `json:"data"`
	Total  int    `json:"total,omitempty"` // of all pages
	Next   string `json:"next_cursor,omitempty"`
}

// CountedList is a List that tells the total of an empty list, too.
type CountedList struct {
	List
	Total int `json:"total"`
}

// ListOf is a list of all objects as callers see each of them.
func ListOf[T, R any](all []T, show func(T) R) List {
	out := make([]R, len(all))
	for i := range all {
		out[i] = show(all[i])
	}
	return List{Object: "list", Data: out}
}

// ListLike is a list with such an item, for a route's description.
func ListLike(item any) List { return List{Data: []any{item}} }

// Deleted is how every deletion answers.
type Deleted struct {
	ID      string `json:"id"`
	Deleted bool   `json:"deleted"`
}
