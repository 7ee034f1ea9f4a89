package static

import (
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
	cells   string           // a row for each token, a signed byte for each number
	scales  []float32        // of each row
	longest int              // token, in bytes
}

// Dim returns the length of the vectors.
func (t *Table) Dim() int { return t.dim }

// Tokens returns the number of tokens.
func (t *Table) Tokens() int { return len(t.scales) }

// New makes a table of rows with dim numbers each, of which every number is rounded to 8 bits.
func New(tokens []string, rows [][]float32, dim int) (*Table, error) {
	t := &Table{dim: dim, scales: make([]float32, len(rows))}
	cells := make([]byte, len(rows)*dim)
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
			cells[i*dim+j] = byte(int8(math.Round(float64(x) / largest * 127)))
		}
	}
	t.cells = string(cells)
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
	err = errors.Join(err, textErr, binary.Write(w, binary.LittleEndian, t.scales))
	_, cellsErr := io.WriteString(w, t.cells)
	return errors.Join(err, cellsErr)
}

// headSize is the length of the numbers behind the magic line.
const headSize = 3 * 4

// Parse reads what Write wrote. The table keeps file and copies little of it.
func Parse(file string) (*Table, error) {
	rest, ok := strings.CutPrefix(file, magic)
	if !ok {
		return nil, errors.New("it is not a static table")
	}
	if len(rest) < headSize {
		return nil, errors.New("its head ends too early")
	}
	var head [3]uint32
	if _, err := binary.Decode([]byte(rest[:headSize]), binary.LittleEndian, &head); err != nil {
		return nil, err
	}
	tokens, dim, length := int(head[0]), int(head[1]), int(head[2])
	if tokens == 0 || tokens > maxTokens || dim == 0 || dim > maxDim || length > maxText {
		return nil, fmt.Errorf("its head is out of bounds: %d tokens, %d dimensions, %d bytes of text", tokens, dim, length)
	}
	rest = rest[headSize:]
	scales := length + 4*tokens // where the rows begin
	if len(rest) != scales+tokens*dim {
		return nil, fmt.Errorf("it has %d bytes behind its head, want %d", len(rest), scales+tokens*dim)
	}
	t := &Table{dim: dim, scales: make([]float32, tokens), cells: rest[scales:]}
	if _, err := binary.Decode([]byte(rest[length:scales]), binary.LittleEndian, t.scales); err != nil {
		return nil, err
	}
	return t, t.number(strings.Split(rest[:length], "\n"))
}
