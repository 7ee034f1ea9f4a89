package encoder

import (
	"math"

	"github.com/sluicegate/sluice/cache/embed/model/encoder/dot"
)

// matrix is a matrix in 8 bits. Each row is padded with zeros to a multiple of dot.Lanes.
type matrix struct {
	columns int
	width   int // of a row, with its padding
	cells   []int8
	scales  []float32 // of each row
}

func newMatrix(rows, columns int) *matrix {
	width := padded(columns)
	return &matrix{columns: columns, width: width, cells: make([]int8, rows*width), scales: make([]float32, rows)}
}

// padded returns the length of a row with its padding.
func padded(n int) int { return (n + dot.Lanes - 1) / dot.Lanes * dot.Lanes }

// set stores a row, its largest value as ±127.
func (m *matrix) set(i int, row []float32) {
	largest := largestOf(row)
	if largest == 0 {
		return
	}
	unit := 127 / largest
	for j, x := range row {
		m.cells[i*m.width+j] = int8(math.RoundToEven(float64(x * unit)))
	}
	m.scales[i] = largest / 127
}

// addRow adds a row to dst.
func (m *matrix) addRow(dst []float32, i int) {
	scale := m.scales[i]
	for j, cell := range m.cells[i*m.width:][:m.columns] {
		dst[j] += float32(cell) * scale
	}
}

// bytes returns the memory in use.
func (m *matrix) bytes() int64 { return int64(len(m.cells)) + 4*int64(len(m.scales)) }

func largestOf(row []float32) (largest float32) {
	for _, x := range row {
		if x < 0 {
			x = -x
		}
		if x > largest {
			largest = x
		}
	}
	return largest
}

// values are rows of numbers in 16 bits, the other side of a product.
type values struct {
	width  int // of a row, with its padding
	cells  []int16
	scales []float32 // of each row
}

// quantize stores rows of n numbers. The unused rows of the last group of dot.Rows stay zero.
func (v *values) quantize(x []float32, n int) {
	rows := len(x) / n
	v.width = padded(n)
	groups := (rows + dot.Rows - 1) / dot.Rows
	v.cells = resized(v.cells, groups*dot.Rows*v.width)
	v.scales = resized(v.scales, groups*dot.Rows)
	clear(v.cells)
	clear(v.scales)
	top := float32(min(math.MaxInt16, math.MaxInt32/(127*v.width)))
	for i := range rows {
		row := x[i*n:][:n]
		largest := largestOf(row)
		if !(largest > 0) {
			continue
		}
		unit := top / largest
		cells := v.cells[i*v.width:][:n]
		for j, value := range row {
			scaled := value * unit
			// Half away from zero; a conversion to an integer cuts.
			if scaled < 0 {
				cells[j] = int16(scaled - .5)
			} else {
				cells[j] = int16(scaled + .5)
			}
		}
		v.scales[i] = largest / top
	}
}

// linear is a matrix with a bias for each of its rows.
type linear struct {
	*matrix
	bias []float32
}

// apply sets dst, rows of len(bias) numbers, to the products of the rows of v with the matrix.
func (l *linear) apply(dst []float32, v *values) {
	out := len(l.bias)
	rows := len(dst) / out
	for i := range out {
		w, scale, bias := l.cells[i*l.width:][:l.width], l.scales[i], l.bias[i]
		for first := 0; first < rows; first += dot.Rows {
			sums := dot.Four(w, v.cells[first*v.width:][:dot.Rows*v.width])
			for k := 0; k < dot.Rows && first+k < rows; k++ {
				dst[(first+k)*out+i] = float32(sums[k])*scale*v.scales[first+k] + bias
			}
		}
	}
}

// resized returns a slice of n elements, with the memory of old if it is large enough.
func resized[T any](old []T, n int) []T {
	if cap(old) < n {
		return make([]T, n)
	}
	return old[:n]
}
