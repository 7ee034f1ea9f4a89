package promptcache

import "github.com/sluicegate/sluice/internal/jsonx"

// maxPath bounds a path that is told, in bytes: names in it may be the caller's.
const maxPath = 512

// pathAt returns the path of the innermost name or value that holds the byte at an offset.
func pathAt(raw []byte, offset int) string {
	path := ""
	jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action {
		switch {
		case n.Start > offset:
			return jsonx.Stop
		case n.End() > offset:
			path = n.Path.String()
		case n.Kind == jsonx.KindObject || n.Kind == jsonx.KindArray:
			return jsonx.Skip
		}
		return jsonx.Descend
	})
	if len(path) > maxPath {
		path = path[:maxPath]
	}
	return path
}
