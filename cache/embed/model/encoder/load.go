package encoder

import (
	"fmt"

	"github.com/sluicegate/sluice/cache/embed/model/tensor"
)

// Encoder holds the weights.
type Encoder struct {
	shape     Shape
	words     *matrix
	positions []float32 // the first Limit rows, with the row of the first token type added
	limit     int
	norm      norm
	layers    []layer
}

// layer is one block of attention and feed-forward.
type layer struct {
	query, key, value, attention linear
	attentionNorm                norm
	widen, narrow                linear
	outputNorm                   norm
}

// norm is a layer normalisation.
type norm struct {
	weight, bias []float32
	epsilon      float64
}

// Load reads the weights of an encoder for texts of at most limit tokens. Errors name the
// tensor.
func Load(shape Shape, limit int, tensors map[string]*tensor.Tensor) (*Encoder, error) {
	if err := shape.Check(); err != nil {
		return nil, err
	}
	w, err := newWeights(tensors)
	if err != nil {
		return nil, err
	}
	e := &Encoder{shape: shape, limit: min(limit, shape.Positions-shape.FirstPos)}
	l := loader{weights: w, shape: &e.shape}
	e.words = l.matrix(wordTable, shape.Vocabulary, shape.Hidden)
	l.positions(e)
	e.norm = l.norm("embeddings.LayerNorm")
	for i := range shape.Layers {
		e.layers = append(e.layers, l.layer(fmt.Sprintf("encoder.layer.%d.", i)))
		if l.err != nil {
			break
		}
	}
	if l.err != nil {
		return nil, l.err
	}
	return e, nil
}

// loader reads tensors until the first error.
type loader struct {
	*weights
	shape *Shape
	err   error
}

func (l *loader) layer(name string) layer {
	h, wide := l.shape.Hidden, l.shape.Intermediate
	return layer{
		query:         l.linear(name+"attention.self.query", h, h),
		key:           l.linear(name+"attention.self.key", h, h),
		value:         l.linear(name+"attention.self.value", h, h),
		attention:     l.linear(name+"attention.output.dense", h, h),
		attentionNorm: l.norm(name + "attention.output.LayerNorm"),
		widen:         l.linear(name+"intermediate.dense", wide, h),
		narrow:        l.linear(name+"output.dense", h, wide),
		outputNorm:    l.norm(name + "output.LayerNorm"),
	}
}

func (l *loader) matrix(name string, rows, columns int) *matrix {
	if l.err != nil {
		return nil
	}
	m, err := l.quantized(name, rows, columns)
	l.err = err
	return m
}

func (l *loader) vector(name string, n int) []float32 {
	if l.err != nil {
		return nil
	}
	v, err := l.weights.vector(name, n)
	l.err = err
	return v
}

func (l *loader) linear(name string, rows, columns int) linear {
	return linear{matrix: l.matrix(name+".weight", rows, columns), bias: l.vector(name+".bias", rows)}
}

func (l *loader) norm(name string) norm {
	h := l.shape.Hidden
	return norm{weight: l.vector(name+".weight", h), bias: l.vector(name+".bias", h), epsilon: l.shape.Epsilon}
}

// positions reads the tables of positions and of token types. A text has one type, the first.
func (l *loader) positions(e *Encoder) {
	if l.err != nil {
		return
	}
	const types = "embeddings.token_type_embeddings.weight"
	h, rows := l.shape.Hidden, e.limit+l.shape.FirstPos
	all, err := l.weights.matrix("embeddings.position_embeddings.weight", l.shape.Positions, h, rows)
	if err != nil {
		l.err = err
		return
	}
	e.positions = append([]float32(nil), all[l.shape.FirstPos*h:]...)
	t := l.tensors[l.prefix+types]
	if t == nil || len(t.Shape) != 2 {
		l.err = fmt.Errorf("the tensor %s is missing, or no matrix", l.prefix+types)
		return
	}
	first, err := l.weights.matrix(types, t.Shape[0], h, 1)
	l.err = err
	for i := range e.positions {
		if err == nil {
			e.positions[i] += first[i%h]
		}
	}
}

// Limit returns the number of tokens that a text may have.
func (e *Encoder) Limit() int { return e.limit }

// Bytes returns the memory of the weights.
func (e *Encoder) Bytes() int64 {
	n := e.words.bytes() + 4*int64(len(e.positions)+2*e.shape.Hidden)
	for i := range e.layers {
		l := &e.layers[i]
		for _, m := range []*linear{&l.query, &l.key, &l.value, &l.attention, &l.widen, &l.narrow} {
			n += m.bytes() + 4*int64(len(m.bias))
		}
		n += 4 * 4 * int64(e.shape.Hidden)
	}
	return n
}
