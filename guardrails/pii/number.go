package pii

import "strings"

// number is a sequence of digit groups with short separators, as long numbers are written.
type number struct {
	digits [24]byte // of all groups
	group  [10]group
	n      int // number of groups
	start  int // offset of the first digit
}

// group is one run of digits, text[start:end].
type group struct {
	start, end int
	total      int  // digits up to the end of this group
	sep        byte // main separator before it: ' ', '-', '.', '/', or '(' for brackets
	width      int  // of the separator, in bytes
}

func (n *number) size(k int) int { return n.group[k].end - n.group[k].start }

// sizes reports whether the first groups have the given sizes.
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

// tight reports whether each separator up to group k is a single byte out of seps.
func (n *number) tight(k int, seps string) bool {
	for j := 1; j <= k; j++ {
		g := &n.group[j]
		if g.width != 1 || strings.IndexByte(seps, g.sep) < 0 {
			return false
		}
	}
	return true
}

// read collects groups from the digit at i on. It stops where no entity has more digits.
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
		if j < len(t) && isDigit(t[j]) { // too long for any entity
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

// separator reads the separator at i: one of " -./", " - ", or a bracket with a space or
// hyphen. The width is 0 if there is none, or no digit after it.
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

// minPhoneDigits is the length of the shortest number that is personal data. Numbers with
// fewer digits are skipped unless they have the four groups of an IP address.
const minPhoneDigits = 7

// number reads the entity around the digits at i and returns where to continue.
func (s *scan) number(i int) int {
	t := s.text
	next := i
	for next < len(t) && isDigit(t[next]) {
		next++
	}
	s.work += next - i
	if s.on&iban != 0 && i >= 2 && next-i >= 2 && isLetter(t[i-1]) && isLetter(t[i-2]) {
		if end := s.ibanAt(i - 2); end > 0 {
			return end
		}
	}
	if !s.mayBegin(i, true) || next-i > 19 || i >= 2 && t[i-1] == '.' && isDigit(t[i-2]) {
		return next
	}
	alone := begins(t, i) // else only a number with a checksum may begin here
	if alone {
		if end := s.decimalAt(i); end > 0 {
			return end
		}
	}
	if next-i < minPhoneDigits {
		if _, width := separator(t, next); width == 0 {
			return next
		}
	}
	var n number
	n.read(t, i)
	if n.n == 0 || n.n < 4 && n.group[n.n-1].total < minPhoneDigits { // four groups may be an address
		return next
	}
	s.work += n.group[n.n-1].end - i
	switch {
	case s.on&cnID != 0 && s.cnID(&n):
	case alone && s.on&ip != 0 && s.ipv4(&n):
	case s.on&card != 0 && s.card(&n):
	case !alone:
		return next
	case partOfIdentifier(t, i):
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

// partOfIdentifier reports whether a hyphen joins the number at i to a code with digits: it
// then belongs to a UUID, a date or an article number. Only unambiguous formats count there.
func partOfIdentifier(t string, i int) bool {
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
