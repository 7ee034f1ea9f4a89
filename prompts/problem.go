package prompts

import (
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// Problem is a problem of a body, at the path of the value.
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

// maxProblems is how many problems of a body are reported.
const maxProblems = 100

// add appends a problem unless it is already there: arms that share a text share its
// problems.
func (ps *problems) add(path, message string) {
	p := Problem{path, message}
	if len(*ps) < maxProblems && !slices.Contains(*ps, p) {
		*ps = append(*ps, p)
	}
}

// asError combines all problems in one error. Its Param is the first problem's path.
func (ps problems) asError(op string) error {
	if len(ps) == 0 {
		return nil
	}
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return gateway.InvalidField(op, ps[0].Path, "The prompt cannot be saved: "+strings.Join(lines, "; ")+".")
}
