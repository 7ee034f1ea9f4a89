package decide

// Belief is the probability that two questions have one answer, after their answers were compared.
// prior is what was thought before, noise the probability that the comparison is wrong.
func Belief(prior float64, same bool, noise float64) float64 {
	ifSame, ifOther := noise, 1-noise // how probable the outcome is
	if same {
		ifSame, ifOther = ifOther, ifSame
	}
	if all := prior*ifSame + (1-prior)*ifOther; all > 0 {
		return prior * ifSame / all
	}
	return ifSame / (ifSame + ifOther)
}

// sure is the belief that counts as knowledge.
const sure = .9

// Sure reports whether a belief is enough to treat two questions as having one answer.
func Sure(belief float64) bool { return belief >= sure }

// Learn notes a later question with the belief that it has the group's answer.
func (g *Group) Learn(similarity, belief float64) {
	g.Same += belief
	g.Different += 1 - belief
	switch {
	case Sure(belief) && (g.LeastSame == 0 || similarity < g.LeastSame):
		g.LeastSame = similarity
	case Sure(1 - belief):
		g.MostDifferent = max(g.MostDifferent, similarity)
	}
}
