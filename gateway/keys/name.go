package keys

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sluicegate/sluice/gateway"
)

// checkName keeps the names of keys and workspaces usable in URLs, headers, file
// entries and "@virtual-key/model".
func checkName(op, param, name string) *gateway.Error {
	ok := len(name) > 0 && len(name) <= 64
	for i := 0; ok && i < len(name); i++ {
		c := name[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		ok = letter || i > 0 && (c == '-' || c == '_' || c == '.')
	}
	if ok {
		return nil
	}
	return gateway.Refuse(op, param, "The field '"+param+"' must be a name of 1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit.")
}

// checkMember keeps the names of members printable. They are mostly e-mail addresses.
func checkMember(op, param, name string) *gateway.Error {
	ok := name != "" && len(name) <= 200 && utf8.ValidString(name) && strings.TrimSpace(name) == name
	for _, r := range name {
		ok = ok && unicode.IsPrint(r)
	}
	if ok {
		return nil
	}
	return gateway.Refuse(op, param, "The field '"+param+"' must be a name or e-mail address of 1 to 200 printable characters.")
}

// checkSlug accepts a config slug, or none.
func checkSlug(op, param, slug string) *gateway.Error {
	if slug == "" || checkName(op, param, slug) == nil {
		return nil
	}
	return gateway.Refuse(op, param, "The field '"+param+"' must be the slug of a saved config.")
}
