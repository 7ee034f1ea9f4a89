package pii

// minSignificant is how many digits, without zeros at the end, a number in decimal or
// scientific notation has at least to be read as an integer: 1.5e10 is a quantity.
const minSignificant = 9

// decimal reads an integer in decimal or scientific notation at i, such as
// 4.111111111111111e15 or 4111111111111111.0, and returns its end, or 0 if there is none.
func decimal(t string, i int) (n number, end int) {
	var digits []byte
	j, point, fraction := i, -1, false
	for ; j < len(t) && len(digits) <= len(n.digits); j++ {
		if t[j] == '.' && point < 0 && j > i {
			point, fraction = len(digits), true
			continue
		}
		if !isDigit(t[j]) {
			break
		}
		digits = append(digits, t[j])
	}
	if point < 0 {
		point = len(digits)
	}
	exponent, after := readExponent(t, j)
	if !fraction && after == j || fraction && t[j-1] == '.' || after < len(t) && (isWord(t[after]) || t[after] == '.' && after+1 < len(t) && isDigit(t[after+1])) {
		return n, 0
	}
	point += exponent
	for len(digits) > 0 && digits[0] == '0' {
		digits, point = digits[1:], point-1
	}
	for len(digits) > 0 && digits[len(digits)-1] == '0' {
		digits = digits[:len(digits)-1]
	}
	if len(digits) < minSignificant || len(digits) > point || point > 19 {
		return n, 0
	}
	n.start, n.n = i, 1
	for k := range point {
		n.digits[k] = '0'
	}
	copy(n.digits[:], digits)
	n.group[0] = group{start: after - point, end: after, total: point}
	return n, after
}

// readExponent reads "e15", "E+15" or "e-3" at i and returns its value and its end; 0 and i if
// there is none.
func readExponent(t string, i int) (exponent, end int) {
	if i >= len(t) || t[i]|0x20 != 'e' {
		return 0, i
	}
	j, sign := i+1, 1
	if j < len(t) && (t[j] == '+' || t[j] == '-') {
		if t[j] == '-' {
			sign = -1
		}
		j++
	}
	from := j
	for j < len(t) && isDigit(t[j]) && j-from < 3 {
		exponent = exponent*10 + int(t[j]-'0')
		j++
	}
	if j == from {
		return 0, i
	}
	return sign * exponent, j
}

// decimalAt reads the entity in a number in decimal or scientific notation at i and returns
// where to continue, 0 if there is none.
func (s *scan) decimalAt(i int) int {
	n, end := decimal(s.text, i)
	if end == 0 {
		return 0
	}
	s.work += end - i
	switch {
	case s.on&cnID != 0 && s.cnID(&n):
	case s.on&card != 0 && s.card(&n):
	case s.on&ssn != 0 && s.ssn(&n):
	case s.on&(phone|cnMobile) != 0 && s.phone(&n):
	default:
		return 0
	}
	return s.last
}
