package input

import (
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// maxUser is how long the field "user" may be to serve as metadata, in bytes.
const maxUser = 512

// readGatewayFields reads the fields of the body that the envelope has room for: Portkey's
// "config", LiteLLM's "cache" and "tags", OpenRouter's "usage", and who the end user is. Those
// that choose who answers belong to the stage Configure, which also takes all of them out of
// the body.
func readGatewayFields(req *gateway.Request, env *gateway.Envelope) error {
	var tags []string
	for m := range jsonx.Members(req.Raw) {
		if m.Value[0] == 'n' { // null counts as absent
			continue
		}
		var err error
		switch m.Key {
		case "config":
			if m.Value[0] != '{' && m.Value[0] != '"' {
				return invalidField("config", "must be an object or the slug of a saved config.")
			}
			env.BodyConfig = m.Value
		case "usage":
			env.IncludeUsage, err = readUsage(m.Value)
		case "cache":
			err = readCacheControl(m.Value, env)
		case "tags":
			err = addTags("tags", m.Value, &tags)
		case "metadata":
			if list := jsonx.Get(m.Value, "tags"); len(list) > 0 && list[0] == '[' {
				err = addTags("metadata.tags", list, &tags)
			}
		}
		if err != nil {
			return err
		}
	}
	if len(tags) > 0 && !env.AddMetadata("tags", strings.Join(tags, ",")) {
		return invalidField("tags", "are too many: all metadata together has at most 64 keys and 16 KiB.")
	}
	env.User = strings.ToValidUTF8(req.Parameters().User, "\uFFFD")
	if env.User != "" && len(env.User) <= maxUser {
		env.AddMetadata("_user", env.User)
	}
	return nil
}

func invalidField(field, what string) error {
	return gateway.InvalidField("input.readGatewayFields", field, "The field '"+field+"' "+what)
}

// readUsage reads {"include": true}.
func readUsage(raw []byte) (include bool, err error) {
	if raw[0] != '{' {
		return false, invalidField("usage", "must be an object such as {\"include\": true}.")
	}
	switch v := jsonx.Get(raw, "include"); {
	case v == nil || v[0] == 'f' || v[0] == 'n':
		return false, nil
	case v[0] == 't':
		return true, nil
	}
	return false, invalidField("usage.include", "must be true or false.")
}

// maxTag is how long one tag may be, in characters; as a value of the metadata header.
const maxTag = 128

// addTags reads a list of tags, each once.
func addTags(field string, raw []byte, to *[]string) error {
	if raw[0] != '[' {
		return invalidField(field, "must be a list of strings.")
	}
	for e := range jsonx.Elements(raw) {
		at := field + "[" + strconv.Itoa(e.Index) + "]"
		if e.Value[0] != '"' {
			return invalidField(at, "must be a string.")
		}
		tag := jsonx.String(e.Value)
		switch {
		case len([]rune(tag)) > maxTag:
			return invalidField(at, "is longer than 128 characters.")
		case len(*to) >= gateway.MaxMetadataKeys:
			return invalidField(field, "lists more than 64 tags.")
		}
		known := false
		for _, t := range *to {
			known = known || t == tag
		}
		if !known && tag != "" {
			*to = append(*to, tag)
		}
	}
	return nil
}
