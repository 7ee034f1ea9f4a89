// Package onnx reads the weights from a model in the ONNX format, a protobuf message described
// at https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. Nothing of the graph is executed:
// nodes only tell which weight belongs to which bias, because exporters keep the names of biases
// but not those of matrices.
//
// Weights in floating point are read, and those in 8 bits in three forms: a DequantizeLinear, a
// Cast with a Mul, and a MatMulInteger. A graph whose layers are fused into nodes of one runtime
// is not read.
package onnx

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/sluicegate/sluice/cache/embed/model/tensor"
)

// The numbers of the fields that are read.
const (
	modelGraph       = 7
	graphNode        = 1
	graphInitializer = 5

	nodeInput  = 1
	nodeOutput = 2
	nodeType   = 4

	tensorDims     = 1
	tensorType     = 2
	tensorFloats   = 4
	tensorInts     = 5
	tensorName     = 8
	tensorRaw      = 9
	tensorLocation = 14
)

// The bounds of a file.
const (
	maxTensors = 1 << 14
	maxNodes   = 1 << 16
	maxEnds    = 64 // inputs or outputs of a node
)

// kinds are ONNX's numbers of the types that are read.
var kinds = map[uint64]tensor.Kind{1: tensor.Float32, 2: tensor.Uint8, 3: tensor.Int8, 10: tensor.Float16, 16: tensor.BFloat16}

// node is one operation.
type node struct {
	kind            string
	inputs, outputs []string
}

// Read reads the tensors of a file of this size. The numbers are read later, from r.
func Read(r io.ReaderAt, size int64) (map[string]*tensor.Tensor, error) {
	g := graph{tensors: map[string]*tensor.Tensor{}, producer: map[string]*node{}}
	model := newMessage(r, 0, size)
	found := false
	for {
		f, err := model.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if f.number != modelGraph {
			continue
		}
		if found {
			return nil, errors.New("it has more than one graph")
		}
		found = true
		m, err := model.message(f)
		if err == nil {
			err = g.read(m)
		}
		if err != nil {
			return nil, err
		}
	}
	if !found {
		return nil, errWire
	}
	return g.named()
}

// read reads the nodes and initialisers of a graph.
func (g *graph) read(m *message) error {
	for {
		f, err := m.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if f.number != graphNode && f.number != graphInitializer {
			continue
		}
		part, err := m.message(f)
		if err != nil {
			return err
		}
		if f.number == graphNode {
			err = g.readNode(part)
		} else {
			err = g.readTensor(part)
		}
		if err != nil {
			return err
		}
	}
}

func (g *graph) readNode(m *message) error {
	n := &node{}
	for {
		f, err := m.next()
		if err == io.EOF {
			break
		}
		var text string
		if err == nil && (f.number == nodeInput || f.number == nodeOutput || f.number == nodeType) {
			text, err = m.text(f)
		}
		if err != nil {
			return err
		}
		switch f.number {
		case nodeInput:
			n.inputs = append(n.inputs, text)
		case nodeOutput:
			n.outputs = append(n.outputs, text)
		case nodeType:
			n.kind = text
		}
		if len(n.inputs) > maxEnds || len(n.outputs) > maxEnds {
			return fmt.Errorf("a node has more than %d inputs or outputs", maxEnds)
		}
	}
	if g.nodes = append(g.nodes, n); len(g.nodes) > maxNodes {
		return fmt.Errorf("the graph has more than %d nodes", maxNodes)
	}
	for _, output := range n.outputs {
		g.producer[output] = n
	}
	return nil
}

func (g *graph) readTensor(m *message) error {
	t := &tensor.Tensor{}
	var data field // the last field with numbers
	external := false
	for {
		f, err := m.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		switch f.number {
		case tensorDims:
			err = m.dims(t, f)
		case tensorType:
			t.Kind = kinds[f.value]
		case tensorName:
			t.Name, err = m.text(f)
		case tensorFloats, tensorRaw, tensorInts:
			if f.wire != lengthy || data.number != 0 {
				err = errors.New("its numbers are in a form that is not read")
			}
			data = f
		case tensorLocation:
			external = f.value != 0
		}
		if err != nil {
			return fmt.Errorf("tensor %.80q: %w", t.Name, err)
		}
	}
	if t.Kind == 0 {
		return nil // integers: positions and sizes, never weights
	}
	if external {
		return fmt.Errorf("tensor %.80q: its numbers are in another file, which is not read", t.Name)
	}
	t.Data = io.NewSectionReader(m.file, data.start, data.length)
	var err error
	if data.number == tensorInts {
		t.Data, err = m.integers(data)
	}
	if err == nil {
		err = t.Check()
	}
	if err != nil {
		return fmt.Errorf("tensor %.80q: %w", t.Name, err)
	}
	if g.tensors[t.Name] = t; len(g.tensors) > maxTensors {
		return fmt.Errorf("the graph has more than %d tensors", maxTensors)
	}
	return nil
}

// maxIntegers is the length of the longest list of integers that is read, in bytes. Exporters
// write zero points so, and weights as raw bytes.
const maxIntegers = 1 << 16

// integers returns the packed integers of a field as numbers of 8 bits.
func (m *message) integers(f field) (*io.SectionReader, error) {
	if f.length > maxIntegers {
		return nil, errors.New("its numbers are in a form that is not read")
	}
	var list []byte
	for packed := newMessage(m.file, f.start, f.length); packed.at < packed.end; {
		n, err := packed.varint()
		if err != nil {
			return nil, err
		}
		list = append(list, byte(n))
	}
	return io.NewSectionReader(strings.NewReader(string(list)), 0, int64(len(list))), nil
}

// dims appends the dimensions in a field, which holds one or is packed.
func (m *message) dims(t *tensor.Tensor, f field) error {
	list := []uint64{f.value}
	if f.wire == lengthy {
		list = nil
		for packed := newMessage(m.file, f.start, f.length); packed.at < packed.end && len(list) <= tensor.MaxDims; {
			n, err := packed.varint()
			if err != nil {
				return err
			}
			list = append(list, n)
		}
	}
	for _, n := range list {
		if n > tensor.MaxElements {
			return errors.New("its shape is out of bounds")
		}
		t.Shape = append(t.Shape, int(n))
	}
	if len(t.Shape) > tensor.MaxDims {
		return fmt.Errorf("it has more than %d dimensions", tensor.MaxDims)
	}
	return nil
}
