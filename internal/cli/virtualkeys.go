package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// virtualKeysCommand manages virtual keys: the providers' credentials that Sluice stores.
func virtualKeysCommand() *cobra.Command {
	return group("virtual-keys", "Virtual keys: the providers' credentials that Sluice holds",
		createVirtualKeyCommand(), listVirtualKeysCommand(), updateVirtualKeyCommand(), testVirtualKeyCommand(),
		stateCommand("disable NAME", "Stop using a virtual key", "virtual-keys"),
		stateCommand("enable NAME", "Use a disabled virtual key again", "virtual-keys"),
		stateCommand("delete NAME", "Delete a virtual key with its credential", "virtual-keys"))
}

func createVirtualKeyCommand() *cobra.Command {
	var provider, note, fromEnv, reference, baseURL, prices, expires, workspace string
	var models, credentials []string
	var formats, settings map[string]string
	var none bool
	cmd := clientCommand("create NAME", "Store a provider's credential", 1, func(cmd *cobra.Command, c *client, args []string) error {
		if provider == "" {
			return usage("--provider is missing: openai, anthropic …")
		}
		b := body{"name": args[0], "provider": provider}.text("base_url", baseURL).text("workspace", workspace).text("expires_at", expires).text("note", note)
		if len(models) > 0 {
			b["models"] = models
		}
		if len(formats) > 0 {
			b["formats"] = formats
		}
		if len(settings) > 0 {
			b["settings"] = settings
		}
		if prices != "" {
			if !json.Valid([]byte(prices)) {
				return usage(`--prices must be JSON: {"model": {"input": 2.5, "output": 10}}`)
			}
			b["prices"] = json.RawMessage(prices)
		}
		if more, err := readCredentials(credentials); err != nil {
			return err
		} else if len(more) > 0 {
			b["credentials"] = more
		}
		switch {
		case reference != "":
			b["api_key"] = reference
		case len(credentials) == 0 || fromEnv != "" || none:
			credential, err := readCredential(cmd, fromEnv, none)
			if err != nil {
				return err
			}
			b["api_key"] = credential
		}
		v, err := c.call(cmd.Context(), http.MethodPost, apiPath("virtual-keys"), nil, b)
		if err != nil {
			return err
		}
		return c.printObject(v, column{"name", "name"}, column{"provider", "provider"}, column{"workspace", "workspace"}, column{"base_url", "base_url"},
			column{"models", "models"}, column{"note", "note"}, column{"id", "id"})
	})
	cmd.Long = "Store a provider's credential under a name. It is read from standard input, or with --api-key-env from an\n" +
		"environment variable: arguments are visible to everybody on this machine."
	f := cmd.Flags()
	f.StringVar(&note, "note", "", "a note of any text")
	f.StringVar(&provider, "provider", "", "vendor: openai, anthropic …")
	f.StringVar(&fromEnv, "api-key-env", "", "environment variable that holds the credential")
	f.StringVar(&reference, "api-key-ref", "", "where the server finds the credential: env:NAME, file:/path or vault:path#field (for owners)")
	f.StringArrayVar(&credentials, "credential", nil, "one of several credentials, as NAME=VARIABLE or NAME:WEIGHT=VARIABLE with the environment variable that holds it")
	f.StringVar(&expires, "expires", "", "when it expires, such as 2027-01-31T00:00:00Z (default never)")
	f.BoolVar(&none, "no-api-key", false, "the provider wants no credential")
	f.StringVar(&baseURL, "base-url", "", "the provider's base URL, as its SDK takes it (default the vendor's)")
	f.StringSliceVar(&models, "models", nil, "the models it may be used for (default all)")
	f.StringToStringVar(&formats, "format", nil, "a format that it is called in, with a base URL or none: chat=, responses=, messages=https://… or gemini= (default the vendor's)")
	f.StringToStringVar(&settings, "set", nil, "a setting of the account that the provider needs, such as region=eu-west-1 or project=acme")
	f.StringVar(&prices, "prices", "", `prices in USD per million tokens, as JSON: {"model": {"input": 2.5, "output": 10}}`)
	f.StringVar(&workspace, "workspace", "", "workspace (default your own)")
	return cmd
}

