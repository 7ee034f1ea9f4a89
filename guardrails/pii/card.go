package pii

// card reads a payment card number: 13 to 19 digits in a known issuer range, with a valid
// Luhn digit and in the groups that cards are printed in.
func (s *scan) card(n *number) bool {
	best := -1
	for k := 0; k < n.n; k++ {
		total := n.group[k].total
		if total > 19 {
			break
		}
		if total < 13 || !grouped(n, k) || !s.apart(n.start, n.group[k].end, true) {
			continue
		}
		if d := n.digits[:total]; issuer(d) && luhn(d) {
			best = k
			if two(d) != 62 { // China UnionPay numbers have up to 19 digits: try the longest
				break
			}
		}
	}
	score := float32(.95)
	if best < 0 && n.n > 0 && s.bank(n) {
		best, score = 0, .6
	}
	if best < 0 {
		return false
	}
	s.add(card, n.start, n.group[best].end, score)
	return true
}

// bank reads an ungrouped UnionPay number with an invalid Luhn digit, if the text nearby
// calls it a bank card.
func (s *scan) bank(n *number) bool {
	total := n.group[0].total
	return total >= 16 && total <= 19 && two(n.digits[:]) == 62 && s.apart(n.start, n.group[0].end, false) && s.preceded(n.start, farWindow, bankWords)
}

// grouped reports whether the groups up to k have the sizes that cards are printed in:
// 4-4-4-4(-3), 4-6-5, 4-6-4, 4-5-6 or 6-13.
func grouped(n *number, k int) bool {
	if k == 0 {
		return true
	}
	for j := 1; j <= k; j++ {
		if g := &n.group[j]; g.width != 1 && g.width != 3 || g.sep == '/' || g.sep == '(' {
			return false
		}
	}
	switch {
	case k == 1:
		return n.size(0) == 6
	case k == 2 && n.size(0) == 4:
		return n.size(1) == 6 && (n.size(2) == 5 || n.size(2) == 4) || n.size(1) == 5 && n.size(2) == 6
	}
	for j := 0; j < k; j++ {
		if n.size(j) != 4 {
			return false
		}
	}
	return n.size(k) <= 4
}

// issuer reports whether the digits are in the range of a card network and have one of its
// lengths.
func issuer(d []byte) bool {
	p := two(d)*100 + two(d[2:]) // first four digits
	switch n := len(d); {
	case d[0] == '4': // Visa
		return n == 13 || n == 16 || n == 19
	case p >= 5100 && p <= 5599, p >= 2221 && p <= 2720: // Mastercard
		return n == 16
	case p/100 == 34, p/100 == 37: // American Express
		return n == 15
	case p >= 3000 && p <= 3059, p == 3095, p/100 == 36, p/100 == 38, p/100 == 39: // Diners Club
		return n >= 14
	case p >= 3528 && p <= 3589: // JCB
		return n >= 16
	case p == 2131, p == 1800: // JCB, old
		return n == 15
	case p/100 == 62, p/100 == 81: // UnionPay
		return n >= 16
	case p == 6011, p >= 6440 && p <= 6599: // Discover
		return n >= 16
	case p >= 2200 && p <= 2204, p == 9792, p/100 == 60, p/100 == 82: // Mir, Troy, RuPay
		return n >= 16
	case p/100 == 50, p >= 5600 && p <= 5899, p/100 == 63, p/100 == 67: // Maestro
		return n >= 13
	}
	return false
}

// luhn reports whether the check digit is valid. Equal digits throughout are rejected.
func luhn(d []byte) bool {
	sum, double, same := 0, false, true
	for i := len(d) - 1; i >= 0; i-- {
		v := int(d[i] - '0')
		same = same && d[i] == d[0]
		if double {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
		double = !double
	}
	return sum%10 == 0 && !same
}
