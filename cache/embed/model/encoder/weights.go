package encoder

import (
	"fmt"
	"strings"

	"github.com/sluicegate/sluice/cache/embed/model/tensor"
)

// weights finds tensors by their names in BERT, without the prefix that a file puts before them.
type weights struct {
	tensors map[string]*tensor.Tensor
	prefix  string
}

// wordTable is a tensor that each encoder has: what stands before its name is the prefix.
const wordTable = "embeddings.word_embeddings.weight"

func newWeights(tensors map[string]*tensor.Tensor) (*weights, error) {
	w := &weights{tensors: tensors}
	found := false
	for name := range tensors {
		if prefix, ok := strings.CutSuffix(name, wordTable); ok {
			if found {
				return nil, fmt.Errorf("more than one tensor is named …%s", wordTable)
			}
			w.prefix, found = prefix, true
		}
	}
	if !found {
		return nil, fmt.Errorf("the tensor %s is missing", wordTable)
	}
	return w, nil
}

// rows calls use with each row of a tensor of this shape; columns is 0 for a vector. The rows
// of a transposed matrix are its columns in the file.
func (w *weights) rows(name string, rows, columns int, use func(i int, row []float32)) error {
	t := w.tensors[w.prefix+name]
	if t == nil {
		return fmt.Errorf("the tensor %s is missing", w.prefix+name)
	}
	shape := []int{rows, columns}
	if t.Transposed {
		shape = []int{columns, rows}
	}
	if columns == 0 {
		shape = []int{rows}
	}
	if fmt.Sprint(t.Shape) != fmt.Sprint(shape) {
		return fmt.Errorf("tensor %s: its shape is %v, the config says %v", t.Name, t.Shape, shape)
	}
	var err error
	if t.Transposed && columns > 0 {
		whole := make([]float32, rows*columns)
		err = t.Rows(func(i int, row []float32) {
			for j, x := range row {
				whole[j*columns+i] = x
			}
		})
		for i := 0; err == nil && i < rows; i++ {
			use(i, whole[i*columns:][:columns])
		}
	} else {
		err = t.Rows(use)
	}
	if err != nil {
		return fmt.Errorf("tensor %s: %w", t.Name, err)
	}
	return nil
}

// vector returns a tensor of one dimension.
func (w *weights) vector(name string, n int) ([]float32, error) {
	v := make([]float32, 0, n)
	err := w.rows(name, n, 0, func(_ int, row []float32) { v = append(v, row...) })
	return v, err
}

// matrix returns a tensor of two dimensions in 32 bits.
func (w *weights) matrix(name string, rows, columns, keep int) ([]float32, error) {
	v := make([]float32, 0, keep*columns)
	err := w.rows(name, rows, columns, func(i int, row []float32) {
		if i < keep {
			v = append(v, row...)
		}
	})
	return v, err
}

// quantized returns a tensor of two dimensions in 8 bits.
func (w *weights) quantized(name string, rows, columns int) (*matrix, error) {
	m := newMatrix(rows, columns)
	return m, w.rows(name, rows, columns, m.set)
}
