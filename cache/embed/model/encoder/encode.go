package encoder

import (
	"context"
	"fmt"
	"math"
)

// Pooling is how the vectors of a text's tokens become one.
type Pooling byte

// The ways of pooling.
const (
	Mean  Pooling = iota // of all tokens
	First                // the first token's
)

// run is the working memory of one call.
type run struct {
	*Encoder
	ends []int // of each text, in tokens of all
	x    []float32

	quantized                            values
	query, key, value, mixed, wide, back []float32
	odds                                 []float32 // of one token's attention
}

// Encode returns one vector for each text, of the length Hidden, not normalised. A text has at
// least one token and at most Limit. It ends early with ctx's error.
func (e *Encoder) Encode(ctx context.Context, texts [][]int32, pooling Pooling) ([][]float32, error) {
	r := run{Encoder: e}
	for i, tokens := range texts {
		if len(tokens) == 0 || len(tokens) > e.limit {
			return nil, fmt.Errorf("text %d has %d tokens; from 1 to %d are encoded", i, len(tokens), e.limit)
		}
		if err := r.add(tokens); err != nil {
			return nil, err
		}
	}
	e.norm.apply(r.x)
	for i := range e.layers {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r.layer(&e.layers[i])
	}
	return r.pool(pooling), nil
}

// add appends the embeddings of a text's tokens.
func (r *run) add(tokens []int32) error {
	h, start := r.shape.Hidden, len(r.x)
	r.x = append(r.x, r.positions[:len(tokens)*h]...)
	for i, token := range tokens {
		if token < 0 || int(token) >= r.shape.Vocabulary {
			return fmt.Errorf("the token %d is not in the vocabulary", token)
		}
		r.words.addRow(r.x[start+i*h:][:h], int(token))
	}
	r.ends = append(r.ends, len(r.x)/h)
	return nil
}

// layer runs one layer over all tokens.
func (r *run) layer(l *layer) {
	h := r.shape.Hidden
	tokens := len(r.x) / h
	r.quantized.quantize(r.x, h)
	r.query, r.key, r.value = resized(r.query, len(r.x)), resized(r.key, len(r.x)), resized(r.value, len(r.x))
	l.query.apply(r.query, &r.quantized)
	l.key.apply(r.key, &r.quantized)
	l.value.apply(r.value, &r.quantized)

	r.mixed = resized(r.mixed, len(r.x))
	clear(r.mixed)
	start := 0
	for _, end := range r.ends {
		for head := range r.shape.Heads {
			r.attend(start, end, head)
		}
		start = end
	}
	r.back = resized(r.back, len(r.x))
	r.quantized.quantize(r.mixed, h)
	l.attention.apply(r.back, &r.quantized)
	addTo(r.x, r.back)
	l.attentionNorm.apply(r.x)

	r.wide = resized(r.wide, tokens*r.shape.Intermediate)
	r.quantized.quantize(r.x, h)
	l.widen.apply(r.wide, &r.quantized)
	gelu(r.wide)
	r.quantized.quantize(r.wide, r.shape.Intermediate)
	l.narrow.apply(r.back, &r.quantized)
	addTo(r.x, r.back)
	l.outputNorm.apply(r.x)
}

// attend mixes the values of a text's tokens for one head.
func (r *run) attend(start, end, head int) {
	h := r.shape.Hidden
	size := h / r.shape.Heads
	scale := float32(1 / math.Sqrt(float64(size)))
	r.odds = resized(r.odds, end-start)
	for i := start; i < end; i++ {
		query := r.query[i*h+head*size:][:size]
		top := float32(math.Inf(-1))
		for j := range r.odds {
			key := r.key[(start+j)*h+head*size:][:size]
			var sum float32
			for k, x := range query {
				sum += x * key[k]
			}
			r.odds[j] = sum * scale
			top = max(top, r.odds[j])
		}
		var total float32
		for j, x := range r.odds {
			r.odds[j] = float32(math.Exp(float64(x - top)))
			total += r.odds[j]
		}
		mixed := r.mixed[i*h+head*size:][:size]
		for j, x := range r.odds {
			share := x / total
			for k, v := range r.value[(start+j)*h+head*size:][:size] {
				mixed[k] += share * v
			}
		}
	}
}

func (r *run) pool(pooling Pooling) [][]float32 {
	h, start := r.shape.Hidden, 0
	vectors := make([][]float32, len(r.ends))
	for i, end := range r.ends {
		v := make([]float32, h)
		if pooling == First {
			end = start + 1
		}
		for t := start; t < end; t++ {
			addTo(v, r.x[t*h:][:h])
		}
		for k := range v {
			v[k] /= float32(end - start)
		}
		vectors[i], start = v, r.ends[i]
	}
	return vectors
}

func addTo(dst, src []float32) {
	for i, x := range src {
		dst[i] += x
	}
}

// apply normalises each token's vector.
func (n *norm) apply(x []float32) {
	size := len(n.weight)
	for ; len(x) > 0; x = x[size:] {
		row := x[:size]
		var sum, square float64
		for _, v := range row {
			sum += float64(v)
		}
		mean := sum / float64(size)
		for _, v := range row {
			d := float64(v) - mean
			square += d * d
		}
		scale := 1 / math.Sqrt(square/float64(size)+n.epsilon)
		for i, v := range row {
			row[i] = float32((float64(v)-mean)*scale)*n.weight[i] + n.bias[i]
		}
	}
}
