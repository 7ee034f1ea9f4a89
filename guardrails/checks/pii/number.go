package pii

// number is a row of digit groups with short separators, as people write long numbers.
type number struct {
	digits [24]byte // of all groups
	group  [10]group
	n      int // groups
	start  int // of the first digit
}

// group is one run of digits: text[start:end], digits[:total] with all groups before it.
type group struct {
	start, end int
	total      int
	sep        byte // main separator before it: ' ', '-', '.', '/' or '(' for brackets
	width      int  // of the separator
}

func (n *number) size(k int) int { return n.group[k].end - n.group[k].start }

// sizes reports whether the first groups have these sizes.
func (n *number) sizes(want ...int) bool {
	if n.n < len(want) {
		return false
	}
	for k, w := range want {
		if n.size(k) != w {
			return false
		}
	}
	return true
}

// tight reports whether all separators up to group k are one byte of those given.
func (n *number) tight(k int, seps string) bool {
	for j := 1; j <= k; j++ {
		g := &n.group[j]
		if g.width != 1 || index(seps, g.sep) < 0 {
			return false
		}
	}
	return true
}

func index(s string, b byte) int {
	for i := 0; i < len(s); i++ {
		if s[i] == b {
			return i
		}
	}
	return -1
}

// read takes groups from the digit at i on, until the digits are too many for anything
// known.
func (n *number) read(t string, i int) {
	n.start = i
	total := 0
	sep, width := byte(0), 0
	for n.n < len(n.group) {
		j := i
		for j < len(t) && isDigit(t[j]) && total+j-i < len(n.digits) {
			n.digits[total+j-i] = t[j]
			j++
		}
		if j < len(t) && isDigit(t[j]) { // longer than anything known
			return
		}
		total += j - i
		n.group[n.n] = group{start: i, end: j, total: total, sep: sep, width: width}
		n.n++
		if sep, width = separator(t, j); width == 0 {
			return
		}
		i = j + width
	}
}

// separator reads what may stand between two groups: one of " -./", " - ", or brackets
// with a space or hyphen. Width 0: no digit follows.
func separator(t string, i int) (main byte, width int) {
	j := i
scan:
	for ; j < len(t) && j-i < 3; j++ {
		switch b := t[j]; b {
		case ' ':
			if main == ' ' || main == '.' || main == '/' {
				break scan
			}
			if main == 0 {
				main = ' '
			}
		case '-':
			if main != 0 && main != ' ' && main != '(' {
				break scan
			}
			if main != '(' {
				main = '-'
			}
		case '.', '/':
			if main != 0 {
				break scan
			}
			main = b
		case '(', ')':
			main = '('
		default:
			break scan
		}
	}
	if j == i || j >= len(t) || !isDigit(t[j]) {
		return 0, 0
	}
	if main == '-' && j-i == 2 {
		return 0, 0
	}
	return main, j - i
}

// fewest are the digits of the shortest number that means anybody: a telephone's. Most
// numbers have less, and no more groups.
const fewest = 7

// number handles the run of digits at i and returns where to go on.
func (s *scan) number(i int) int {
	t := s.text
	next := i
	for next < len(t) && isDigit(t[next]) {
		next++
	}
	s.work += next - i
	if s.on&iban != 0 && i >= 2 && next-i >= 2 && isLetter(t[i-1]) && isLetter(t[i-2]) && begins(t, i-2) {
		if end := s.ibanAt(i - 2); end > 0 {
			return end
		}
	}
	if !begins(t, i) || next-i > 19 || i >= 2 && t[i-1] == '.' && isDigit(t[i-2]) {
		return next
	}
	if next-i < fewest {
		if _, width := separator(t, next); width == 0 {
			return next
		}
	}
	var n number
	n.read(t, i)
	if n.n == 0 || n.n < 4 && n.group[n.n-1].total < fewest { // four may be an address
		return next
	}
	s.work += n.group[n.n-1].end - i
	switch {
	case s.on&cnID != 0 && s.cnID(&n):
	case s.on&ip != 0 && s.ipv4(&n):
	case s.on&card != 0 && s.card(&n):
	case glued(t, i):
		if s.on&(phone|cnMobile) == 0 || !s.mobile(&n) {
			return next
		}
	case s.on&ssn != 0 && s.ssn(&n):
	case s.on&(phone|cnMobile) != 0 && s.phone(&n):
	default:
		return next
	}
	return s.last
}

// glued reports whether a hyphen ties the number to a code before it: a part of a UUID, a
// date, an article number. Only shapes that say enough by themselves count there.
func glued(t string, i int) bool {
	if i < 2 || t[i-1] != '-' {
		return false
	}
	for j := i - 2; j >= 0 && j > i-18 && isWord(t[j]); j-- {
		if isDigit(t[j]) {
			return true
		}
	}
	return false
}
