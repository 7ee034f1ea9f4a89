package gateway

// CheckName returns an error if IsName is false. The error is Invalid and names param.
func CheckName(op, param, name string) *Error {
	if IsName(name) {
		return nil
	}
	return InvalidField(op, param, "The field '"+param+"' must be a name of 1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit.")
}

// IsName reports whether name may be the name of a workspace, an API key, a virtual key or a
// config. Names are used in URLs, headers, file entries and "@virtual-key/model".
func IsName(name string) bool {
	for i, c := range []byte(name) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && (i == 0 || c != '-' && c != '_' && c != '.') {
			return false
		}
	}
	return name != "" && len(name) <= 64
}
