package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"time"
)

// The sections of a document that a run writes. Each stands between two marks.
var sections = map[string]func(*Report, time.Time) (string, error){
	"table":   func(r *Report, day time.Time) (string, error) { return rendered(r.table, day) },
	"summary": func(r *Report, day time.Time) (string, error) { return rendered(r.summaryTable, day) },
}

func marks(section string) (begin, end string) {
	return "<!-- make clients writes this " + section + " -->\n", "<!-- end of the " + section + " -->\n"
}

// rendered is a table below the day of its run.
func rendered(table func(*bytes.Buffer) error, day time.Time) (string, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "\nRun on %s.\n\n", day.UTC().Format("2 January 2006"))
	err := table(&b)
	return b.String() + "\n", err
}

// replaced is text with each of its marked sections written anew.
func (r *Report) replaced(text string, day time.Time) (string, error) {
	for name, write := range sections {
		begin, end := marks(name)
		before, rest, ok := strings.Cut(text, begin)
		if !ok {
			continue
		}
		_, after, ok := strings.Cut(rest, end)
		if !ok {
			return "", fmt.Errorf("the line %q has no %q after it", strings.TrimSpace(begin), strings.TrimSpace(end))
		}
		section, err := write(r, day)
		if err != nil {
			return "", err
		}
		text = before + begin + section + end + after
	}
	return text, nil
}

// writeTo writes the marked sections of the files anew. A file without them stays as it is.
func (r *Report) writeTo(files []string, day time.Time) error {
	for _, file := range files {
		old, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		text, err := r.replaced(string(old), day)
		if err == nil && text != string(old) {
			err = os.WriteFile(file, []byte(text), 0o644)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}
