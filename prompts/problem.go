package prompts

import (
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// Problem is something wrong in a body, at the path of the value.
type Problem struct {
	Path    string // "messages[0].content"; "" = the body itself
	Message string
}

func (p Problem) String() string {
	if p.Path == "" {
		return p.Message
	}
	return p.Path + ": " + p.Message
}

type problems []Problem

// add notes a problem once: arms that share a text share its problems.
func (ps *problems) add(path, message string) {
	p := Problem{path, message}
	if !slices.Contains(*ps, p) {
		*ps = append(*ps, p)
	}
}

// refusal makes one error of all problems; its Param is the first one's path.
func (ps problems) refusal(op string) error {
	if len(ps) == 0 {
		return nil
	}
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return gateway.InvalidField(op, ps[0].Path, "The prompt cannot be saved: "+strings.Join(lines, "; ")+".")
}
