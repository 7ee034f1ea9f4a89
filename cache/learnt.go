package cache

import (
	"bytes"
	"encoding/gob"

	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/cache/promise"
)

// learnt is what the cache has learnt, for a restart: one frame of the snapshot for each group of
// traffic, and one for the rest.
type learnt struct {
	Promise *promise.Record // nil: the rest
	Groups  []sharedAnswer
	Tallies map[string]Tally
}

// sharedAnswer is an answer and the entries that share it.
type sharedAnswer struct {
	Group   decide.Group
	Entries []key.Digest
}

// maxSharedAnswers bounds a frame.
const maxSharedAnswers = 10_000

// writeLearnt writes frames of what was learnt.
func (s *Service) writeLearnt(f *frameWriter) {
	for _, r := range s.promises.Records() {
		writeGob(f, learnt{Promise: &r})
	}
	writeGob(f, learnt{Tallies: s.tallies.all()})
	groups := s.groups.all()
	for len(groups) > 0 {
		n := min(len(groups), maxSharedAnswers)
		writeGob(f, learnt{Groups: groups[:n]})
		groups = groups[n:]
	}
}

func writeGob(f *frameWriter, l learnt) {
	b := bytes.NewBuffer([]byte{frameLearnt})
	if f.err == nil {
		f.err = gob.NewEncoder(b).Encode(l)
	}
	f.write(b.Bytes())
}

// restoreLearnt reads a frame that writeLearnt wrote.
func (s *Service) restoreLearnt(record []byte) error {
	var l learnt
	if err := gob.NewDecoder(bytes.NewReader(record)).Decode(&l); err != nil {
		return errRecord
	}
	if l.Promise != nil {
		s.promises.Restore(l.Promise)
	}
	s.groups.restore(l.Groups)
	s.tallies.restore(l.Tallies)
	return nil
}

// all returns the answers about which something is known.
func (g *answerGroups) all() []sharedAnswer {
	g.mu.Lock()
	defer g.mu.Unlock()
	at := map[*decide.Group]int{}
	var out []sharedAnswer
	for entry, group := range g.byEntry {
		i, known := at[group]
		if !known {
			i = len(out)
			at[group] = i
			out = append(out, sharedAnswer{Group: *group})
		}
		out[i].Entries = append(out[i].Entries, entry)
	}
	return out
}

func (g *answerGroups) restore(list []sharedAnswer) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i := range list {
		for _, entry := range list[i].Entries {
			if len(g.byEntry) < maxGrouped {
				g.byEntry[entry] = &list[i].Group
			}
		}
	}
}
