package promise

import (
	"cmp"
	"slices"
	"sync"
)

// Group names traffic that has a threshold of its own.
type Group struct {
	Workspace string // id
	Config    string // slug; "" = none is saved
	Model     string // as asked for
	Prompt    string // id of the template
}

// The most groups of one workspace, and of all. The one that was used longest ago makes room.
const (
	maxOfWorkspace = 64
	maxGroups      = 512
)

// Groups keeps a controller for each group and limit. It is safe for concurrent use.
type Groups struct {
	mu    sync.Mutex
	turn  uint64
	known map[place]*member
}

type place struct {
	group    Group
	maxError float64
}

type member struct {
	*Controller
	used uint64 // turn of the last use
}

// NewGroups returns no groups.
func NewGroups() *Groups { return &Groups{known: map[place]*member{}} }

// Controller returns the controller of a group and a limit. It begins a new one where there is
// none.
func (g *Groups) Controller(group Group, maxError float64) *Controller {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.turn++
	at := place{group, maxError}
	m := g.known[at]
	if m == nil {
		m = &member{Controller: New(Settings{MaxError: maxError})}
		g.add(at, m)
	}
	m.used = g.turn
	return m.Controller
}

// add makes room, first in the group's own workspace.
func (g *Groups) add(at place, m *member) {
	var own, all []place
	for known := range g.known {
		all = append(all, known)
		if known.group.Workspace == at.group.Workspace {
			own = append(own, known)
		}
	}
	longestAgo := func(a, b place) int { return cmp.Compare(g.known[a].used, g.known[b].used) }
	switch {
	case len(own) >= maxOfWorkspace:
		delete(g.known, slices.MinFunc(own, longestAgo))
	case len(all) >= maxGroups:
		delete(g.known, slices.MinFunc(all, longestAgo))
	}
	g.known[at] = m
}

// GroupState is how one group stands.
type GroupState struct {
	Group
	State
}

// Of returns how the groups of a workspace stand, the one with the most requests first.
func (g *Groups) Of(workspace string) []GroupState {
	var out []GroupState
	for at, c := range g.all() {
		if at.group.Workspace == workspace {
			out = append(out, GroupState{at.group, c.State()})
		}
	}
	slices.SortFunc(out, func(a, b GroupState) int {
		return cmp.Or(cmp.Compare(b.Requests, a.Requests), cmp.Compare(a.Config, b.Config), cmp.Compare(a.Model, b.Model), cmp.Compare(a.Prompt, b.Prompt), cmp.Compare(a.MaxError, b.MaxError))
	})
	return out
}

// State returns how a group stands, without beginning one.
func (g *Groups) State(group Group, maxError float64) GroupState {
	g.mu.Lock()
	m := g.known[place{group, maxError}]
	g.mu.Unlock()
	if m == nil {
		return GroupState{group, New(Settings{MaxError: maxError}).State()}
	}
	return GroupState{group, m.Controller.State()}
}

// Alarmed returns how many groups are silent after an alarm, and how many alarms there were.
func (g *Groups) Alarmed() (now, alarms int) {
	for _, c := range g.all() {
		s := c.State()
		alarms += s.Alarms
		if s.Alarmed {
			now++
		}
	}
	return now, alarms
}

func (g *Groups) all() map[place]*Controller {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := make(map[place]*Controller, len(g.known))
	for at, m := range g.known {
		out[at] = m.Controller
	}
	return out
}

// Records returns what all controllers learnt.
func (g *Groups) Records() []Record {
	var out []Record
	for at, c := range g.all() {
		r := c.record()
		r.Group = at.group
		out = append(out, r)
	}
	return out
}

// Restore adds the controller of a record.
func (g *Groups) Restore(r *Record) {
	if !(r.MaxError > 0 && r.MaxError < 1) {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.turn++
	g.add(place{r.Group, r.MaxError}, &member{restored(Settings{MaxError: r.MaxError}, r), g.turn})
}
