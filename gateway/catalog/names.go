package catalog

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway/catalog/table"
)

// Name is that of one model of one provider.
type Name struct{ Provider, ID string }

// Names lists the models of a provider, "" for all, with this id; "" stands for all ids, and "gpt-5*"
// for those that begin so. They are sorted by provider and id.
func (c *Catalog) Names(provider, model string) []Name {
	var out []Name
	beginning, pattern := strings.CutSuffix(model, "*")
	for id, lines := range c.now.Load().lines {
		if model != "" && id != model && (!pattern || !strings.HasPrefix(id, beginning)) {
			continue
		}
		for _, line := range lines {
			if p, _, _ := table.Name(line); provider == "" || p == provider {
				out = append(out, Name{p, id})
			}
		}
	}
	slices.SortFunc(out, func(a, b Name) int {
		return cmp.Or(strings.Compare(a.Provider, b.Provider), strings.Compare(a.ID, b.ID))
	})
	return slices.Compact(out)
}
