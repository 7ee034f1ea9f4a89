package cli

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/gateway/catalog"
	"github.com/sluicegate/sluice/gateway/catalog/signed"
	"github.com/sluicegate/sluice/gateway/catalog/table"
	"github.com/sluicegate/sluice/internal/cli/api"
)

// These commands work in this process, on files.

// catalogResult is what they print.
type catalogResult struct {
	File      string `json:"file"`
	Version   int64  `json:"version,omitempty"`
	Day       string `json:"day,omitempty"`
	Models    int    `json:"models,omitempty"`
	Conflicts int    `json:"conflicts,omitempty"`
	Bytes     int    `json:"bytes,omitempty"`
	PublicKey string `json:"public_key,omitempty"`
}

func printCatalogResult(cmd *cobra.Command, done string, r catalogResult) error {
	if asJSON, _ := cmd.Flags().GetBool("json"); asJSON {
		raw, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(cmd.OutOrStdout(), string(raw))
		return err
	}
	text := done + " " + api.Printable(r.File)
	if r.Version > 0 {
		text += fmt.Sprintf(": version %d of %s, %d models, %d conflicts, %d bytes", r.Version, r.Day, r.Models, r.Conflicts, r.Bytes)
	}
	if r.PublicKey != "" {
		text += "\npublic key: " + r.PublicKey
	}
	_, err := fmt.Fprintln(cmd.OutOrStdout(), text)
	return err
}

func resultOf(file string, raw []byte, e table.Edition) catalogResult {
	return catalogResult{File: file, Version: e.Version, Day: e.Day, Models: len(e.Models), Conflicts: len(e.Conflicts), Bytes: len(raw)}
}

func buildCatalogCommand() *cobra.Command {
	var out, day, models, conflicts string
	var version int64
	cmd := &cobra.Command{Use: "build -o FILE --version N", Short: "Make an unsigned catalogue file", Args: api.Exactly(0), RunE: func(cmd *cobra.Command, _ []string) error {
		if out == "" || version < 1 {
			return api.Usage("-o and --version must be given; raise the version with each file that you publish")
		}
		e, err := catalog.BuiltIn()
		if err != nil {
			return err
		}
		e.Version, e.Day = version, cmp.Or(day, e.Day)
		if models != "" {
			if day == "" {
				return api.Usage("--models needs --day: the day of the prices in it that have none of their own")
			}
			e.Conflicts = nil
			if e.Models, err = readLines(models); err != nil {
				return err
			}
		}
		if conflicts != "" {
			if e.Conflicts, err = readLines(conflicts); err != nil {
				return err
			}
		}
		raw, err := signed.Pack(e)
		if err != nil {
			return fmt.Errorf("%s: %w", cmp.Or(models, "the built-in catalogue"), err)
		}
		if err := os.WriteFile(out, raw, 0o644); err != nil {
			return err
		}
		return printCatalogResult(cmd, "wrote", resultOf(out, raw, e))
	}}
	cmd.Long = "Make an unsigned catalogue file, of the built-in catalogue or of other lines.\n\n" +
		"The program in gateway/catalog/gen writes such lines from newer packages; they can be edited, too.\n" +
		"Their format is told in gateway/catalog/table/doc.go."
	cmd.Flags().StringVarP(&out, "output", "o", "", "the file to write")
	cmd.Flags().Int64Var(&version, "version", 0, "a number that is higher than that of the last file, such as 2026113001")
	cmd.Flags().StringVar(&day, "day", "", "the day of prices that have none of their own (default that of the built-in catalogue)")
	cmd.Flags().StringVar(&models, "models", "", "models.tsv or models.tsv.gz (default the built-in catalogue)")
	cmd.Flags().StringVar(&conflicts, "conflicts", "", "conflicts.txt (default those of the built-in catalogue, none with --models)")
	return cmd
}

// readLines reads the lines of a file, which may be compressed, without comments.
func readLines(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text := bufio.NewReader(f)
	var from io.Reader = text
	if magic, _ := text.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		if from, err = gzip.NewReader(text); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	raw, err := io.ReadAll(io.LimitReader(from, table.MaxText+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	case len(raw) > table.MaxText:
		return nil, fmt.Errorf("%s is longer than %d bytes", path, table.MaxText)
	}
	var lines []string
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimRight(line, "\r\n"); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

func catalogKeyCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{Use: "keygen -o FILE", Short: "Make a key pair to sign catalogues with", Args: api.Exactly(0), RunE: func(cmd *cobra.Command, _ []string) error {
		if out == "" {
			return api.Usage("-o must be given: the file for the private key")
		}
		public, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return err
		}
		text, err := signed.WritePrivateKey(private)
		if err != nil {
			return err
		}
		f, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // never over another key
		if err != nil {
			return err
		}
		_, err = f.Write(text)
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
		return printCatalogResult(cmd, "wrote the private key", catalogResult{File: out, PublicKey: signed.WritePublicKey(public)})
	}}
	cmd.Flags().StringVarP(&out, "output", "o", "", "the file for the private key, which must not exist yet")
	return cmd
}

func signCatalogCommand() *cobra.Command {
	var key, out string
	cmd := &cobra.Command{Use: "sign FILE --key FILE -o FILE", Short: "Sign a catalogue file", Args: api.Exactly(1), RunE: func(cmd *cobra.Command, args []string) error {
		if key == "" || out == "" {
			return api.Usage("--key and -o must be given")
		}
		pem, err := os.ReadFile(key)
		if err != nil {
			return err
		}
		private, err := signed.ReadPrivateKey(pem)
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		unsigned, err := os.ReadFile(args[0])
		if err != nil {
			return err
		}
		raw, err := signed.Sign(unsigned, private)
		if err != nil {
			return fmt.Errorf("%s: %w", args[0], err)
		}
		e, err := signed.Read(unsigned)
		if err != nil {
			return err
		}
		if err := os.WriteFile(out, raw, 0o644); err != nil {
			return err
		}
		result := resultOf(out, raw, e)
		result.PublicKey = signed.WritePublicKey(private.Public().(ed25519.PublicKey))
		return printCatalogResult(cmd, "signed", result)
	}}
	cmd.Flags().StringVar(&key, "key", "", "the file with the private key, in PEM")
	cmd.Flags().StringVarP(&out, "output", "o", "", "the file to write")
	return cmd
}

func verifyCatalogCommand() *cobra.Command {
	var keys []string
	cmd := &cobra.Command{Use: "verify FILE --public-key KEY", Short: "Check signature and content of a catalogue file", Args: api.Exactly(1), RunE: func(cmd *cobra.Command, args []string) error {
		var public []ed25519.PublicKey
		for _, text := range keys {
			key, err := signed.ReadPublicKey(text)
			if err != nil {
				return api.Usage("--public-key %w", err)
			}
			public = append(public, key)
		}
		if len(public) == 0 {
			return api.Usage("--public-key must be given: without it, anybody may have signed the file")
		}
		raw, err := os.ReadFile(args[0])
		if err != nil {
			return err
		}
		e, err := signed.Open(raw, public)
		if err != nil {
			return fmt.Errorf("%s: %w", args[0], err)
		}
		return printCatalogResult(cmd, "verified", resultOf(args[0], raw, e))
	}}
	cmd.Flags().StringArrayVar(&keys, "public-key", nil, "a key that the file may be signed with, in base64; may be given again")
	return cmd
}
