package pii

// provinces is the set of codes that a Chinese identity number may begin with.
var provinces = set(11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46,
	50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83)

func set(ns ...int) (s [100]bool) {
	for _, n := range ns {
		s[n] = true
	}
	return s
}

// cnID reads a Chinese identity number (GB 11643): six digits of region, eight of birth
// date, three of sequence, and a check digit that may be X. Region and date must be valid.
// The check digit only raises the score, because it is wrong in many real documents.
func (s *scan) cnID(n *number) bool {
	k := 0
	for k < n.n && n.group[k].total < 17 {
		k++
	}
	if k == n.n || n.group[k].total > 18 || k > 0 && (n.size(0) != 6 || !n.tight(k, " -")) {
		return false
	}
	d := n.digits[:18]
	end := n.group[k].end
	if n.group[k].total == 17 {
		if end >= len(s.text) || s.text[end]|0x20 != 'x' {
			return false
		}
		d[17] = 'X'
		end++
	}
	valid := checkDigit(d) == d[17]
	if !s.apart(n.start, end, valid) || !provinces[two(d[0:])] || !date(d[6:14]) {
		return false
	}
	score := float32(.6)
	if valid {
		score = .99
	}
	s.add(cnID, n.start, end, score)
	return true
}

func two(d []byte) int { return int(d[0]-'0')*10 + int(d[1]-'0') }

var monthDays = [13]int{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func date(d []byte) bool {
	century, month, day := two(d), two(d[4:]), two(d[6:])
	if century < 19 || century > 20 || century == 20 && two(d[2:]) > 40 {
		return false
	}
	return month >= 1 && month <= 12 && day >= 1 && day <= monthDays[month]
}

// checkDigit computes ISO 7064 MOD 11-2.
func checkDigit(d []byte) byte {
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += w * int(d[i]-'0')
	}
	return "10X98765432"[sum%11]
}
