package replay

import (
	"encoding/binary"

	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/cache/key"
)

// Cache is what a semantic cache knows at one point of a stream.
type Cache struct {
	stream *Stream
	group  []int           // of each question; 0: it is not stored
	groups []*decide.Group // from 1 on
	links  *decide.Links
}

// NewCache returns an empty cache.
func (s *Stream) NewCache() *Cache {
	return &Cache{stream: s, group: make([]int, len(s.Questions)), groups: []*decide.Group{nil}, links: decide.NewLinks()}
}

// Near returns the stored questions near question i, the nearest first, and their indices.
func (c *Cache) Near(i, most int, floor float64) (neighbours []decide.Neighbour, indices []int) {
	for _, n := range c.stream.earlier[i] {
		if n.cosine < floor || len(indices) == most {
			break
		}
		if g := c.group[n.index]; g != 0 {
			neighbours = append(neighbours, decide.Neighbour{Similarity: n.cosine, Text: c.stream.Questions[n.index].Text, Group: *c.groups[g]})
			if most > 1 {
				neighbours[len(neighbours)-1].Compared = c.stream.set.comparison(c.stream.order[i], c.stream.order[n.index])
			}
			indices = append(indices, n.index)
		}
	}
	if most > 1 {
		c.links.Join(neighbours)
	}
	return neighbours, indices
}

// Learn notes how the fresh answer to question i compares with those of neighbours, at the positions
// compared, and stores it. noise is the probability that a comparison is wrong, probable what was
// thought of each neighbour before.
func (c *Cache) Learn(i int, near []decide.Neighbour, indices, compared []int, probable func(n int) float64, same func(j int) bool, noise float64) {
	var groups []key.Digest
	var agreed []bool
	joined := -1
	for _, n := range compared {
		j := indices[n]
		is := same(j)
		belief := decide.Belief(probable(n), is, noise)
		group := c.groups[c.group[j]]
		group.Learn(near[n].Similarity, belief)
		groups, agreed = append(groups, group.ID), append(agreed, is)
		if joined < 0 && decide.Sure(belief) {
			joined = j
		}
	}
	c.links.Compared(groups, agreed, noise)
	if joined >= 0 {
		c.Join(i, joined)
	} else {
		c.Store(i)
	}
}

// Same reports whether two questions have one answer. A stored question is served with its own.
func (c *Cache) Same(i, j int) bool {
	return c.stream.Questions[i].Answer == c.stream.Questions[j].Answer
}

// Store stores question i with an answer of its own.
func (c *Cache) Store(i int) {
	id := key.Digest{}
	binary.BigEndian.PutUint64(id[:], uint64(len(c.groups)))
	c.groups = append(c.groups, &decide.Group{ID: id, Questions: 1})
	c.group[i] = len(c.groups) - 1
}

// Join stores question i as another wording of the stored question j.
func (c *Cache) Join(i, j int) {
	c.group[i] = c.group[j]
	c.groups[c.group[i]].Questions++
}
