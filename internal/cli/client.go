package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/config"
)

// client calls the admin API of one server and prints its answers.
type client struct {
	base string
	key  gateway.Secret
	json bool
	out  io.Writer
	http *http.Client

	header http.Header // sent with every call; nil = none
}

// addServerFlags adds the flags of every client command.
func addServerFlags(cmd *cobra.Command) *cobra.Command {
	f := cmd.PersistentFlags()
	f.String("url", "", "the server (default $SLUICE_URL, else http://127.0.0.1:8787)")
	f.String("api-key", "", "your API key (default $SLUICE_API_KEY, which other users of this machine cannot see)")
	f.Bool("json", false, "print the server's JSON")
	return cmd
}

// newClient reads the flags that addServerFlags added. Nothing is sent yet. Without an API key it
// acts as who has signed in with sluice login.
func newClient(cmd *cobra.Command) (*client, error) {
	c, err := newAnonymousClient(cmd)
	if err != nil {
		return nil, err
	}
	if c.key.Empty() {
		c.key = signedInKey(c.base)
	}
	if c.key.Empty() {
		return nil, usage("no API key: sign in with sluice login, set SLUICE_API_KEY, or give --api-key")
	}
	return c, nil
}

// newAnonymousClient is a client that need not have an API key.
func newAnonymousClient(cmd *cobra.Command) (*client, error) {
	text := func(flag, variable, otherwise string) string {
		if s, _ := cmd.Flags().GetString(flag); s != "" {
			return s
		}
		if s := os.Getenv(variable); s != "" {
			return s
		}
		return otherwise
	}
	c := &client{base: strings.TrimRight(text("url", "SLUICE_URL", "http://127.0.0.1:8787"), "/"), out: cmd.OutOrStdout(),
		key: gateway.NewSecret(text("api-key", "SLUICE_API_KEY", "")), http: &http.Client{Timeout: 60 * time.Second}}
	c.json, _ = cmd.Flags().GetBool("json")
	if problem := config.URLProblem(c.base); problem != "" {
		return nil, usage("the server's URL %s", problem)
	}
	return c, nil
}

// apiError is an answer with a status of 300 or more.
type apiError struct {
	status  int
	message string
	code    string // of OAuth, "" elsewhere
}

func (e *apiError) Error() string { return fmt.Sprintf("%s (HTTP %d)", e.message, e.status) }

// call sends body as JSON (nil: no body) and returns the JSON of the answer. The error is an
// *apiError if the server refused the call.
func (c *client) call(ctx context.Context, method, path string, query url.Values, body any) (gjson.Result, error) {
	var payload io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return gjson.Result{}, fmt.Errorf("encode the request: %w", err)
		}
		payload = bytes.NewReader(b)
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return c.send(ctx, method, path, "application/json", payload)
}

// postForm sends a form, as the endpoints of OAuth want it.
func (c *client) postForm(ctx context.Context, path string, form url.Values) (gjson.Result, error) {
	return c.send(ctx, http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

func (c *client) send(ctx context.Context, method, path, contentType string, payload io.Reader) (gjson.Result, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, payload)
	if err != nil {
		return gjson.Result{}, fmt.Errorf("make the request: %w", err)
	}
	if !c.key.Empty() {
		req.Header.Set("Authorization", "Bearer "+c.key.Reveal())
	}
	for name, values := range c.header {
		req.Header[name] = values
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "sluice/"+version())
	if payload != nil {
		req.Header.Set("Content-Type", contentType)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return gjson.Result{}, fmt.Errorf("no Sluice answers at %s: %w", c.base, errors.Unwrap(err))
	}
	defer res.Body.Close()
	const most = 256 << 20
	raw, err := io.ReadAll(io.LimitReader(res.Body, most))
	if err != nil {
		return gjson.Result{}, fmt.Errorf("read the answer: %w", err)
	}
	if res.StatusCode >= 300 {
		message := cmp.Or(gjson.GetBytes(raw, "error.message").String(), gjson.GetBytes(raw, "error_description").String())
		if message == "" {
			message = http.StatusText(res.StatusCode)
		}
		return gjson.Result{}, &apiError{res.StatusCode, printable(message), gjson.GetBytes(raw, "error").String()}
	}
	if !gjson.ValidBytes(raw) {
		return gjson.Result{}, fmt.Errorf("what answers at %s is no Sluice: the answer is not JSON", c.base)
	}
	return gjson.ParseBytes(raw), nil
}

// apiPath joins the segments of a path below /v1 and escapes each.
func apiPath(segments ...string) string {
	var b strings.Builder
	for _, s := range segments {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(s))
	}
	return "/v1" + b.String()
}

// workspaceQuery returns the query that names a workspace, empty for "".
func workspaceQuery(workspace string) url.Values {
	q := url.Values{}
	if workspace != "" {
		q.Set("workspace", workspace)
	}
	return q
}

// clientCommand returns a command that calls a server. args is the number of its arguments.
func clientCommand(use, short string, args int, run func(cmd *cobra.Command, c *client, args []string) error) *cobra.Command {
	return &cobra.Command{Use: use, Short: short, Args: exactly(args), RunE: func(cmd *cobra.Command, args []string) error {
		c, err := newClient(cmd)
		if err != nil {
			return err
		}
		return run(cmd, c, args)
	}}
}

// exactly is cobra.ExactArgs with a usageError.
func exactly(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return usage("%s takes %d arguments, not %d; usage: %s", cmd.CommandPath(), n, len(args), cmd.UseLine())
		}
		return nil
	}
}

// group returns a command that has subcommands and does nothing itself.
func group(use, short string, subs ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usage("%s has no subcommand '%s'", cmd.CommandPath(), args[0])
		}
		return nil
	}, RunE: func(cmd *cobra.Command, _ []string) error {
		_ = cmd.Help()
		return usage("%s needs a subcommand", cmd.CommandPath())
	}}
	cmd.AddCommand(subs...)
	return addServerFlags(cmd)
}

// body holds the fields of a request.
type body map[string]any

// text adds a field unless value is empty.
func (b body) text(name, value string) body {
	if value != "" {
		b[name] = value
	}
	return b
}
