package db

import (
	"database/sql"
	"strings"
	"unicode/utf8"

	"github.com/sluicegate/sluice/gateway"
)

// Storable reports whether both databases keep a text as it is. SQLite ends a statement at NUL,
// PostgreSQL refuses NUL and invalid UTF-8.
func Storable(texts ...string) bool {
	for _, s := range texts {
		if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
			return false
		}
	}
	return true
}

// RefuseUnlessStorable is the error of a write that holds a text that cannot be stored.
func RefuseUnlessStorable(op, record string, texts ...string) error {
	if Storable(texts...) {
		return nil
	}
	return gateway.InvalidField(op, "", "The "+record+" must be UTF-8 without NUL characters.")
}

// AbsentUnlessStorable is the error of a lookup by a text that cannot be stored: nothing has it.
func AbsentUnlessStorable(op, record string, texts ...string) error {
	if Storable(texts...) {
		return nil
	}
	return Error(op, record, sql.ErrNoRows)
}
