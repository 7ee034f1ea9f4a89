package promptcache

import "github.com/sluicegate/sluice/internal/jsonx"

// maxPath bounds a path that is told, in bytes: names in it may be the caller's. A longer one ends
// at an earlier step, so that no name is cut.
const maxPath = 512

// pathAt returns the path of the name or value that holds the byte at an offset, or of the last one
// before it.
func pathAt(raw []byte, offset int) string {
	var path jsonx.Path
	jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action {
		if n.Start > offset {
			return jsonx.Stop
		}
		path = append(path[:0], n.Path...)
		return jsonx.Descend
	})
	for len(path.String()) > maxPath {
		path = path[:len(path)-1]
	}
	return path.String()
}
