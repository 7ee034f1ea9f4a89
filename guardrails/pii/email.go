package pii

import "strings"

// emailAt reads an address around the "@" at i and returns where to continue. The width is 1,
// or 3 for "%40".
func (s *scan) emailAt(i, width int) int {
	t := s.text
	start := s.local(i)
	if start == i {
		return i + width
	}
	from := i + width
	end := domain(t, from)
	s.work += i - start + max(end-from, 0)
	if end < 0 || imageName(t[from:end]) || t[start:i] == "git" && end < len(t) && t[end] == ':' {
		return i + width
	}
	s.add(email, start, end, .95)
	return end
}

// local returns the start of the local part that ends at i. It holds ASCII letters, digits
// and ._%+-', and Latin, Greek and Cyrillic letters. Chinese characters end it, because
// Chinese prose has no space before an address.
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
	for start < i && strings.IndexByte(".%+-", t[start]) >= 0 {
		start++
	}
	for start < i && escape(t, start) { // "\nalice@…" in a JSON text
		start++
	}
	if start < i && t[i-1] == '.' {
		return i
	}
	return start
}

// domain reads the domain at i and returns its end, or -1. The last label must be letters or
// punycode.
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

// imageName reports whether the "domain" belongs to a file name such as "logo@2x.png".
func imageName(domain string) bool {
	if len(domain) < 6 || !isDigit(domain[0]) || domain[1]|0x20 != 'x' || domain[2] != '.' {
		return false
	}
	switch domain[3:] {
	case "png", "jpg", "jpeg", "gif", "webp", "svg", "avif", "ico", "pdf":
		return true
	}
	return false
}