// readCredential reads a credential from the environment, a terminal without echo, or standard
// input: arguments are visible to other processes.
func readCredential(cmd *cobra.Command, fromEnv string, none bool) (string, error) {
	switch {
	case none:
		return "none", nil
	case fromEnv != "":
		s, ok := os.LookupEnv(fromEnv)
		if !ok || s == "" {
			return "", usage("the environment variable %s is not set", fromEnv)
		}
		return s, nil
	}
	stdin := cmd.InOrStdin()
	if f, ok := stdin.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		fmt.Fprint(cmd.ErrOrStderr(), "Credential (not shown): ")
		b, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(cmd.ErrOrStderr())
		if err != nil {
			return "", fmt.Errorf("read the credential: %w", err)
		}
		return nonempty(string(b))
	}
	line, err := bufio.NewReader(io.LimitReader(stdin, 1<<20)).ReadString('\n')
	if err != nil && err != io.EOF {
		return "", fmt.Errorf("read the credential: %w", err)
	}
	return nonempty(line)
}

// readCredentials reads --credential: NAME=VARIABLE or NAME:WEIGHT=VARIABLE.
func readCredentials(list []string) ([]body, error) {
	var out []body
	for _, text := range list {
		name, variable, ok := strings.Cut(text, "=")
		value := os.Getenv(variable)
		if !ok || name == "" || variable == "" {
			return nil, usage("--credential must be NAME=VARIABLE or NAME:WEIGHT=VARIABLE")
		}
		if value == "" {
			return nil, usage("the environment variable %s is not set", variable)
		}
		b := body{"name": name, "api_key": value}
		if before, weight, ok := strings.Cut(name, ":"); ok {
			n, err := strconv.Atoi(weight)
			if err != nil {
				return nil, usage("--credential %s: the weight must be a whole number", before)
			}
			b["name"], b["weight"] = before, n
		}
		out = append(out, b)
	}
	return out, nil
}

func nonempty(s string) (string, error) {
	if s = strings.TrimSpace(s); s == "" {
		return "", usage("no credential on standard input; see --api-key-env and --no-api-key")
	}
	return s, nil
}

func listVirtualKeysCommand() *cobra.Command {
	var workspace string
	cmd := clientCommand("list", "List virtual keys", 0, func(cmd *cobra.Command, c *client, _ []string) error {
		v, err := c.call(cmd.Context(), http.MethodGet, apiPath("virtual-keys"), workspaceQuery(workspace), nil)
		if err != nil {
			return err
		}
		return c.printTable(v, column{"NAME", "name"}, column{"PROVIDER", "provider"}, column{"WORKSPACE", "workspace"}, column{"BASE URL", "base_url"},
			column{"MODELS", "models"}, column{"STATUS", "status"}, column{"CREDENTIALS", "credentials.#.name"}, column{"FROM FILE", "from_file"},
			column{"BUDGET", "usage_limits.credit_limit"}, column{"PERIOD", "budgets.0.period"}, column{"SPENT", "budgets.0.spent_usd"}, column{"LIMITS", "rate_limits.#.value"}, column{"NOTE", "note"})
	})
	cmd.Flags().StringVar(&workspace, "workspace", "", "only of this workspace")
	return cmd
}

func testVirtualKeyCommand() *cobra.Command {
	var workspace string
	cmd := clientCommand("test NAME", "Ask the provider for its models with each credential; exit code 1 if one is not proven", 1, func(cmd *cobra.Command, c *client, args []string) error {
		v, err := c.call(cmd.Context(), http.MethodPost, apiPath("virtual-keys", args[0], "test"), workspaceQuery(workspace), nil)
		if err != nil {
			return err
		}
		if err := c.printTable(v, column{"CREDENTIAL", "name"}, column{"OK", "ok"}, column{"STATUS", "status"}, column{"LATENCY MS", "latency_ms"}, column{"ERROR", "error"}); err != nil {
			return err
		}
		if !v.Get("ok").Bool() {
			return errors.New("not every credential is proven")
		}
		return nil
	})
	cmd.Flags().StringVar(&workspace, "workspace", "", "where a name is meant (default your own, else the only one that has it)")
	return cmd
}
