// Package listing holds what every listing of recorded rows has in common: whose rows may be
// seen ([Scope]), where a page begins ([Position]) and how long it may be ([PageSize]).
package listing

// Limits of a listing.
const (
	DefaultPage = 50   // rows of a page when the question names no limit
	MaxPage     = 1000 // rows of the largest page
	MaxTrace    = 1000 // exchanges that a look-up by trace returns
)

// PageSize returns limit within [1, MaxPage], or DefaultPage when limit is zero or negative.
func PageSize(limit int) int {
	if limit <= 0 {
		return DefaultPage
	}
	return min(limit, MaxPage)
}
