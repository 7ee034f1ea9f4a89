// Package library keeps the models of package model in the data directory, one folder each:
//
//	models/NAME/manifest.json   what the model is, its licence, and the hashes of its files
//	models/NAME/config.json …   the files themselves, as package model reads them
//
// [Library.Add] takes a folder or an archive, checks the files against the pinned hashes of the
// models that this package knows, opens the model once, and renames the finished folder into
// place: a crash leaves no half of a model. [Library.Open] checks the hashes again.
package library

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/cache/embed/model"
)

// Library is a folder of models. Two processes may use it at a time.
type Library struct {
	dir   string
	known []Known
}

// New returns the library of a data directory. Nothing is read or made yet.
func New(dataDir string) *Library { return &Library{filepath.Join(dataDir, "models"), All} }

// ErrNone is for a caller that needs a model and finds the library empty.
var ErrNone = errors.New("no model is installed: run sluice models add FILE")

// stagingPrefix begins the names of folders that are not finished.
const stagingPrefix = ".adding-"

// List returns the manifests of all models, the one added last first. A folder whose manifest
// cannot be read is an error that names it.
func (l *Library) List() ([]Manifest, error) {
	folders, err := os.ReadDir(l.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []Manifest
	for _, folder := range folders {
		if !folder.IsDir() || strings.HasPrefix(folder.Name(), ".") {
			continue
		}
		m, err := l.manifest(folder.Name())
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	slices.SortStableFunc(all, func(a, b Manifest) int { return b.Added.Compare(a.Added) })
	return all, nil
}

// Open reads a model after its files were checked against its manifest. Errors name the file.
func (l *Library) Open(name string) (*model.Model, Manifest, error) {
	m, err := l.manifest(name)
	if err != nil {
		return nil, m, err
	}
	dir := filepath.Join(l.dir, name)
	for _, file := range m.fileNames() {
		hash, err := hashOf(dir, file)
		if err == nil && hash != m.Files[file] {
			err = errors.New("it is not the file that was added: remove the model and add it again")
		}
		if err != nil {
			return nil, m, fmt.Errorf("%s: %w", filepath.Join(dir, file), err)
		}
	}
	opened, err := model.Open(dir, m.Identity())
	if err != nil {
		return nil, m, fmt.Errorf("%s: %w", dir, err)
	}
	return opened, m, nil
}

// Remove removes a model. A server that has read it goes on with it until its next start.
func (l *Library) Remove(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	dir := filepath.Join(l.dir, name)
	if _, err := os.Stat(dir); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("there is no model %s", name)
		}
		return err
	}
	// Out of sight first: a removal that is interrupted leaves no half of a model.
	away := filepath.Join(l.dir, stagingPrefix+"removed-"+name)
	if err := errors.Join(os.RemoveAll(away), os.Rename(dir, away)); err != nil {
		return err
	}
	return os.RemoveAll(away)
}

func (l *Library) manifest(name string) (Manifest, error) {
	if err := checkName(name); err != nil {
		return Manifest{}, err
	}
	path := filepath.Join(l.dir, name, manifestFile)
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Manifest{}, fmt.Errorf("there is no model %s in %s", name, l.dir)
	}
	if err != nil {
		return Manifest{}, err
	}
	var m Manifest
	if err := json.Unmarshal(content, &m); err != nil {
		return m, fmt.Errorf("%s: %w", path, err)
	}
	if m.Name != name || len(m.Files) == 0 || slices.ContainsFunc(m.fileNames(), func(file string) bool { return !slices.Contains(modelFiles, file) }) {
		return m, fmt.Errorf("%s: it does not describe this folder", path)
	}
	return m, nil
}

// checkName refuses a name that could leave the folder of the models.
func checkName(name string) error {
	letter := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.'
	}
	if name == "" || len(name) > 64 || name[0] == '.' || strings.ContainsFunc(name, func(r rune) bool { return !letter(r) }) {
		return fmt.Errorf("the name of a model has up to 64 letters, digits, dots, hyphens and underscores: %.80q", name)
	}
	return nil
}

func hashOf(dir, name string) (string, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return "", err
	}
	defer root.Close()
	f, err := root.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := newHash()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return h.text(), nil
}
