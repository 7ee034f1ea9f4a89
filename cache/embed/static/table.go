package static

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
)

// Table has a vector for each token. It is not changed once made, so it is safe for concurrent
// use.
type Table struct {
	dim     int
	numbers map[string]int32 // of tokens
	cells   []int8           // a row for each token
	scales  []float32        // of each row
	longest int              // token, in bytes
}

// Dim returns the length of the vectors.
func (t *Table) Dim() int { return t.dim }

// Tokens returns the number of tokens.
func (t *Table) Tokens() int { return len(t.scales) }

// New makes a table of rows with dim numbers each, of which every number is rounded to 8 bits.
func New(tokens []string, rows [][]float32, dim int) (*Table, error) {
	t := &Table{dim: dim, cells: make([]int8, len(rows)*dim), scales: make([]float32, len(rows))}
	for i, row := range rows {
		largest := 0.0
		for _, x := range row {
			largest = max(largest, math.Abs(float64(x)))
		}
		if len(row) != dim || math.IsInf(largest, 0) || math.IsNaN(largest) {
			return nil, fmt.Errorf("the row of %q has %d numbers, or one that is none", tokens[i], len(row))
		}
		if largest == 0 {
			continue
		}
		t.scales[i] = float32(largest / 127)
		for j, x := range row {
			t.cells[i*dim+j] = int8(math.Round(float64(x) / largest * 127))
		}
	}
	return t, t.number(tokens)
}

// number notes which row each token has.
func (t *Table) number(tokens []string) error {
	t.numbers = make(map[string]int32, len(tokens))
	for i, token := range tokens {
		if token == "" || strings.Contains(token, "\n") {
			return fmt.Errorf("token %d is empty or has a line break", i)
		}
		t.numbers[token] = int32(i)
		t.longest = max(t.longest, len(token))
	}
	if len(t.numbers) != len(t.scales) {
		return fmt.Errorf("%d different tokens for %d rows", len(t.numbers), len(t.scales))
	}
	return nil
}

// magic begins a file.
const magic = "sluice static table 1\n"

// The bounds of a file.
const (
	maxTokens = 1 << 20
	maxDim    = 1024
	maxText   = 16 << 20
)

// Write writes the table: the magic line; the number of tokens, of dimensions, and the length of
// the tokens' text, in 4 bytes each, little-endian; the tokens, a line each; the scales, in 4
// bytes; the rows.
func (t *Table) Write(w io.Writer) error {
	tokens := make([]string, len(t.scales))
	for token, i := range t.numbers {
		tokens[i] = token
	}
	text := strings.Join(tokens, "\n")
	_, err := io.WriteString(w, magic)
	head := []uint32{uint32(len(tokens)), uint32(t.dim), uint32(len(text))}
	err = errors.Join(err, binary.Write(w, binary.LittleEndian, head))
	_, textErr := io.WriteString(w, text)
	return errors.Join(err, textErr, binary.Write(w, binary.LittleEndian, t.scales), binary.Write(w, binary.LittleEndian, t.cells))
}

// Read reads what Write wrote.
func Read(from io.Reader) (*Table, error) {
	r := bufio.NewReaderSize(from, 1<<16)
	line := make([]byte, len(magic))
	if _, err := io.ReadFull(r, line); err != nil || string(line) != magic {
		return nil, errors.Join(errors.New("it is not a static table"), err)
	}
	var head [3]uint32
	if err := binary.Read(r, binary.LittleEndian, &head); err != nil {
		return nil, fmt.Errorf("its head ends too early: %w", err)
	}
	tokens, dim, length := head[0], head[1], head[2]
	if tokens == 0 || tokens > maxTokens || dim == 0 || dim > maxDim || length > maxText {
		return nil, fmt.Errorf("its head is out of bounds: %d tokens, %d dimensions, %d bytes of text", tokens, dim, length)
	}
	text := make([]byte, length)
	t := &Table{dim: int(dim), scales: make([]float32, tokens), cells: make([]int8, tokens*dim)}
	_, err := io.ReadFull(r, text)
	if err = errors.Join(err, binary.Read(r, binary.LittleEndian, t.scales), binary.Read(r, binary.LittleEndian, t.cells)); err != nil {
		return nil, fmt.Errorf("it ends too early: %w", err)
	}
	return t, t.number(strings.Split(string(text), "\n"))
}
