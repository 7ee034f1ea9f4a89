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

// text is detect(s), which is not asked if it found nothing before.
func (c *clean) text(s string, detect func(string) string) string {
	if len(s) > cleanText {
		return detect(s)
	}
	p := c.place(s)
	if string(*p) == s {
		return s
	}
	t := detect(s)
	if t == s {
		*p = append((*p)[:0], s...)
	}
	return t
}

func (c *clean) place(s string) *[]byte { return &c.texts[maphash.String(c.seed, s)%cleanTexts] }

func (c *clean) forget() {
	for i := range c.texts {
		c.texts[i] = c.texts[i][:0]
	}
}
