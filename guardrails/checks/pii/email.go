package pii

// emailAt handles the "@" (or its URL spelling, width 3) at i.
func (s *scan) emailAt(i, width int) int {
	t := s.text
	start := s.local(i)
	if start == i {
		return i + width
	}
	from := i + width
	end := domain(t, from)
	s.work += i - start + max(end-from, 0)
	if end < 0 || picture(t[from:end]) || t[start:i] == "git" && end < len(t) && t[end] == ':' {
		return i + width
	}
	s.add(email, start, end, .95)
	return end
}

// local walks back over the local part: ASCII letters, digits and ._%+-', and letters of
// Latin, Greek and Cyrillic. Chinese prose runs into an address without a space, so its
// characters end it.
func (s *scan) local(i int) int {
	t := s.text
	start := i
	for start > 0 && i-start < 64 {
		b := t[start-1]
		switch {
		case isAlnum(b), b == '.', b == '_', b == '%', b == '+', b == '-':
			start--
			continue
		case b == '\'' && start > 1 && isLetter(t[start-2]) && start < i && isAlnum(t[start]):
			start--
			continue
		case b >= 0x80 && b < 0xC0 && start > 1 && t[start-2] >= 0xC3 && t[start-2] <= 0xD3:
			start -= 2
			continue
		}
		break
	}
	for start < i && index(".%+-", t[start]) >= 0 {
		start++
	}
	for start < i && escape(t, start) { // \nalice@… in a JSON text
		start++
	}
	if start < i && t[i-1] == '.' {
		return i
	}
	return start
}

// domain reads labels up to a top-level one of letters and returns the end, -1 if there is
// none.
func domain(t string, i int) int {
	end, label, letters := -1, i, true
	for j := i; j-i < 255; j++ {
		var b byte
		if j < len(t) {
			b = t[j]
		}
		switch {
		case isLetter(b):
			continue
		case isDigit(b), b == '-':
			letters = letters && b == '-' && j-label >= 3 // xn--
			continue
		case b >= 0xC3 && b <= 0xD3 && j+1 < len(t) && t[j+1] >= 0x80 && t[j+1] < 0xC0:
			j++
			continue
		}
		if j == label || t[label] == '-' || t[j-1] == '-' {
			return end
		}
		if label > i && j-label >= 2 && j-label <= 24 && (letters || puny(t[label:j])) {
			end = j
		}
		if b != '.' {
			return end
		}
		label, letters = j+1, true
	}
	return end
}

func puny(label string) bool { return len(label) > 4 && label[:4] == "xn--" }

// picture reports names like "logo@2x.png".
func picture(domain string) bool {
	if len(domain) < 6 || !isDigit(domain[0]) || domain[1]|0x20 != 'x' || domain[2] != '.' {
		return false
	}
	switch domain[3:] {
	case "png", "jpg", "jpeg", "gif", "webp", "svg", "avif", "ico", "pdf":
		return true
	}
	return false
}
