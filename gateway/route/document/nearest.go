package document

import "strings"

// unknownKey reports a key that the schema does not have, and suggests the nearest one that
// it has.
func (p *parser) unknownKey(key, at string, offset int, known []string) {
	if n := nearestKey(snake(key), known); n != "" {
		p.problemf(at, offset, "is not a key that Sluice knows; did you mean '%s'?", n)
		return
	}
	p.problemf(at, offset, "is not a key that Sluice knows")
}

// nearestKey returns the known key that word is a prefix of, or that differs in at most a
// third of its letters; "" if there is none.
func nearestKey(word string, known []string) string {
	if len(word) > 64 {
		return ""
	}
	best, at := "", 1<<30
	for _, k := range known {
		if len(word) >= 4 && strings.HasPrefix(k, word) && (best == "" || k < best) {
			best = k
		}
	}
	if best != "" {
		return best
	}
	for _, k := range known {
		if d := EditDistance(word, k); d <= max(len(k)/3, 1) && (d < at || d == at && k < best) {
			best, at = k, d
		}
	}
	return best
}

// EditDistance counts the letters to insert, delete, change or swap.
func EditDistance(a, b string) int {
	var two []int
	one := make([]int, len(b)+1)
	for j := range one {
		one[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(one[j]+1, row[j-1]+1, one[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], two[j-2]+1)
			}
		}
		two, one = one, row
	}
	return one[len(b)]
}
