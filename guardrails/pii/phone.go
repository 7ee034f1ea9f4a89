package pii

import "strings"

// phone reads a telephone number: international with + or 00, Chinese mobile, North
// American 3-3-4, national with a leading 0, or Indian 5-5. Any other number of at least
// seven digits needs a word nearby that names it.
func (s *scan) phone(n *number) bool {
	if s.mobile(n) {
		return true
	}
	if s.on&phone == 0 {
		return false
	}
	start, plus := n.start, false
	if start > 0 && s.text[start-1] == '+' && begins(s.text, start-1) {
		plus = true
		start--
	}
	open := false
	if start > 0 && s.text[start-1] == '(' && n.n > 1 && n.group[1].sep == '(' {
		open = true
		start--
	}
	var k int
	score := float32(.8)
	switch {
	case plus:
		k = s.international(n, 0)
	case n.digits[0] == '0' && n.digits[1] == '0' && n.group[n.n-1].total >= 10:
		if k = s.international(n, 2); (k == 0 || n.size(0) < 3) && !s.preceded(n.start, nearWindow, phoneWords) {
			k = -1
		}
	case n.digits[0] == '0':
		k = s.trunk(n, open)
	default:
		k = s.american(n, open)
		if k < 0 {
			k = s.shaped(n, open)
		}
	}
	if k < 0 {
		if k = s.labelled(n); k < 0 {
			return false
		}
		score = .6
	}
	s.add(phone, start, s.extension(n.group[k].end), score)
	return true
}

// ends reports whether the number may end after group k.
func (s *scan) ends(n *number, k int) bool {
	end := n.group[k].end
	return ends(s.text, end) || s.extension(end) > end
}

// mobile reads a mobile number of mainland China: eleven digits that begin with 13 to 19,
// with or without the calling code 86.
func (s *scan) mobile(n *number) bool {
	start, at := n.start, 0
	if start > 0 && s.text[start-1] == '+' {
		if !begins(s.text, start-1) || n.digits[0] != '8' || n.digits[1] != '6' {
			return false
		}
		start--
	}
	switch {
	case n.digits[0] == '8' && n.digits[1] == '6':
		at = 2
	case n.digits[0] == '0' && n.digits[1] == '0' && n.digits[2] == '8' && n.digits[3] == '6':
		at = 4
	}
	k := 0
	for k < n.n && n.group[k].total < at+11 {
		k++
	}
	if k == n.n || n.group[k].total != at+11 || n.digits[at] != '1' || n.digits[at+1] < '3' || !s.ends(n, k) {
		return false
	}
	first := 0 // group of the first digit after the calling code
	if at > 0 && n.group[0].total == at {
		first = 1
	}
	if !mobileGroups(n, first, k, at) {
		return false
	}
	if start > 0 && s.text[start-1] == '(' && k > 0 && n.group[1].sep == '(' {
		start--
	}
	e := cnMobile
	if s.on&cnMobile == 0 {
		e = phone
	}
	s.add(e, start, s.extension(n.group[k].end), .9)
	return true
}

// mobileGroups reports whether groups first to k have the sizes of a Chinese mobile number:
// 11, 3-4-4, 3-8, 4-3-4, 4-4-3 or 7-4.
func mobileGroups(n *number, first, k, at int) bool {
	for j := 1; j <= k; j++ {
		g := &n.group[j]
		if g.sep == '/' || g.sep == '.' || g.width > 2 {
			return false
		}
	}
	size := n.size(first)
	if first == 0 {
		size -= at
	}
	switch k - first {
	case 0:
		return true
	case 1:
		return size == 3 || size == 7
	case 2:
		return size == 3 && n.size(k) == 4 || size == 4 && (n.size(k) == 4 || n.size(k) == 3)
	}
	return false
}

// american returns the last group of a North American number (3-3-4, 1-3-3-4 or 3-7), or -1.
// Area and exchange begin with 2 to 9 unless the area stands in brackets.
func (s *scan) american(n *number, open bool) int {
	var k, at int
	switch {
	case n.sizes(3, 3, 4):
		k = 2
	case n.sizes(1, 3, 3, 4) && n.digits[0] == '1':
		k, at = 3, 1
	case n.sizes(3, 7) && (open || n.group[1].sep == '-'):
		k = 1
	default:
		return -1
	}
	for j := 1; j <= k; j++ {
		if n.group[j].sep == '/' || n.group[j].width > 2 && n.group[j].sep != '(' {
			return -1
		}
	}
	if !s.ends(n, k) || n.digits[at] < '2' && !open || n.digits[at+3] < '2' && !open && n.group[k].sep != '-' {
		return -1
	}
	return k
}

