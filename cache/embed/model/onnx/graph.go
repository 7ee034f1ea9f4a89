package onnx

import (
	"fmt"
	"strings"

	"github.com/sluicegate/sluice/cache/embed/model/tensor"
)

// graph is what the weights are found by.
type graph struct {
	nodes    []*node
	tensors  map[string]*tensor.Tensor
	producer map[string]*node // of a value
}

// named returns the tensors under the names that a BERT has in PyTorch.
func (g *graph) named() (map[string]*tensor.Tensor, error) {
	out := map[string]*tensor.Tensor{}
	for name, t := range g.tensors {
		if t.Kind == tensor.Float32 || t.Kind == tensor.Float16 || t.Kind == tensor.BFloat16 {
			out[name] = t
		}
	}
	for name := range g.producer {
		if !strings.HasSuffix(name, ".weight") {
			continue
		}
		t, err := g.weight(name)
		if err != nil {
			return nil, err
		}
		if t != nil {
			out[name] = t
		}
	}
	for _, n := range g.nodes {
		switch n.kind {
		case "Gather": // a table in 8 bits: the export adds a suffix to its name
			t, err := g.gathered(n)
			if err != nil {
				return nil, err
			}
			if t != nil {
				out[strings.TrimSuffix(t.Name, "_quantized")] = t
			}
		case "Add":
			if bias, t, err := g.linear(n); err != nil {
				return nil, err
			} else if t != nil {
				out[strings.TrimSuffix(bias, ".bias")+".weight"] = t
			}
		}
	}
	return out, nil
}

// gathered returns a table in 8 bits whose rows are turned into numbers after they were picked.
func (g *graph) gathered(gather *node) (*tensor.Tensor, error) {
	for _, n := range g.nodes {
		if n.kind == "DequantizeLinear" && len(n.inputs) >= 2 && len(gather.outputs) == 1 && len(gather.inputs) > 0 && n.inputs[0] == gather.outputs[0] {
			zero := ""
			if len(n.inputs) > 2 {
				zero = n.inputs[2]
			}
			return g.scaled(gather.inputs[0], n.inputs[1], zero)
		}
	}
	return nil, nil
}

// linear returns the bias and the matrix of an addition, if it is that of a linear layer.
func (g *graph) linear(add *node) (bias string, t *tensor.Tensor, err error) {
	if len(add.inputs) != 2 {
		return "", nil, nil
	}
	for i, name := range add.inputs {
		if g.tensors[name] == nil || !strings.HasSuffix(name, ".bias") {
			continue
		}
		product := g.producer[add.inputs[1-i]]
		if product == nil || len(product.inputs) < 2 {
			continue
		}
		switch product.kind {
		case "MatMul":
			t, err = g.weight(product.inputs[1])
		case "Mul": // of a Cast of a MatMulInteger with the product of both scales
			t, err = g.integerProduct(product)
		}
		if t != nil {
			transposed := *t
			transposed.Transposed = !t.Transposed
			t = &transposed
		}
		return name, t, err
	}
	return "", nil, nil
}

// weight returns a value that is a tensor, or one of 8 bits turned into numbers; nil if it is
// something else.
func (g *graph) weight(name string) (*tensor.Tensor, error) {
	if t := g.tensors[name]; t != nil {
		if t.Kind == tensor.Int8 || t.Kind == tensor.Uint8 {
			return nil, nil
		}
		return t, nil
	}
	n := g.producer[name]
	if n == nil {
		return nil, nil
	}
	switch {
	case n.kind == "Transpose" && len(n.inputs) == 1:
		t, err := g.weight(n.inputs[0])
		if t == nil || len(t.Shape) != 2 || err != nil {
			return nil, err
		}
		transposed := *t
		transposed.Transposed = !t.Transposed
		return &transposed, nil
	case n.kind == "DequantizeLinear" && len(n.inputs) == 2:
		return g.scaled(n.inputs[0], n.inputs[1], "")
	case n.kind == "DequantizeLinear" && len(n.inputs) == 3:
		return g.scaled(n.inputs[0], n.inputs[1], n.inputs[2])
	case n.kind == "Mul" && len(n.inputs) == 2:
		if cast := g.producer[n.inputs[0]]; cast != nil && cast.kind == "Cast" && len(cast.inputs) == 1 && g.tensors[cast.inputs[0]] != nil {
			return g.scaled(cast.inputs[0], n.inputs[1], "")
		}
	}
	return nil, nil
}

// integerProduct returns the matrix of a product in integers.
func (g *graph) integerProduct(mul *node) (*tensor.Tensor, error) {
	for i, input := range mul.inputs {
		cast := g.producer[input]
		if cast == nil || cast.kind != "Cast" || len(cast.inputs) != 1 {
			continue
		}
		product, scales := g.producer[cast.inputs[0]], g.producer[mul.inputs[1-i]]
		if product == nil || product.kind != "MatMulInteger" || len(product.inputs) < 2 || scales == nil || scales.kind != "Mul" {
			continue
		}
		zero := ""
		if len(product.inputs) > 3 {
			zero = product.inputs[3]
		}
		for _, scale := range scales.inputs { // the other one is the input's, computed each time
			if g.tensors[scale] != nil {
				return g.scaled(product.inputs[1], scale, zero)
			}
		}
	}
	return nil, nil
}

// maxScales is how many scales a tensor may have.
const maxScales = 1 << 20

// scaled returns a tensor in 8 bits with its scales and zero points.
func (g *graph) scaled(name, scale, zero string) (*tensor.Tensor, error) {
	t := g.tensors[name]
	if t == nil || t.Kind != tensor.Int8 && t.Kind != tensor.Uint8 || len(t.Shape) != 2 {
		return nil, nil
	}
	out := *t
	fail := func(err error) (*tensor.Tensor, error) { return nil, fmt.Errorf("tensor %.80q: %w", name, err) }
	s := g.tensors[scale]
	if s == nil || s.Kind != tensor.Float32 {
		return fail(fmt.Errorf("it has no scale"))
	}
	if s.Data.Size() > maxScales*4 {
		return fail(fmt.Errorf("it has more than %d scales", maxScales))
	}
	if err := s.Rows(func(_ int, row []float32) { out.Scale = append(out.Scale, row...) }); err != nil {
		return fail(err)
	}
	if z := g.tensors[zero]; zero != "" {
		if z == nil || z.Kind != t.Kind || z.Data.Size() > maxScales {
			return fail(fmt.Errorf("its zero point is not read"))
		}
		raw := *z
		raw.Scale = []float32{1}
		if err := raw.Rows(func(_ int, row []float32) {
			for _, x := range row {
				out.Zero = append(out.Zero, int32(x))
			}
		}); err != nil {
			return fail(err)
		}
	}
	places := t.Shape[1]
	if out.PerRow = len(s.Shape) == 2 && s.Shape[1] == 1 && s.Shape[0] > 1; out.PerRow {
		places = t.Shape[0]
	}
	for _, n := range []int{len(out.Scale), max(len(out.Zero), 1)} {
		if n != 1 && n != places {
			return fail(fmt.Errorf("it has %d scales or zero points; 1 or %d are read", n, places))
		}
	}
	return &out, nil
}
