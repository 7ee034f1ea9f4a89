package cache

import (
	"bytes"
	"encoding/gob"
	"iter"
	"maps"
	"slices"

	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/cache/promise"
	"github.com/sluicegate/sluice/cache/seal"
)

// learnt is what the cache has learnt, for a restart: one frame of the snapshot for each group of
// traffic, and others for the rest. The journal has frames of what has changed since.
type learnt struct {
	Promise *promise.Record // nil: the rest
	Change  *promise.Change // in the journal
	Groups  []sharedAnswer
	Links   []decide.Link
	Tallies map[string]Tally

	Model string        // embedder
	Scale *decide.Scale // of its similarities, if they were measured
}

// sharedAnswer is an answer and the entries that share it.
type sharedAnswer struct {
	Group   decide.Group
	Entries []key.Digest
}

// These bound a frame.
const (
	maxSharedAnswers = 10_000
	maxLinksOfFrame  = 10_000
)

// writeLearnt writes frames of what was learnt.
func (s *Service) writeLearnt(f *seal.FrameWriter) {
	for _, r := range s.promises.Records() {
		writeGob(f, learnt{Promise: &r})
	}
	rest := learnt{Tallies: s.tallies.all()}
	if c := s.calibration.Load(); c != nil && c.ready && !c.shipped {
		scale := c.Scale()
		rest.Model, rest.Scale = s.model, &scale
	}
	writeGob(f, rest)
	groups := s.groups.all()
	for len(groups) > 0 {
		n := min(len(groups), maxSharedAnswers)
		writeGob(f, learnt{Groups: groups[:n]})
		groups = groups[n:]
	}
	for links := range slices.Chunk(s.groups.links.All(), maxLinksOfFrame) {
		writeGob(f, learnt{Links: links})
	}
}

// journalLearnt notes what was learnt since it was called last.
func (s *Service) journalLearnt() {
	changes, tallies, groups, links := s.promises.Changes(), s.tallies.changes(), s.groups.changes(), s.groups.links.Changes()
	if s.journal.path == "" {
		return
	}
	for i := range changes {
		s.journalGob(learnt{Change: &changes[i]})
	}
	if len(tallies) > 0 {
		s.journalGob(learnt{Tallies: tallies})
	}
	if len(groups) > 0 {
		s.journalGob(learnt{Groups: groups})
	}
	if len(links) > 0 {
		s.journalGob(learnt{Links: links})
	}
}

func (s *Service) journalGob(l learnt) {
	var b bytes.Buffer
	if gob.NewEncoder(&b).Encode(l) == nil { // plain data always encodes
		s.journal.add(frameLearnt, b.Bytes())
	}
}

func writeGob(f *seal.FrameWriter, l learnt) {
	b := bytes.NewBuffer([]byte{frameLearnt})
	if f.Err == nil {
		f.Err = gob.NewEncoder(b).Encode(l)
	}
	f.Write(b.Bytes())
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
	if l.Change != nil {
		s.promises.Apply(l.Change)
	}
	if l.Scale != nil && l.Model == s.model && s.cfg.Embedder != nil && !s.calibration.Load().shipped {
		s.calibration.Store(&calibration{Model: decide.Scaled(*l.Scale), ready: true})
	}
	s.groups.restore(l.Groups)
	s.groups.links.Restore(l.Links)
	s.tallies.restore(l.Tallies)
	return nil
}

// all returns the answers about which something is known.
func (g *answerGroups) all() []sharedAnswer {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.shared(maps.Keys(g.byEntry))
}

// changes returns those about which something was learnt since it was called last.
func (g *answerGroups) changes() []sharedAnswer {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := g.shared(maps.Keys(g.changed))
	clear(g.changed)
	return out
}

// shared returns the answers of entries. The caller holds mu.
func (g *answerGroups) shared(entries iter.Seq[key.Digest]) (out []sharedAnswer) {
	at := map[*decide.Group]int{}
	for entry := range entries {
		group := g.byEntry[entry]
		if group == nil {
			continue
		}
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

// restore sets what is known about answers. Entries that shared one already go on sharing it.
func (g *answerGroups) restore(list []sharedAnswer) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i := range list {
		group := &list[i].Group
		for _, entry := range list[i].Entries {
			if known := g.byEntry[entry]; known != nil && known.ID == group.ID {
				*known = *group
				group = known
				break
			}
		}
		for _, entry := range list[i].Entries {
			if len(g.byEntry) < maxGrouped {
				g.byEntry[entry] = group
			}
		}
	}
}
