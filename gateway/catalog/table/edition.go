package table

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Edition is a state of the whole catalogue. Its text is that of a compressed file: the lines of
// the models, and after an empty line those of [Edition.Conflicts].
type Edition struct {
	Version   int64    // of a published file; 0 = the built-in one
	Day       string   // of the prices that have no day of their own
	Models    []string // as [Line] writes them
	Conflicts []string // as [ReadDifference] reads them
}

// Bounds of an edition.
const (
	MaxText   = 64 << 20 // bytes of the uncompressed text
	maxLine   = 64 << 10 // bytes
	maxModels = 200_000
)

// Difference tells that two sources know different prices of one model, in USD per million tokens of
// input and of output.
type Difference struct {
	Provider, ID string
	Unused, Used [2]string // input, output
}

// ReadDifference reads a line of [Edition.Conflicts]: "provider/id⇥1/2⇥1.5/3".
func ReadDifference(line string) (c Difference, err error) {
	parts := strings.Split(line, "\t")
	if len(parts) != 3 {
		return c, fmt.Errorf("a line of the conflicts has %d columns, not 3", len(parts))
	}
	var named bool
	if c.Provider, c.ID, named = strings.Cut(parts[0], "/"); !named {
		return c, fmt.Errorf("%.80q names no provider and model", parts[0])
	}
	for i, to := range []*[2]string{&c.Unused, &c.Used} {
		input, output, both := strings.Cut(parts[i+1], "/")
		if !both {
			return c, fmt.Errorf("%.80q is no pair of prices", parts[i+1])
		}
		*to = [2]string{input, output}
	}
	return c, nil
}

// Write compresses the edition's text. Version and Day are not part of it.
func (e *Edition) Write(w io.Writer) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	text := bufio.NewWriter(z)
	for _, line := range e.Models {
		_, _ = text.WriteString(line + "\n") // Flush reports the error
	}
	_ = text.WriteByte('\n')
	for _, line := range e.Conflicts {
		_, _ = text.WriteString(line + "\n")
	}
	if err := text.Flush(); err != nil {
		return err
	}
	return z.Close()
}

// Read decompresses the text of an edition and checks each line. An error names the line, and the
// model where there is one.
func (e *Edition) Read(compressed *bufio.Reader) error {
	z, err := gzip.NewReader(compressed)
	if err != nil {
		return fmt.Errorf("the compressed text: %w", err)
	}
	z.Multistream(false)
	if err := e.scan(z); err != nil {
		return err
	}
	if _, err := compressed.ReadByte(); !errors.Is(err, io.EOF) {
		return errors.New("there is something behind the end of the compressed text")
	}
	return nil
}

func (e *Edition) scan(text io.Reader) error {
	bounded := &io.LimitedReader{R: text, N: MaxText + 1}
	lines := bufio.NewScanner(bounded)
	lines.Buffer(make([]byte, 0, maxLine), maxLine)
	seen := map[[2]string]bool{}
	n, conflicts := 0, false
	for lines.Scan() {
		line := lines.Text()
		n++
		err := func() error {
			switch {
			case bounded.N == 0:
				return fmt.Errorf("the text is longer than %d bytes", MaxText)
			case line == "" && !conflicts:
				conflicts = true
				return nil
			case len(e.Models)+len(e.Conflicts) >= maxModels:
				return fmt.Errorf("there are more than %d lines", maxModels)
			case conflicts:
				e.Conflicts = append(e.Conflicts, line)
				_, err := ReadDifference(line)
				return err
			}
			m, err := Parse(line)
			if err == nil {
				err = m.Check()
			}
			if key := [2]string{m.Provider, m.ID}; err == nil && seen[key] {
				err = fmt.Errorf("%s/%s: the model is there twice", m.Provider, m.ID)
			} else {
				seen[key] = true
			}
			e.Models = append(e.Models, line)
			return err
		}()
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return fmt.Errorf("line %d is longer than %d bytes", n+1, maxLine)
	case err != nil:
		return err
	case bounded.N == 0:
		return fmt.Errorf("the text is longer than %d bytes", MaxText)
	case len(e.Models) == 0:
		return errors.New("there is no model in it")
	}
	return nil
}

// CheckDay refuses what is no day, such as 2026-11-28.
func CheckDay(day string) error {
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return fmt.Errorf("%.40q is no day such as 2026-11-28", day)
	}
	return nil
}
