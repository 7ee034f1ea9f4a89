package pii

// ssn reads a US social security number: area, group and serial are not zero, and the area
// is neither 666 nor 9xx. Nine ungrouped digits need a word nearby that names them.
func (s *scan) ssn(n *number) bool {
	k := 0
	score := float32(.8)
	switch {
	case n.sizes(3, 2, 4) && n.tight(2, "- .") && n.group[1].sep == n.group[2].sep:
		k = 2
	case n.size(0) == 9 && s.preceded(n.start, farWindow, ssnWords):
	default:
		return false
	}
	d := &n.digits
	end := n.group[k].end
	if !ends(s.text, end) || d[0] == '9' || three(d[:]) == 666 || three(d[:]) == 0 || two(d[3:]) == 0 || two(d[5:]) == 0 && two(d[7:]) == 0 {
		return false
	}
	s.add(ssn, n.start, end, score)
	return true
}

func three(d []byte) int { return two(d)*10 + int(d[2]-'0') }
