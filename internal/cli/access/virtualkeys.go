package access

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

	"github.com/sluicegate/sluice/internal/cli/api"
)

// VirtualKeys manages virtual keys: the providers' credentials that Sluice stores.
func VirtualKeys() *cobra.Command {
	return api.Group("virtual-keys", "Virtual keys: the providers' credentials that Sluice holds",
		createVirtualKeyCommand(), listVirtualKeysCommand(), updateVirtualKeyCommand(), testVirtualKeyCommand(), compareVirtualKeyCommand(),
		stateCommand("disable NAME", "Stop using a virtual key", "virtual-keys"),
		stateCommand("enable NAME", "Use a disabled virtual key again", "virtual-keys"),
		stateCommand("delete NAME", "Delete a virtual key with its credential", "virtual-keys"))
}

func createVirtualKeyCommand() *cobra.Command {
	var provider, note, fromEnv, reference, baseURL, prices, expires, workspace string
	var models, credentials []string
	var formats, settings map[string]string
	var none bool
	cmd := api.Command("create NAME", "Store a provider's credential", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		if provider == "" {
			return api.Usage("--provider is missing: openai, anthropic …")
		}
		b := api.Body{"name": args[0], "provider": provider}.Text("base_url", baseURL).Text("workspace", workspace).Text("expires_at", expires).Text("note", note)
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
				return api.Usage(`--prices must be JSON: {"model": {"input": 2.5, "output": 10}}`)
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
		v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("virtual-keys"), nil, b)
		if err != nil {
			return err
		}
		return c.PrintObject(v, api.Column{"name", "name"}, api.Column{"provider", "provider"}, api.Column{"workspace", "workspace"}, api.Column{"base_url", "base_url"},
			api.Column{"models", "models"}, api.Column{"note", "note"}, api.Column{"id", "id"})
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
			return "", api.Usage("the environment variable %s is not set", fromEnv)
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
func readCredentials(list []string) ([]api.Body, error) {
	var out []api.Body
	for _, text := range list {
		name, variable, ok := strings.Cut(text, "=")
		value := os.Getenv(variable)
		if !ok || name == "" || variable == "" {
			return nil, api.Usage("--credential must be NAME=VARIABLE or NAME:WEIGHT=VARIABLE")
		}
		if value == "" {
			return nil, api.Usage("the environment variable %s is not set", variable)
		}
		b := api.Body{"name": name, "api_key": value}
		if before, weight, ok := strings.Cut(name, ":"); ok {
			n, err := strconv.Atoi(weight)
			if err != nil {
				return nil, api.Usage("--credential %s: the weight must be a whole number", before)
			}
			b["name"], b["weight"] = before, n
		}
		out = append(out, b)
	}
	return out, nil
}

func nonempty(s string) (string, error) {
	if s = strings.TrimSpace(s); s == "" {
		return "", api.Usage("no credential on standard input; see --api-key-env and --no-api-key")
	}
	return s, nil
}

func listVirtualKeysCommand() *cobra.Command {
	var workspace string
	cmd := api.Command("list", "List virtual keys", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
		v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("virtual-keys"), api.WorkspaceQuery(workspace), nil)
		if err != nil {
			return err
		}
		return c.PrintTable(v, api.Column{"NAME", "name"}, api.Column{"PROVIDER", "provider"}, api.Column{"WORKSPACE", "workspace"}, api.Column{"BASE URL", "base_url"},
			api.Column{"MODELS", "models"}, api.Column{"STATUS", "status"}, api.Column{"CREDENTIALS", "credentials.#.name"}, api.Column{"FROM FILE", "from_file"},
			api.Column{"BUDGET", "usage_limits.credit_limit"}, api.Column{"PERIOD", "budgets.0.period"}, api.Column{"SPENT", "budgets.0.spent_usd"}, api.Column{"LIMITS", "rate_limits.#.value"}, api.Column{"NOTE", "note"})
	})
	cmd.Flags().StringVar(&workspace, "workspace", "", "only of this workspace")
	return cmd
}

func testVirtualKeyCommand() *cobra.Command {
	var workspace string
	cmd := api.Command("test NAME", "Ask the provider for its models with each credential; exit code 1 if one is not proven", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("virtual-keys", args[0], "test"), api.WorkspaceQuery(workspace), nil)
		if err != nil {
			return err
		}
		if err := c.PrintTable(v, api.Column{"CREDENTIAL", "name"}, api.Column{"OK", "ok"}, api.Column{"STATUS", "status"}, api.Column{"LATENCY MS", "latency_ms"}, api.Column{"ERROR", "error"}); err != nil {
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
