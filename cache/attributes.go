package cache

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/gateway"
)

// maxAttributes bounds the attributes of an answer: metadata may have 64 keys.
const maxAttributes = 64

// attributesOf returns what a purge may name an exchange's answer by.
func attributesOf(ex *gateway.Exchange, entry key.Digest) []key.Attribute {
	out := []key.Attribute{{Name: key.AttributeEntry, Value: entry.String()}, {Name: key.AttributeAnswer, Value: ex.ID}}
	add := func(name, value string) {
		a := key.Attribute{Name: name, Value: value}
		if value != "" && len(out) < maxAttributes && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	add(key.AttributeModel, ex.Request.Model())
	for i := range ex.Facts.Attempts {
		if a := &ex.Facts.Attempts[i]; a.Err == nil {
			add(key.AttributeModel, a.Model)
		}
	}
	add(key.AttributeMember, ex.Principal.Member)
	add(key.AttributeMember, ex.Principal.MemberRef)
	if p := ex.Facts.Prompt; p != nil {
		add(key.AttributePrompt, p.ID)
		version := promptVersion(p.ID, p.Version)
		add(version.Name, version.Value)
	}
	if ex.Envelope == nil {
		return out
	}
	add(key.AttributeNamespace, ex.Envelope.CacheNamespace)
	for tag := range strings.SplitSeq(ex.Envelope.Metadata["tags"], ",") {
		add(key.AttributeTag, strings.TrimSpace(tag))
	}
	for _, name := range slices.Sorted(maps.Keys(ex.Envelope.Metadata)) {
		add(key.AttributeTag, name+"="+ex.Envelope.Metadata[name])
	}
	return out
}

// groupID identifies the stored answers of a lookup's group of traffic.
func (s *Service) groupID(l *lookup) key.Digest {
	name := strconv.Quote(l.group.Config) + strconv.Quote(l.group.Model) + strconv.Quote(l.group.Prompt)
	return s.hasher.Attributes(l.Workspace, key.Attribute{Name: key.AttributeGroup, Value: name})[0]
}

// callerOf returns whose quota the answer of an exchange counts against: the member's, however many
// keys it has, else the API key's. Callers of two workspaces differ.
func (s *Service) callerOf(p *gateway.Principal, workspace key.Digest) key.Digest {
	name, value := key.AttributeMember, p.Member
	if value == "" {
		name, value = key.AttributeAPIKey, p.APIKey
	}
	if value == "" {
		return key.Digest{}
	}
	return s.hasher.Attributes(workspace, key.Attribute{Name: name, Value: value})[0]
}
