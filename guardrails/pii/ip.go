package pii

// ipv4 reads four numbers from 0 to 255. A fifth number, or a word such as "version" before
// them, excludes an address.
func (s *scan) ipv4(n *number) bool {
	if n.n < 4 || !n.tight(3, ".") || n.n > 4 && n.group[4].sep == '.' {
		return false
	}
	at := 0
	for k := 0; k < 4; k++ {
		size := n.size(k)
		d := n.digits[at:n.group[k].total]
		if size > 3 || size > 1 && d[0] == '0' || size == 3 && three(d) > 255 {
			return false
		}
		at = n.group[k].total
	}
	end := n.group[3].end
	if !ends(s.text, end) || n.start > 0 && s.text[n.start-1] == '-' && partOfIdentifier(s.text, n.start) || s.preceded(n.start, versionWindow, versionWords) {
		return false
	}
	s.add(ip, n.start, end, .9)
	return true
}

// ipv6At reads an address whose first colon is at i and returns where to continue. It looks
// back over one group and forward over the others.
func (s *scan) ipv6At(i int) int {
	t := s.text
	start := i
	for start > 0 && i-start < 5 && isHex(t[start-1]) {
		start--
	}
	if i-start > 4 || start > 0 && t[start-1] == ':' || !(begins(t, start) || escape(t, start)) || i+1 >= len(t) {
		return i + 1
	}
	if i > start && escape(t, start) { // the b or f of \b, \f
		start++
	}
	if i == start && t[i+1] != ':' {
		return i + 1
	}
	end := i
	for end < len(t) && end-start < 46 && (isHex(t[end]) || t[end] == ':' || t[end] == '.') {
		end++
	}
	s.work += end - start
	for end > i && t[end-1] == '.' {
		end--
	}
	if end > i+2 && t[end-1] == ':' && t[end-2] != ':' {
		end--
	}
	if end < len(t) && isWord(t[end]) || !ipv6(t[start:end]) {
		return i + 1
	}
	if end+1 < len(t) && t[end] == '%' && isAlnum(t[end+1]) {
		for end++; end < len(t) && isWord(t[end]) && end-start < 64; {
			end++
		}
	}
	s.add(ip, start, end, .9)
	return end
}

func isHex(b byte) bool { return isDigit(b) || (b|0x20)-'a' < 6 }

// ipv6 reports whether a is an address. It must hold a digit, because a name such as
// "face::bed" may also be a path in a program.
func ipv6(a string) bool {
	groups, gap, size, digits := 0, false, 0, false
	for i := 0; i < len(a); i++ {
		switch b := a[i]; {
		case b == ':':
			if size > 0 {
				groups++
			}
			size = 0
			if i+1 < len(a) && a[i+1] == ':' {
				if gap {
					return false
				}
				gap = true
				i++
			} else if i == 0 || i == len(a)-1 {
				return false
			}
		case b == '.':
			at := i - size
			return size <= 3 && v4(a[at:]) && (gap && groups <= 6 || groups == 6)
		default:
			digits = digits || isDigit(b)
			if size++; size > 4 {
				return false
			}
		}
	}
	if size > 0 {
		groups++
	}
	return digits && (gap && groups <= 7 || groups == 8)
}

func v4(a string) bool {
	parts, v, size := 1, 0, 0
	for i := 0; i < len(a); i++ {
		switch {
		case a[i] == '.':
			if size == 0 {
				return false
			}
			parts++
			v, size = 0, 0
		case !isDigit(a[i]):
			return false
		default:
			v = v*10 + int(a[i]-'0')
			if size++; size > 3 || v > 255 {
				return false
			}
		}
	}
	return parts == 4 && size > 0
}
