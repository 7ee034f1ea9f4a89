package main

import (
	"strings"

	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// placed puts a problem of a config document where it stands in the tree n of that
// document. The validator's paths begin with "config".
func placed(n *yamltree.Node, p problem) problem {
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
	return problem{Line: line, Column: column, Path: path, Message: p.Message}
}
