package gateway

// CheckName validates the name of a workspace, an API key, a virtual key or a config: it
// must be usable in URLs, headers, file entries and "@virtual-key/model". The error is
// Invalid and names param.
func CheckName(op, param, name string) *Error {
	ok := len(name) > 0 && len(name) <= 64
	for i := 0; ok && i < len(name); i++ {
		c := name[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		ok = letter || i > 0 && (c == '-' || c == '_' || c == '.')
	}
	if ok {
		return nil
	}
	return InvalidField(op, param, "The field '"+param+"' must be a name of 1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit.")
}
