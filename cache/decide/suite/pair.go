package suite

import (
	"math/rand/v2"
	"strings"
)

// Pair is two questions.
type Pair struct {
	Asked, Stored string
	Class         string // of the difference
	Same          bool   // one answer serves both
	HeldOut       bool
	Chinese       bool
}

// The classes of pairs with the same answer. Those of other pairs are the classes of variables,
// followed by Reworded if the frame differs as well.
const (
	Dressed   = "paraphrase: politeness, capitals"
	Synonym   = "paraphrase: a word"
	Reworded  = "paraphrase: the sentence"
	Misspelt  = "paraphrase: misspelling"
	Rewording = " in other words"
	Unrelated = "unrelated"
)

// Pairs draws up to perClass pairs for each need and class.
func Pairs(needs []Need, perClass int, r *rand.Rand) (pairs []Pair) {
	for i := range needs {
		n := &needs[i]
		for range perClass {
			pairs = append(pairs, n.paraphrases(r)...)
			pairs = append(pairs, n.edits(r)...)
			if other := &needs[r.IntN(len(needs))]; other != n && other.Chinese == n.Chinese {
				pairs = append(pairs, n.pair(n.text(n.random(r), r), other.text(other.random(r), r), Unrelated, false))
			}
		}
	}
	return unique(pairs)
}

func (n *Need) pair(asked, stored, class string, same bool) Pair {
	return Pair{Asked: asked, Stored: stored, Class: class, Same: same, HeldOut: n.HeldOut, Chinese: n.Chinese}
}

func (n *Need) paraphrases(r *rand.Rand) (pairs []Pair) {
	w := n.random(r)
	text := n.text(w, r)
	pairs = append(pairs, n.pair(dressed(text, n.Chinese, r), text, Dressed, true), n.pair(n.text(w, r), text, Synonym, true))
	if wrong := misspelt(text, r); wrong != "" && !n.Chinese {
		pairs = append(pairs, n.pair(wrong, text, Misspelt, true))
	}
	other := w
	other.frame = r.IntN(len(n.frames))
	if other.frame != w.frame && n.sayTheSame(w, other) {
		pairs = append(pairs, n.pair(dressed(n.text(other, r), n.Chinese, r), text, Reworded, true))
	}
	return pairs
}

// sayTheSame reports whether two frames mention the same variables.
func (n *Need) sayTheSame(a, b wording) bool {
	for i := range n.variables {
		if n.asks(a.frame, i) != n.asks(b.frame, i) {
			return false
		}
	}
	return true
}

// edits changes one variable after the other, in the same frame and in another one.
func (n *Need) edits(r *rand.Rand) (pairs []Pair) {
	for i, v := range n.variables {
		w := n.random(r)
		other := wording{frame: w.frame, values: append([]int(nil), w.values...)}
		other.values[i] = r.IntN(len(v.values))
		if v.class == loose || v.meaning[other.values[i]] == v.meaning[w.values[i]] || !n.asks(w.frame, i) {
			continue
		}
		seed := r.Uint64()
		text := n.text(w, rand.New(rand.NewPCG(seed, 1)))
		pairs = append(pairs, n.pair(n.text(other, rand.New(rand.NewPCG(seed, 1))), text, v.class, false))
		if other.frame = r.IntN(len(n.frames)); other.frame != w.frame && n.asks(other.frame, i) {
			pairs = append(pairs, n.pair(n.text(other, r), text, v.class+Rewording, false))
		}
	}
	return pairs
}

func unique(pairs []Pair) (kept []Pair) {
	seen := map[[2]string]bool{}
	for _, p := range pairs {
		at := [2]string{p.Asked, p.Stored}
		if !seen[at] && !strings.EqualFold(p.Asked, p.Stored) {
			seen[at] = true
			kept = append(kept, p)
		}
	}
	return kept
}
