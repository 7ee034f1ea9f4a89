package pii

// country holds the shortest and longest national number of a country, in digits.
type country struct{ min, max int8 }

// countries by calling code (ITU-T E.164). Any other code allows every length of E.164.
var countries = map[int]country{
	1: {10, 10}, 7: {10, 10}, 20: {8, 10}, 27: {9, 9}, 30: {10, 10}, 31: {9, 9}, 32: {8, 9}, 33: {9, 9}, 34: {9, 9}, 36: {8, 9}, 39: {6, 11},
	40: {9, 9}, 41: {9, 9}, 43: {7, 13}, 44: {9, 10}, 45: {8, 8}, 46: {7, 9}, 47: {8, 8}, 48: {9, 9}, 49: {6, 12}, 51: {8, 9}, 52: {10, 11},
	54: {10, 11}, 55: {10, 11}, 56: {9, 9}, 57: {10, 10}, 60: {7, 10}, 61: {9, 9}, 62: {8, 12}, 63: {8, 10}, 64: {8, 10}, 65: {8, 8}, 66: {8, 9},
	81: {9, 10}, 82: {8, 10}, 84: {8, 10}, 86: {9, 11}, 90: {10, 10}, 91: {10, 10}, 92: {9, 10}, 351: {9, 9}, 352: {6, 11}, 353: {7, 9},
	354: {7, 7}, 358: {6, 11}, 359: {8, 9}, 370: {8, 8}, 371: {8, 8}, 372: {7, 8}, 380: {9, 9}, 381: {8, 9}, 385: {8, 9}, 386: {8, 8},
	420: {9, 9}, 421: {9, 9}, 852: {8, 8}, 853: {8, 8}, 886: {8, 9}, 966: {8, 9}, 971: {8, 9}, 972: {8, 9},
}

// international returns the last group of a number whose calling code begins at digit at,
// or -1. A "(0)" after the code may add a digit.
func (s *scan) international(n *number, at int) int {
	if n.digits[at] == '0' || n.group[n.n-1].total < at+7 {
		return -1
	}
	code, width, c := 0, 0, country{5, 13}
	for w := 1; w <= 3; w++ {
		code = code*10 + int(n.digits[at+w-1]-'0')
		if known, ok := countries[code]; ok {
			width, c = w, known
			break
		}
	}
	if width == 0 {
		if at > 0 { // many other numbers begin with 00
			return -1
		}
		width = 2
	}
	trunk := 0
	for k := 1; k < n.n; k++ {
		if n.size(k) == 1 && n.group[k].sep == '(' && n.digits[n.group[k].total-1] == '0' {
			trunk = 1
		}
	}
	for k := n.n - 1; k >= 0; k-- {
		national := n.group[k].total - at - width
		if national < int(c.min) || national > int(c.max)+trunk || !s.ends(n, k) {
			continue
		}
		return k
	}
	return -1
}