// shaped returns the last group of a number in another unambiguous format, or -1: Indian
// 5-5, a Brazilian area in brackets, Russian 8 (495) 123-45-67.
func (s *scan) shaped(n *number, open bool) int {
	switch {
	case n.sizes(5, 5) && n.tight(1, " -") && n.digits[0] >= '6' && s.ends(n, 1):
		return 1
	case open && (n.sizes(2, 5, 4) || n.sizes(2, 4, 4)) && s.ends(n, 2):
		return 2
	case n.sizes(1, 3, 3, 2, 2) && (n.digits[0] == '8' || n.digits[0] == '7') && s.ends(n, 4):
		return 4
	}
	return -1
}

// trunk returns the last group of a national number with a leading 0, or -1. The number has
// at least two groups, except British mobile numbers.
func (s *scan) trunk(n *number, open bool) int {
	if n.n == 1 {
		d := &n.digits // a British mobile number is written without separators
		if n.size(0) == 11 && d[1] == '7' && d[2] >= '3' && s.ends(n, 0) {
			return 0
		}
		return -1
	}
	if n.size(0) < 2 || n.size(0) > 6 || n.digits[1] == '0' || inHexPairs(s.text, n.start) {
		return -1
	}
	for k := n.n - 1; k > 0; k-- {
		total := n.group[k].total
		if total < 9 || total > 12 || !s.ends(n, k) || !alike(n, 2, k) {
			continue
		}
		if total == 9 && k > 1 && n.size(0) > 2 && n.group[1].sep == ' ' || total == 12 && n.size(0) != 4 || n.size(0) == 6 && total != 11 {
			continue // 013 014 015
		}
		if first := n.group[1].sep; !open && first != ' ' && first != '-' && first != '/' && first != '(' && !(first == '.' && alike(n, 1, k)) {
			continue
		}
		if k == 3 && n.sizes(2, 2, 4) || k == 2 && n.sizes(4, 2, 2) {
			continue // a date, then another number
		}
		if n.size(0) == 2 && n.size(1) == 2 && inHexDump(s.text, n.start, n.group[k].end) {
			return -1
		}
		return k
	}
	return -1
}

// inHexDump reports whether text[start:end] is surrounded by pairs of hex digits.
func inHexDump(t string, start, end int) bool {
	i := start
	for i > 0 && t[i-1] == ' ' && start-i < 3 {
		i--
	}
	pair := func(i int) bool {
		return i >= 0 && i+2 <= len(t) && isHex(t[i]) && isHex(t[i+1]) && (isDigit(t[i]) || isDigit(t[i+1])) &&
			(i == 0 || !isWord(t[i-1])) && (i+2 == len(t) || !isWord(t[i+2]))
	}
	return i < start && (pair(i-2) || i > 4 && isHex(t[i-1]) && isHex(t[i-2]) && pair(i-5)) || end < len(t) && t[end] == ' ' && pair(end+1)
}

// inHexPairs reports whether the digits at i follow a colon and belong to a time or to a
// hardware address such as "fc:01".
func inHexPairs(t string, i int) bool {
	if i < 3 || t[i-1] != ':' || !isHex(t[i-2]) {
		return false
	}
	j := i - 2
	for j > 0 && i-j < 5 && isAlnum(t[j-1]) {
		j--
	}
	return i-1-j <= 2
}

// alike reports whether groups from to k have the same one-byte separator and at least two
// digits each.
func alike(n *number, from, k int) bool {
	for j := from; j <= k; j++ {
		if g := &n.group[j]; g.width != 1 || g.end-g.start == 1 || g.sep == '/' || g.sep == '(' || g.sep != n.group[from].sep {
			return false
		}
	}
	return true
}

// labelled returns the last group of a number that a word before it calls a telephone
// number, or -1.
func (s *scan) labelled(n *number) int {
	for k := n.n - 1; k >= 0; k-- {
		total := n.group[k].total
		if total < 7 || total > 15 || !s.ends(n, k) {
			continue
		}
		if n.sizes(4, 2, 2) || n.sizes(2, 2, 4) || n.sizes(4, 2) && n.n == 2 || k > 0 && !alike(n, 2, k) {
			continue
		}
		if n.tight(k, ".") && (k == 3 || k == 1) {
			continue // an IP address or a decimal fraction
		}
		if s.preceded(n.start, nearWindow, phoneWords) || total >= 10 && s.preceded(n.start, nearWindow, callWords) {
			return k
		}
		return -1
	}
	return -1
}

// extension reads an extension such as "x123", "ext. 123" or "转123" at i and returns its
// end, or i.
func (s *scan) extension(i int) int {
	t := s.text
	j := i
	for j < len(t) && t[j] == ' ' && j-i < 2 {
		j++
	}
	word := 0
	for _, w := range [...]string{"extension", "ext.", "ext", "x", "转"} {
		if len(t)-j > len(w) && strings.EqualFold(t[j:j+len(w)], w) {
			word = len(w)
			break
		}
	}
	if word == 0 {
		return i
	}
	j += word
	if j < len(t) && (t[j] == ' ' || t[j] == '.') {
		j++
	}
	from := j
	for j < len(t) && isDigit(t[j]) {
		j++
	}
	if j == from || j-from > 6 || j < len(t) && isWord(t[j]) {
		return i
	}
	return j
}
