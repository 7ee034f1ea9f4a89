package upstreamcheck

import "math"

// trigrams counts the sequences of three characters in a text.
func trigrams(text string) map[[3]rune]float64 {
	counts := map[[3]rune]float64{}
	runes := []rune(text)
	for i := 0; i+3 <= len(runes); i++ {
		counts[[3]rune(runes[i:i+3])]++
	}
	return counts
}

// similarities returns the cosine of each two texts' trigrams. Texts without any are alike.
func similarities(texts []string) [][]float64 {
	grams, norms := make([]map[[3]rune]float64, len(texts)), make([]float64, len(texts))
	for i, text := range texts {
		grams[i] = trigrams(text)
		for _, n := range grams[i] {
			norms[i] += n * n
		}
	}
	out := make([][]float64, len(texts))
	for i := range texts {
		out[i] = make([]float64, len(texts))
		for j := range i {
			var dot float64
			for gram, n := range grams[i] {
				dot += n * grams[j][gram]
			}
			s := 1.0
			if norms[i] > 0 || norms[j] > 0 {
				s = dot / math.Sqrt(math.Max(norms[i], 1)*math.Max(norms[j], 1))
			}
			out[i][j], out[j][i] = s, s
		}
	}
	return out
}
