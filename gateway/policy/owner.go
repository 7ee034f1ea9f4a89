package policy

// Owner is the API key or the virtual key whose own limit or budget a rule is. The zero value belongs
// to a rule of its own.
type Owner struct {
	Attribute Attribute // "api_key" or "virtual_key"
	ID        string    // of an API key; of a virtual key the name, which its workspace makes unique
}

// Words says what the owner is: "API key".
func (o Owner) Words() string {
	if o.Attribute == "virtual_key" {
		return "virtual key"
	}
	return "API key"
}
