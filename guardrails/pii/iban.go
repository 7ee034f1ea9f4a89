package pii

// ibanLengths holds the length of an account number by country code (ISO 13616 registry).
var ibanLengths = map[[2]byte]int{
	{'A', 'D'}: 24, {'A', 'E'}: 23, {'A', 'L'}: 28, {'A', 'T'}: 20, {'A', 'Z'}: 28, {'B', 'A'}: 20, {'B', 'E'}: 16, {'B', 'G'}: 22,
	{'B', 'H'}: 22, {'B', 'I'}: 27, {'B', 'R'}: 29, {'B', 'Y'}: 28, {'C', 'H'}: 21, {'C', 'R'}: 22, {'C', 'Y'}: 28, {'C', 'Z'}: 24,
	{'D', 'E'}: 22, {'D', 'J'}: 27, {'D', 'K'}: 18, {'D', 'O'}: 28, {'E', 'E'}: 20, {'E', 'G'}: 29, {'E', 'S'}: 24, {'F', 'I'}: 18,
	{'F', 'K'}: 18, {'F', 'O'}: 18, {'F', 'R'}: 27, {'G', 'B'}: 22, {'G', 'E'}: 22, {'G', 'I'}: 23, {'G', 'L'}: 18, {'G', 'R'}: 27,
	{'G', 'T'}: 28, {'H', 'N'}: 28, {'H', 'R'}: 21, {'H', 'U'}: 28, {'I', 'E'}: 22, {'I', 'L'}: 23, {'I', 'Q'}: 23, {'I', 'S'}: 26,
	{'I', 'T'}: 27, {'J', 'O'}: 30, {'K', 'W'}: 30, {'K', 'Z'}: 20, {'L', 'B'}: 28, {'L', 'C'}: 32, {'L', 'I'}: 21, {'L', 'T'}: 20,
	{'L', 'U'}: 20, {'L', 'V'}: 21, {'L', 'Y'}: 25, {'M', 'C'}: 27, {'M', 'D'}: 24, {'M', 'E'}: 22, {'M', 'K'}: 19, {'M', 'N'}: 20,
	{'M', 'R'}: 27, {'M', 'T'}: 31, {'M', 'U'}: 30, {'N', 'I'}: 28, {'N', 'L'}: 18, {'N', 'O'}: 15, {'O', 'M'}: 23, {'P', 'K'}: 24,
	{'P', 'L'}: 28, {'P', 'S'}: 29, {'P', 'T'}: 25, {'Q', 'A'}: 29, {'R', 'O'}: 24, {'R', 'S'}: 22, {'R', 'U'}: 33, {'S', 'A'}: 24,
	{'S', 'C'}: 31, {'S', 'D'}: 18, {'S', 'E'}: 24, {'S', 'I'}: 19, {'S', 'K'}: 24, {'S', 'M'}: 27, {'S', 'O'}: 23, {'S', 'T'}: 25,
	{'S', 'V'}: 28, {'T', 'L'}: 23, {'T', 'N'}: 24, {'T', 'R'}: 26, {'U', 'A'}: 29, {'V', 'A'}: 22, {'V', 'G'}: 24, {'X', 'K'}: 20, {'Y', 'E'}: 30,
}

// ibanAt reads an account number with its country code at i, grouped or not, and returns
// its end, or 0. The ISO 7064 MOD 97-10 checksum must be valid. Letters before it are another
// word only where their case says so, as in payDE89370400440532013000: any letters may be part
// of an account number, and one in 97 has a valid checksum.
func (s *scan) ibanAt(i int) int {
	t := s.text
	if !begins(t, i) && t[i-1] != '_' && !(s.identifier && t[i-1] >= 'a' && t[i] < 'a') {
		return 0
	}
	length := ibanLengths[[2]byte{t[i] &^ 0x20, t[i+1] &^ 0x20}]
	if length == 0 {
		return 0
	}
	rem := 0
	j := i
	for count := 0; count < length; j++ {
		if j >= len(t) {
			return 0
		}
		b := t[j]
		if (b == ' ' || b == '-') && count > 3 && j+1 < len(t) && isAlnum(t[j+1]) {
			continue
		}
		if !isAlnum(b) {
			return 0
		}
		if count > 3 {
			rem = shift(rem, value(b))
		}
		count++
	}
	s.work += j - i
	if j < len(t) && isAlnum(t[j]) {
		return 0
	}
	// The checksum covers the number with its first four characters moved to the end.
	for k := i; k < i+4; k++ {
		rem = shift(rem, value(t[k]))
	}
	if rem != 1 {
		return 0
	}
	s.add(iban, i, j, .99)
	return j
}

func value(b byte) int {
	if isDigit(b) {
		return int(b - '0')
	}
	return int((b|0x20)-'a') + 10
}

func shift(rem, v int) int {
	if v > 9 {
		return (rem*100 + v) % 97
	}
	return (rem*10 + v) % 97
}
