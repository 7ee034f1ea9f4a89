package static

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Continues begins a token that continues a word.
const Continues = "##"

// AddWord adds the rows of a word in lower case, of letters, digits and apostrophes, to sum: that
// of the whole word, or else those of the longest tokens from the left. It adds nothing for a
// word that the tokens do not cover.
func (t *Table) AddWord(sum []float32, word string) {
	t.split(word, func(row int32) { t.Add(sum, row) })
}

// Split returns the rows of the tokens of a text in lower case.
func (t *Table) Split(text string) (rows []int32) {
	use := func(row int32) { rows = append(rows, row) }
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case IsIdeograph(r):
			row, n := t.Ideographs(text[i:])
			if n > 0 {
				use(row)
			}
			i += max(n, size)
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			n := WordLength(text[i:])
			t.split(text[i:i+n], use)
			i += n
		default:
			i += size
		}
	}
	return rows
}

// WordLength returns the length of the word that text begins with.
func WordLength(text string) int {
	n := strings.IndexFunc(text, func(r rune) bool {
		return IsIdeograph(r) || r != '\'' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
	if n < 0 {
		return len(text)
	}
	return n
}

// maxTokensOfWord is the most tokens that a word is split into. What has more is no word.
const maxTokensOfWord = 12

func (t *Table) split(word string, use func(row int32)) {
	for part := range strings.SplitSeq(withoutAccents(word), "'") {
		if row, ok := t.numbers[part]; ok {
			use(row)
			continue
		}
		var rows [maxTokensOfWord]int32
		n := 0
		for start := 0; start < len(part); n++ {
			row, end := t.prefix(part, start)
			if end == start || n == len(rows) {
				n = 0 // a word that is not covered, as in BERT, has no meaning
				break
			}
			rows[n], start = row, end
		}
		for _, row := range rows[:n] {
			use(row)
		}
	}
}

// prefix returns the longest token of a word at start and where it ends, which is start if there
// is none.
func (t *Table) prefix(word string, start int) (row int32, end int) {
	var buffer [64]byte
	for end = min(len(word), start+t.longest); end > start; {
		key := word[start:end]
		if start > 0 {
			key = string(append(append(buffer[:0], Continues...), key...))
		}
		if row, ok := t.numbers[key]; ok {
			return row, end
		}
		_, size := utf8.DecodeLastRuneInString(word[start:end])
		end -= size
	}
	return 0, start
}

// withoutAccents removes accents, as the uncased models of BERT do.
func withoutAccents(word string) string {
	for i := range len(word) {
		if word[i] >= utf8.RuneSelf {
			return strings.Map(func(r rune) rune {
				if unicode.Is(unicode.Mn, r) {
					return -1
				}
				return r
			}, norm.NFD.String(word))
		}
	}
	return word
}

// IsIdeograph reports whether a character is one of Chinese.
func IsIdeograph(r rune) bool { return r >= 0x4E00 && r <= 0x9FFF || r >= 0x3400 && r <= 0x4DBF }

// Ideographs returns the row of the longest token, of up to six characters, that Chinese text
// begins with, and its length in bytes, 0 if there is none.
func (t *Table) Ideographs(text string) (row int32, n int) {
	const character, longest = len("一"), len("一二三四五六")
	for n = min(len(text)/character*character, longest); n > 0; n -= character {
		if row, ok := t.numbers[text[:n]]; ok {
			return row, n
		}
	}
	return 0, 0
}

// Add adds a row to sum, which has [Table.Dim] numbers.
func (t *Table) Add(sum []float32, row int32) {
	scale := t.scales[row]
	cells := t.cells[int(row)*t.dim:][:t.dim]
	for i := range len(cells) {
		sum[i] += float32(float32(int8(cells[i])) * scale) // rounded twice on all processors
	}
}
