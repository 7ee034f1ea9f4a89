package key

import (
	"maps"
	"slices"
	"strconv"

	"github.com/sluicegate/sluice/gateway"
)

// scope is what surrounds a request's body and must be equal for a hit.
type scope struct {
	workspace Digest
	namespace Digest // of the workspace's namespace, or of the caller's metadata
	digest    Digest // of all of it
}

func (d *digester) scope(ex *gateway.Exchange) scope {
	workspace := d.workspace(ex.Principal.Workspace)
	namespace := d.digest(labelNamespace, workspace[:], sharedBy(ex), namespaceOf(ex.Envelope))
	return scope{workspace, namespace, d.digest(labelScope, namespace[:], settings(ex))}
}

// sharedBy names those whose calls share answers. A namespace divides them further.
func sharedBy(ex *gateway.Exchange) []byte {
	who := map[gateway.CacheSharing]string{gateway.SharedByTeam: ex.Principal.Team, gateway.SharedByMember: ex.Principal.Member,
		gateway.SharedByAPIKey: ex.Principal.APIKey}[ex.Plan.Cache.Sharing]
	return appendField(appendField(nil, string(ex.Plan.Cache.Sharing)), who)
}

// namespaceOf returns the namespace that the caller chose, else its metadata.
func namespaceOf(env *gateway.Envelope) []byte {
	switch {
	case env == nil:
		return nil
	case env.CacheScoped:
		return appendField([]byte{'n'}, env.CacheNamespace)
	}
	names := slices.AppendSeq(make([]string, 0, len(env.Metadata)), maps.Keys(env.Metadata))
	slices.Sort(names)
	b := append(make([]byte, 0, 128), 'm')
	for _, name := range names {
		value := env.Metadata[name]
		if name == "_user" && value == env.User {
			continue // copied from the body's "user", which is no part of the key
		}
		b = appendField(appendField(b, name), value)
	}
	return b
}

// settings returns what else changes an answer and is not part of the body.
func settings(ex *gateway.Exchange) []byte {
	b := appendField(appendField(make([]byte, 0, 256), string(ex.Request.Op)), surfaceOf(ex.Request.Dialect))
	if p := ex.Facts.Prompt; p != nil {
		b = appendList(b, []string{p.ID, strconv.Itoa(p.Version)})
	}
	b = appendGuardrails(append(b, 'i'), ex.Plan.Input)
	b = appendGuardrails(append(b, 'o'), ex.Plan.Output)
	return appendList(append(b, 'r'), ex.Plan.Redact.Input)
}

// surfaceOf is the name of the format that the caller's client speaks: an answer for the client of a
// vendor may hold what only that client knows.
func surfaceOf(d gateway.Dialect) string {
	if client, ok := d.(interface{ Surface() string }); ok {
		return client.Surface()
	}
	return d.Name()
}

func appendGuardrails(b []byte, specs []gateway.GuardrailSpec) []byte {
	var fields []string
	for _, spec := range specs {
		fields = append(fields, spec.ID, spec.Version)
	}
	return appendList(b, fields)
}
