package match

import (
	"slices"

	"github.com/sluicegate/sluice/cache/match/lexicon"
)

// Differences says in what two questions differ. Counts are of places, not of words: what
// stands between two words that both questions have is one place.
type Differences struct {
	Shared float64 // content words that both have, as a share of all content words
	Frame  float64 // words that both have in one order, as a share of the words of the longer one

	Replaced  int // places where each question has content words of its own
	Added     int // places where only one has content words
	Misspelt  int // replaced words that differ by a slip
	Inflected int // words in another grammatical form
	Capitals  int // replaced or added words with a capital, most of them names

	Negation, Opposite, WhWord, Time, Pronoun, Place, Tense int // marker classes of one question only
	Modal, Preposition                                      int // words of one question only
	Reordered                                               bool
	Roles                                                   bool // reordered, among words such as from, to and than
	Contrary                                                int  // words of one question that exclude words of the other
	Exchanged                                               bool // both have two things in each other's place
	Han                                                     bool // written in ideographs
	Words                                                   int  // content words of the shorter question
}

// Compare compares two questions of one language.
func Compare(a, b *Wording) Differences {
	d := Differences{Han: a.isHan() || b.isHan()}
	d.countShared(a, b)
	common := align(a.words, b.words)
	d.Frame = float64(len(common)) / float64(max(len(a.words), len(b.words), 1))
	i, j := 0, 0
	for _, at := range append(common, [2]int{len(a.words), len(b.words)}) {
		d.place(a.words[i:at[0]], b.words[j:at[1]], a.words, b.words)
		if at[0] < len(a.words) {
			d.inflection(a.words[at[0]], b.words[at[1]])
		}
		i, j = at[0]+1, at[1]+1
	}
	d.countMarkers(a.words, b.words)
	d.countMarkers(b.words, a.words)
	if a.future() != b.future() {
		d.Tense++
	}
	d.order(a, b)
	d.Contrary, d.Exchanged = contrary(a.words, b.words), exchanged(a.words, b.words)
	return d
}

// inflection compares two words with one stem. A verb of the third person in the past of one question
// only is another tense.
func (d *Differences) inflection(a, b word) {
	if a.text == b.text {
		return
	}
	if lexicon.Past(a.text) && lexicon.Present(b.text) || lexicon.Present(a.text) && lexicon.Past(b.text) {
		d.Tense++
	}
	if a.class == "" {
		d.Inflected++
	}
}

// future reports whether a question is about what will be. "Will you tell me" is a request.
func (w *Wording) future() bool {
	for i, v := range w.words {
		request := i+1 < len(w.words) && w.words[i+1].text == "you"
		if v.text == "will" && !request || v.text == "going" || v.text == "gonna" {
			return true
		}
	}
	return false
}

// place compares what stands between two common words. A word that the other question has
// elsewhere is no difference; its order may be one.
func (d *Differences) place(a, b, wholeA, wholeB []word) {
	own, other := lacking(a, wholeB), lacking(b, wholeA)
	switch {
	case len(own) == 1 && len(other) == 1 && misspelt(own[0].text, other[0].text):
		d.Misspelt++
		return
	case len(own) > 0 && len(other) > 0:
		d.Replaced++
	case len(own)+len(other) > 0:
		d.Added++
	}
	for _, w := range append(own, other...) {
		if w.capital {
			d.Capitals++
		}
	}
}

// lacking returns the content words that another question lacks.
func lacking(words, other []word) (list []word) {
	for _, w := range words {
		if w.content && !slices.ContainsFunc(other, w.same) {
			list = append(list, w)
		}
	}
	return list
}

func (w word) same(other word) bool { return w.stem == other.stem }

// countMarkers counts the markers, modals and prepositions of a that b lacks.
func (d *Differences) countMarkers(a, b []word) {
	for _, w := range a {
		lacking := !slices.ContainsFunc(b, w.same)
		if !lacking {
			continue
		}
		switch {
		case lexicon.Modal(w.text):
			d.Modal++
		case w.class == "" && lexicon.Preposition(w.text):
			d.Preposition++
		}
		if w.class == "" {
			continue
		}
		switch lexicon.KindOf(w.class) {
		case lexicon.Negation:
			d.Negation++
		case lexicon.WhWord:
			d.WhWord++
		case lexicon.Time:
			d.Time++
		case lexicon.Pronoun:
			d.Pronoun++
		case lexicon.Place:
			d.Place++
		case lexicon.Tense:
			d.Tense++
		default:
			d.Opposite++
		}
	}
}

func (d *Differences) countShared(a, b *Wording) {
	own, other := contentOf(a.words), contentOf(b.words)
	shared := 0
	for stem := range own {
		if other[stem] {
			shared++
		}
	}
	d.Words = min(len(own), len(other))
	d.Shared = 1
	if all := len(own) + len(other) - shared; all > 0 {
		d.Shared = float64(shared) / float64(all)
	}
}

func contentOf(words []word) map[string]bool {
	stems := map[string]bool{}
	for _, w := range words {
		if w.content {
			stems[w.stem] = true
		}
	}
	return stems
}

// order finds content words of both that stand in another order.
func (d *Differences) order(a, b *Wording) {
	own, other := contentOf(a.words), contentOf(b.words)
	in := func(words []word) (list []string) {
		for _, w := range words {
			if own[w.stem] && other[w.stem] {
				list = append(list, w.stem)
			}
		}
		return list
	}
	d.Reordered = !slices.Equal(in(a.words), in(b.words))
	d.Roles = d.Reordered && (a.directional || b.directional)
}

// align returns the places of the longest sequence of words that both have in one order.
func align(a, b []word) (common [][2]int) {
	// length[i][j] is that of the longest sequence of a[i:] and b[j:].
	width := len(b) + 1
	length := make([]uint16, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i].stem == b[j].stem {
				length[i*width+j] = length[(i+1)*width+j+1] + 1
			} else {
				length[i*width+j] = max(length[(i+1)*width+j], length[i*width+j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i].stem == b[j].stem:
			common = append(common, [2]int{i, j})
			i, j = i+1, j+1
		case length[(i+1)*width+j] >= length[i*width+j+1]:
			i++
		default:
			j++
		}
	}
	return common
}
