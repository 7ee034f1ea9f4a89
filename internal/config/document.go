package config

import (
	"strings"

	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// placed returns p with its position in the file. n is the document's node; the paths of a
// validator begin with "config".
func placed(n *yamltree.Node, p Problem) Problem {
	inner := strings.TrimPrefix(strings.TrimPrefix(p.Path, "config"), ".")
	path := n.Path
	switch {
	case inner == "":
	case path == "" || inner[0] == '[':
		path += inner
	default:
		path += "." + inner
	}
	line, column := n.Place(path)
	return Problem{Line: line, Column: column, Path: path, Message: p.Message}
}
