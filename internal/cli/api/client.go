// Package api is what the commands of the command line share: the client of a server's admin API,
// the tables and JSON that show its answers, the flags and the errors.
//
// A command is made with [Command] or [Group]. It calls the server with a [Client], which finds
// the address and the API key in flags, in the environment or in the stored sign-in, prints
// answers as a table, as one object or as the server's JSON, and never prints a key. What comes
// from a server passes [Printable] before it reaches a terminal. An error made with [Usage] ends
// the process with the exit code 2.
package api

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

// Client calls the admin API of one server and prints its answers.
type Client struct {
	Base string
	Key  gateway.Secret
	JSON bool
	Out  io.Writer
	HTTP *http.Client

	Header http.Header // sent with every call; nil = none
}

// NewClient reads the flags that AddServerFlags added. Nothing is sent yet. Without an API key it
// acts as who has signed in with sluice login.
func NewClient(cmd *cobra.Command) (*Client, error) {
	c, err := NewAnonymousClient(cmd)
	if err != nil {
		return nil, err
	}
	if c.Key.Empty() {
		c.Key = SignedInKey(c.Base)
	}
	if c.Key.Empty() {
		return nil, Usage("no API key: sign in with sluice login, set SLUICE_API_KEY, or give --api-key")
	}
	return c, nil
}

// NewAnonymousClient is a client that need not have an API key.
func NewAnonymousClient(cmd *cobra.Command) (*Client, error) {
	text := func(flag, variable, otherwise string) string {
		if s, _ := cmd.Flags().GetString(flag); s != "" {
			return s
		}
		if s := os.Getenv(variable); s != "" {
			return s
		}
		return otherwise
	}
	c := &Client{Base: strings.TrimRight(text("url", "SLUICE_URL", "http://127.0.0.1:8787"), "/"), Out: cmd.OutOrStdout(),
		Key: gateway.NewSecret(text("api-key", "SLUICE_API_KEY", "")), HTTP: &http.Client{Timeout: 60 * time.Second}}
	c.JSON, _ = cmd.Flags().GetBool("json")
	if problem := config.URLProblem(c.Base); problem != "" {
		return nil, Usage("the server's URL %s", problem)
	}
	return c, nil
}

// Error is an answer with a status of 300 or more.
type Error struct {
	Status  int
	Message string
	Code    string // of OAuth, "" elsewhere
}

func (e *Error) Error() string { return fmt.Sprintf("%s (HTTP %d)", e.Message, e.Status) }

// Call sends body as JSON (nil: no body) and returns the JSON of the answer. The error is an
// *apiError if the server refused the call.
func (c *Client) Call(ctx context.Context, method, path string, query url.Values, body any) (gjson.Result, error) {
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

// PostForm sends a form, as the endpoints of OAuth want it.
func (c *Client) PostForm(ctx context.Context, path string, form url.Values) (gjson.Result, error) {
	return c.send(ctx, http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

func (c *Client) send(ctx context.Context, method, path, contentType string, payload io.Reader) (gjson.Result, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.Base+path, payload)
	if err != nil {
		return gjson.Result{}, fmt.Errorf("make the request: %w", err)
	}
	if !c.Key.Empty() {
		req.Header.Set("Authorization", "Bearer "+c.Key.Reveal())
	}
	for name, values := range c.Header {
		req.Header[name] = values
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "sluice/"+Version())
	if payload != nil {
		req.Header.Set("Content-Type", contentType)
	}
	res, err := c.HTTP.Do(req)
	if err != nil {
		return gjson.Result{}, fmt.Errorf("no Sluice answers at %s: %w", c.Base, errors.Unwrap(err))
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
		return gjson.Result{}, &Error{res.StatusCode, Printable(message), gjson.GetBytes(raw, "error").String()}
	}
	if !gjson.ValidBytes(raw) {
		return gjson.Result{}, fmt.Errorf("what answers at %s is no Sluice: the answer is not JSON", c.Base)
	}
	return gjson.ParseBytes(raw), nil
}

// Path joins the segments of a path below /v1 and escapes each.
func Path(segments ...string) string {
	var b strings.Builder
	for _, s := range segments {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(s))
	}
	return "/v1" + b.String()
}

// WorkspaceQuery returns the query that names a workspace, empty for "".
func WorkspaceQuery(workspace string) url.Values {
	q := url.Values{}
	if workspace != "" {
		q.Set("workspace", workspace)
	}
	return q
}

// Body holds the fields of a request.
type Body map[string]any

// Text adds a field unless value is empty.
func (b Body) Text(name, value string) Body {
	if value != "" {
		b[name] = value
	}
	return b
}
