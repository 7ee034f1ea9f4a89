package identity

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
)

// checkMember requires the name of a member to be printable. Most are e-mail addresses.
func checkMember(op, param, name string) *gateway.Error {
	ok := name != "" && len(name) <= 200 && utf8.ValidString(name) && strings.TrimSpace(name) == name
	for _, r := range name {
		ok = ok && unicode.IsPrint(r)
	}
	if ok {
		return nil
	}
	return gateway.InvalidField(op, param, "The field '"+param+"' must be a name or e-mail address of 1 to 200 printable characters.")
}

// isID reports whether ref has the form of the ids that records get.
func isID(ref string) bool {
	_, err := ulid.ParseStrict(ref)
	return err == nil
}

// checkSlug accepts the slug of a config, or "".
func checkSlug(op, param, slug string) *gateway.Error {
	if slug == "" || gateway.CheckName(op, param, slug) == nil {
		return nil
	}
	return gateway.InvalidField(op, param, "The field '"+param+"' must be the slug of a saved config.")
}

// checkRole accepts a known role, or "".
func checkRole(op string, role gateway.Role) *gateway.Error {
	if role == "" || role.Known() {
		return nil
	}
	return gateway.InvalidField(op, "role", "The field 'role' must be one of "+strings.Join(gateway.RoleNames(), ", ")+".")
}
