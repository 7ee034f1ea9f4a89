package signed

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sluicegate/sluice/gateway/catalog/table"
)

// MaxFile is the size of the largest file, in bytes.
const MaxFile = 16 << 20

const (
	signature = "sluice-catalog-signature ed25519 "
	format    = "sluice-catalog 1\n"
	maxHead   = 4 << 10 // bytes of a line before the compressed text
)

// head is the second line of the signed bytes.
type head struct {
	Version int64  `json:"version"`
	Day     string `json:"day"`
}

func (h head) check() error {
	if h.Version < 1 {
		return errors.New("version: must be a number from 1")
	}
	if err := table.CheckDay(h.Day); err != nil {
		return fmt.Errorf("day: %w", err)
	}
	return nil
}

// Pack makes an unsigned file of an edition, and refuses what [Open] would refuse.
func Pack(e table.Edition) ([]byte, error) {
	h := head{e.Version, e.Day}
	if err := h.check(); err != nil {
		return nil, err
	}
	line, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.WriteString(format)
	out.Write(append(line, '\n'))
	if err := e.Write(&out); err != nil {
		return nil, err
	}
	if _, err := Read(out.Bytes()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Sign returns the signed form of an unsigned file.
func Sign(unsigned []byte, key ed25519.PrivateKey) ([]byte, error) {
	if bytes.HasPrefix(unsigned, []byte(signature)) {
		return nil, errors.New("the file is signed already")
	}
	if _, err := Read(unsigned); err != nil {
		return nil, err
	}
	line := signature + base64.StdEncoding.EncodeToString(ed25519.Sign(key, unsigned)) + "\n"
	return append([]byte(line), unsigned...), nil
}

// Open reads a signed file that one of the keys has signed.
func Open(file []byte, keys []ed25519.PublicKey) (table.Edition, error) {
	unsigned, err := verify(file, keys)
	if err != nil {
		return table.Edition{}, err
	}
	return Read(unsigned)
}

func verify(file []byte, keys []ed25519.PublicKey) (unsigned []byte, err error) {
	line, unsigned, _ := bytes.Cut(file[:min(len(file), maxHead)], []byte{'\n'})
	text, signed := bytes.CutPrefix(line, []byte(signature))
	switch {
	case len(file) > MaxFile:
		return nil, fmt.Errorf("the file is larger than %d bytes", MaxFile)
	case bytes.HasPrefix(file, []byte(format)):
		return nil, errors.New("the file is not signed")
	case !signed || unsigned == nil:
		return nil, errors.New("the file is no signed catalogue: its first line is no signature")
	}
	unsigned = file[len(line)+1:]
	sum, err := base64.StdEncoding.Strict().DecodeString(string(text))
	if err != nil || len(sum) != ed25519.SignatureSize {
		return nil, errors.New("the signature in the first line is no base64 of 64 bytes")
	}
	for _, key := range keys {
		if ed25519.Verify(key, unsigned, sum) {
			return unsigned, nil
		}
	}
	return nil, errors.New("the signature is not one of a key that is trusted, or the file was changed after it was signed")
}

// Read reads an unsigned file.
func Read(unsigned []byte) (e table.Edition, err error) {
	rest, ok := bytes.CutPrefix(unsigned, []byte(format))
	if !ok {
		return e, errors.New("the format is not 'sluice-catalog 1'")
	}
	line, compressed, ok := bytes.Cut(rest, []byte{'\n'})
	if !ok || len(line) > maxHead {
		return e, errors.New("the line with version and day is missing")
	}
	var h head
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&h); err != nil {
		return e, fmt.Errorf("the line with version and day: %w", err)
	}
	if err := h.check(); err != nil {
		return e, err
	}
	e.Version, e.Day = h.Version, h.Day
	return e, e.Read(bufio.NewReader(bytes.NewReader(compressed)))
}
