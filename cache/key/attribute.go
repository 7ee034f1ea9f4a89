package key

// Attribute is a property of a stored answer that a purge may name.
type Attribute struct{ Name, Value string }

// The names of attributes.
const (
	AttributeEntry         = "entry"          // the answer's ID in hexadecimal
	AttributeAnswer        = "answer"         // request id of the call that stored it
	AttributeTag           = "tag"            // a tag, or metadata as "name=value"
	AttributeModel         = "model"          // as asked for, and as sent upstream
	AttributePrompt        = "prompt"         // id of the prompt template
	AttributePromptVersion = "prompt_version" // "id@version"
	AttributeMember        = "member"         // id or name of the caller
	AttributeNamespace     = "namespace"
	AttributeAPIKey        = "api_key" // id; tells callers without a member apart
	AttributeGroup         = "group"   // of traffic that shares a promise
)

// Attributes returns the digests of attributes in a workspace, so that an external index can
// select by them and reveals nothing.
func (h Hasher) Attributes(workspace Digest, attributes ...Attribute) []Digest {
	d := h.digester()
	out := make([]Digest, len(attributes))
	for i, a := range attributes {
		out[i] = d.digest(labelAttribute, workspace[:], []byte(a.Name), []byte(a.Value))
	}
	return out
}
