package config

import (
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

func (r *reader) teams(n *yamltree.Node, to *[]identity.DeclaredTeam) {
	seen := declared{}
	r.list(n, func(item *yamltree.Node) {
		t := identity.DeclaredTeam{Workspace: "default"}
		r.object(item, []field{
			{"name", func(n *yamltree.Node) { r.checked(n, &t.Name, nameProblem) }},
			{"workspace", func(n *yamltree.Node) { r.checked(n, &t.Workspace, nameProblem) }},
			{"members", func(n *yamltree.Node) { r.strings(n, &t.Members) }},
		}, "name")
		seen.check(r, item, t.Workspace, t.Name)
		*to = append(*to, t)
	})
}

// accessGroups reads {name: [model, …]}.
func (r *reader) accessGroups(n *yamltree.Node, to *map[string][]string) {
	if n.Kind != yamltree.Map {
		r.wrong(n, "a map of lists of models")
		return
	}
	*to = map[string][]string{}
	for _, f := range n.Fields {
		models := []string{}
		r.strings(f.Value, &models)
		(*to)[f.Name] = models
	}
}
