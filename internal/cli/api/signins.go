package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// SignIn is the token of a server that the command line has signed in to.
type SignIn struct {
	Token   string    `json:"token"`
	Expires time.Time `json:"expires"`
}

// SignInsFile is where tokens are kept, by the URL of the server. Only its owner can read it.
func SignInsFile() (string, error) {
	folder, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("there is no place to keep a sign-in: %w", err)
	}
	return filepath.Join(folder, "sluice", "sign-ins.json"), nil
}

// ReadSignIns returns the stored sign-ins by the URL of their server.
func ReadSignIns() (map[string]SignIn, error) {
	file, err := SignInsFile()
	if err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]SignIn{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the sign-ins: %w", err)
	}
	var out map[string]SignIn
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, fmt.Errorf("%s is broken; delete it and sign in again: %w", file, err)
	}
	return out, nil
}

// KeepSignIn keeps the sign-in to a server; the zero value forgets it. Ended ones are dropped.
func KeepSignIn(base string, s SignIn) error {
	kept, err := ReadSignIns()
	if err != nil {
		return err
	}
	if kept == nil {
		kept = map[string]SignIn{}
	}
	if kept[base] = s; s.Token == "" {
		delete(kept, base)
	}
	for url, other := range kept {
		if !time.Now().Before(other.Expires) {
			delete(kept, url)
		}
	}
	file, err := SignInsFile()
	if err != nil {
		return err
	}
	raw, err := json.MarshalIndent(kept, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the sign-ins: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("keep the sign-in: %w", err)
	}
	// A new file in the old one's place: no reader sees half of it, and its mode is ours.
	next, err := os.CreateTemp(filepath.Dir(file), ".sign-ins-*") // mode 0600
	if err != nil {
		return fmt.Errorf("keep the sign-in: %w", err)
	}
	_, err = next.Write(raw)
	if err = errors.Join(err, next.Close()); err == nil {
		err = os.Rename(next.Name(), file)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("keep the sign-in: %w", err), os.Remove(next.Name()))
	}
	return nil
}

// SignedInKey is the token of a sign-in to the server, empty if there is none or it has ended.
func SignedInKey(base string) gateway.Secret {
	kept, err := ReadSignIns()
	if known, ok := kept[base]; err == nil && ok && time.Now().Before(known.Expires) {
		return gateway.NewSecret(known.Token)
	}
	return gateway.Secret{}
}
