package telemetry

import "hash/maphash"

const (
	cleanTexts = 256  // remembered at most
	cleanText  = 4096 // length of the longest
)

// clean remembers texts in which the detector found nothing. Each has one place, by its hash,
// and the latest keeps it.
type clean struct {
	seed  maphash.Seed
	texts [][]byte
}

func newClean() clean { return clean{seed: maphash.MakeSeed(), texts: make([][]byte, cleanTexts)} }

func (c *clean) has(s string) bool { return len(s) <= cleanText && string(*c.place(s)) == s }

func (c *clean) add(s string) {
	if len(s) <= cleanText {
		p := c.place(s)
		*p = append((*p)[:0], s...)
	}
}

func (c *clean) place(s string) *[]byte { return &c.texts[maphash.String(c.seed, s)%cleanTexts] }

func (c *clean) forget() {
	for i := range c.texts {
		c.texts[i] = c.texts[i][:0]
	}
}
