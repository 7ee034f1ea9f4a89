package gateway

import (
	"strings"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// dropPaths removes the values at the given paths. A path is written with dots and brackets,
// [*] stands for every element: "messages[*].name". A path that leads nowhere removes
// nothing.
func dropPaths(raw []byte, paths []string) []byte {
	for _, p := range paths {
		p = strings.NewReplacer("[", ".", "]", "").Replace(p)
		if p = strings.Trim(p, "."); p != "" {
			raw = jsonx.Delete(raw, strings.Split(p, ".")...)
		}
	}
	return raw
}
