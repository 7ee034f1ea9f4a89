package model

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/cache/embed"
	"github.com/sluicegate/sluice/cache/embed/model/tokenizer"
)

// golden calls check with each text of a golden file and the numbers behind it.
func golden(t *testing.T, name string, check func(text string, numbers []string)) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name+".golden"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(content)) {
		text, numbers, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		check(text, strings.Fields(numbers))
	}
}

// reference reads the vector of a golden file.
func reference(t *testing.T, numbers []string) []float32 {
	t.Helper()
	var v []float32
	for _, number := range numbers {
		x, err := strconv.ParseFloat(number, 32)
		if err != nil {
			t.Fatal(err)
		}
		v = append(v, float32(x))
	}
	embed.Normalise(v)
	return v
}

func cosine(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// TestVectorsAreThoseOfTheReference reads the same weights from each format.
func TestVectorsAreThoseOfTheReference(t *testing.T) {
	for folder, least := range map[string]float64{"tiny": .999, "tiny-onnx": .999, "tiny-int8": .995} {
		m, err := Open(filepath.Join("testdata", folder), folder)
		if err != nil {
			t.Fatal(err)
		}
		var texts []string
		var references [][]float32
		golden(t, "tiny", func(text string, numbers []string) {
			texts, references = append(texts, text), append(references, reference(t, numbers))
		})
		together, err := m.Embed(t.Context(), texts)
		if err != nil {
			t.Fatal(err)
		}
		for i, text := range texts {
			if c := cosine(together[i], references[i]); c < least {
				t.Errorf("%s, %q: cosine %.4f to the reference, want at least %g", folder, text, c, least)
			}
			alone, err := m.Embed(t.Context(), []string{text})
			if err != nil || !slices.Equal(alone[0], together[i]) {
				t.Errorf("%s, %q: alone it has another vector than in a batch: %v", folder, text, err)
			}
		}
	}
}

// TestTokensAreThoseOfTheReference compares with Hugging Face's tokenizers.
func TestTokensAreThoseOfTheReference(t *testing.T) {
	for name, folder := range map[string]string{"wordpiece": "tiny", "unigram": "unigram"} {
		f, err := os.Open(filepath.Join("testdata", folder, "tokenizer.json"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		tk, err := tokenizer.Read(f)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name, func(quoted string, numbers []string) {
			var text string
			if err := json.Unmarshal([]byte(quoted), &text); err != nil {
				t.Fatal(err)
			}
			tokens, whole := tk.Tokens(text, 1000)
			var got []string
			for _, token := range tokens {
				got = append(got, strconv.Itoa(int(token)))
			}
			if !slices.Equal(got, numbers) || !whole {
				t.Errorf("%s, %s:\n got %v\nwant %v", name, quoted, got, numbers)
			}
		})
	}
}
