package credential

import (
	"cmp"
	"slices"
	"time"
)

// ExpirySoon is how long before its end a virtual key is told of.
const ExpirySoon = 7 * 24 * time.Hour

// Concern is what keeps an enabled virtual key from being used, now or soon.
type Concern struct {
	Workspace  string // name
	VirtualKey string
	Problem    string // completes "The virtual key …"
}

// Concerns lists those of all workspaces, by workspace and name. Keys that were stored before Sluice
// asked for a field are among them: they are kept as they are.
func (s *Service) Concerns() []Concern {
	v := s.snapshot.Load()
	if v == nil {
		return nil
	}
	var out []Concern
	for _, e := range v.entries {
		if e.stored.Disabled {
			continue
		}
		_, workspace, _ := s.workspaces.FindWorkspace(e.stored.Workspace)
		add := func(problem string) { out = append(out, Concern{workspace, e.stored.Name, problem}) }
		if field, problem := s.missing(e); problem != "" {
			add("cannot be used: the field '" + field + "' " + problem)
		}
		if problem := ExpiryProblem(e.stored.ExpiresAt, s.cfg.Now()); problem != "" {
			add(problem)
		}
	}
	slices.SortFunc(out, func(a, b Concern) int {
		return cmp.Or(cmp.Compare(a.Workspace, b.Workspace), cmp.Compare(a.VirtualKey, b.VirtualKey), cmp.Compare(a.Problem, b.Problem))
	})
	return out
}

// ExpiryProblem tells of an end that has come, or comes soon; "" if neither.
func ExpiryProblem(at, now time.Time) string {
	switch {
	case at.IsZero() || at.After(now.Add(ExpirySoon)):
		return ""
	case at.After(now):
		return "expires at " + at.UTC().Format(time.RFC3339)
	}
	return "has expired at " + at.UTC().Format(time.RFC3339)
}
