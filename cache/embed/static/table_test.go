package static

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"
)

// small has tokens of both languages.
func small(t *testing.T) *Table {
	t.Helper()
	table, err := New([]string{"pass", "##word", "reset", "天", "天气", "cafe", "t"}, [][]float32{{1, 0}, {0, 1}, {-1, 2}, {.5, .5}, {0, 0}, {3, 3}, {1, 1}}, 2)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// cosine compares two texts by the shipped table.
func cosine(a, b string) float64 {
	t := Shipped()
	sum := func(text string) []float32 {
		v := make([]float32, t.Dim())
		for _, row := range t.Split(text) {
			t.Add(v, row)
		}
		return v
	}
	x, y := sum(a), sum(b)
	var xy, xx, yy float64
	for i := range x {
		xy += float64(x[i]) * float64(y[i])
		xx += float64(x[i]) * float64(x[i])
		yy += float64(y[i]) * float64(y[i])
	}
	return xy / math.Sqrt(xx*yy)
}

func TestTextsAreSplit(t *testing.T) {
	table := small(t)
	for text, want := range map[string][]int32{
		"reset password, please": {2, 0, 1}, "passwords": nil, "天气天": {4, 3}, "a天气b": {4}, "café's t": {5, 6}, "x't": {6}, "": nil, "\xff天\xe5": {3}, strings.Repeat("pass", 300): nil,
	} {
		if got := table.Split(text); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestTableSurvivesItsFile(t *testing.T) {
	var file bytes.Buffer
	if err := small(t).Write(&file); err != nil {
		t.Fatal(err)
	}
	content := file.Bytes()
	table, err := Parse(file.String())
	if err != nil || table.Dim() != 2 || table.Tokens() != 7 {
		t.Fatalf("%v", err)
	}
	sum := make([]float32, 2)
	if table.AddWord(sum, "reset"); math.Abs(float64(sum[0]+1)) > .01 || sum[1] != 2 {
		t.Errorf("the row of reset is %v", sum)
	}
	for name, damaged := range map[string][]byte{
		"not a static table": content[1:], "its head ends too early": content[:len(magic)+3], "behind its head": content[:len(content)-1], "want": append(bytes.Clone(content), 0), "out of bounds": append([]byte(magic), bytes.Repeat([]byte{255}, 40)...),
		"different tokens": bytes.Replace(content, []byte("reset"), []byte("re\net"), 1),
	} {
		if _, err := Parse(string(damaged)); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want %q", err, name)
		}
	}
	if _, err := New([]string{"a", "a"}, [][]float32{{1}, {2}}, 1); err == nil {
		t.Error("two rows for one token are accepted")
	}
	if _, err := New([]string{"a"}, [][]float32{{float32(math.NaN())}}, 1); err == nil {
		t.Error("a value that is no number is accepted")
	}
}
