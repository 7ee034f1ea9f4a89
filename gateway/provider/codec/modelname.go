package codec

import (
	"net/url"

	"github.com/sluicegate/sluice/gateway"
)

// isSegment reports whether a text of the caller's can stand in a path as one segment, as it is written.
// It must not lead to another path of the vendor's.
func isSegment(s string) bool {
	return s != "" && s != "." && s != ".." && url.PathEscape(s) == s
}

// badModel is the error for a model that a target's path cannot name. rule tells what the name must be,
// "" if the vendor's documents tell it.
func badModel(op string, t *gateway.Target, rule string) error {
	public := "The field 'model' is no name of a model for this target"
	if rule != "" {
		public += ": it must be " + rule
	}
	return &gateway.Error{Op: op, Kind: gateway.Invalid, Param: "model", Target: t.Path, Public: public + "."}
}
