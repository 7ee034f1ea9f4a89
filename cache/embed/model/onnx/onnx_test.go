package onnx

import (
	"bytes"
	"encoding/binary"
	"os"
	"strings"
	"testing"
)

// part returns a bytes field of a protobuf message.
func part(number int, content ...[]byte) []byte {
	all := bytes.Join(content, nil)
	b := binary.AppendUvarint(nil, uint64(number)<<3|2)
	return append(binary.AppendUvarint(b, uint64(len(all))), all...)
}

// number returns a varint field.
func number(field int, n uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(nil, uint64(field)<<3), n)
}

// model returns a file with one tensor.
func model(fields ...[]byte) []byte {
	return part(modelGraph, part(graphInitializer, append([][]byte{part(tensorName, []byte("a"))}, fields...)...))
}

func TestHostileFilesAreRefused(t *testing.T) {
	float := number(tensorType, 1)
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"empty":                 {nil, "not a valid ONNX file"},
		"text":                  {[]byte("version https://git-lfs.github.com/spec/v1"), "not a valid ONNX file"},
		"length behind the end": {[]byte{modelGraph<<3 | 2, 200, 1, 0}, "not a valid ONNX file"},
		"endless number":        {bytes.Repeat([]byte{0xFF}, 20), "not a valid ONNX file"},
		"two graphs":            {append(model(), model()...), "more than one graph"},
		"too few bytes":         {model(float, number(tensorDims, 4), part(tensorRaw, make([]byte, 8))), `tensor "a": it has 8 bytes`},
		"huge dimension":        {model(float, number(tensorDims, 1<<62), part(tensorRaw, make([]byte, 8))), `tensor "a": its shape is out of bounds`},
		"product overflows":     {model(float, number(tensorDims, 1<<29), number(tensorDims, 1<<29), part(tensorRaw)), `tensor "a": its shape`},
		"many dimensions":       {model(float, bytes.Repeat(number(tensorDims, 1), 5), part(tensorRaw, make([]byte, 4))), `tensor "a": it has more than 4 dimensions`},
		"packed dimensions":     {model(float, part(tensorDims, bytes.Repeat([]byte{1}, 100)), part(tensorRaw, make([]byte, 4))), `tensor "a": it has more than 4 dimensions`},
		"in another file":       {model(float, number(tensorDims, 1), number(tensorLocation, 1)), `tensor "a": its numbers are in another file`},
		"numbers twice":         {model(float, number(tensorDims, 1), part(tensorRaw, make([]byte, 4)), part(tensorFloats, make([]byte, 4))), `tensor "a": its numbers`},
		"long name":             {part(modelGraph, part(graphInitializer, part(tensorName, make([]byte, 2000)))), "not a valid ONNX file"},
	} {
		_, err := Read(bytes.NewReader(c.file), int64(len(c.file)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, folder := range []string{"tiny-onnx", "tiny-int8"} {
		real, err := os.ReadFile("../testdata/" + folder + "/model.onnx")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(real)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		tensors, err := Read(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		for name, tensor := range tensors {
			if err := tensor.Check(); err != nil {
				t.Errorf("%q was accepted: %v", name, err)
			}
			_ = tensor.Rows(func(int, []float32) {})
		}
	})
}
