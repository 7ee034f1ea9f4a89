package access

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/cli/api"
)

// Login signs the command line in: a person confirms it in a browser.
func Login() *cobra.Command {
	cmd := &cobra.Command{Use: "login", Short: "Sign in: confirm in a browser, and need no API key here", Args: api.Exactly(0), RunE: func(cmd *cobra.Command, _ []string) error {
		c, err := api.NewAnonymousClient(cmd)
		if err != nil {
			return err
		}
		c.Key = gateway.Secret{} // of the environment: nobody asks for it here
		return login(cmd.Context(), c)
	}}
	cmd.Flags().String("url", "", "the server (default $SLUICE_URL, else http://127.0.0.1:8787)")
	return cmd
}

// Logout ends the session of the command line.
func Logout() *cobra.Command {
	cmd := &cobra.Command{Use: "logout", Short: "Sign out of the server", Args: api.Exactly(0), RunE: func(cmd *cobra.Command, _ []string) error {
		c, err := api.NewAnonymousClient(cmd)
		if err != nil {
			return err
		}
		c.Key = gateway.Secret{}
		return logout(cmd.Context(), c)
	}}
	cmd.Flags().String("url", "", "the server (default $SLUICE_URL, else http://127.0.0.1:8787)")
	return cmd
}

const (
	DeviceGrant  = "urn:ietf:params:oauth:grant-type:device_code"
	leastPause   = time.Second      // between two polls, whatever the server says
	slowerBy     = 5 * time.Second  // RFC 8628, section 3.5
	longestLogin = 30 * time.Minute // whatever the server says
)

// login asks the server for a code, shows it, and waits for the person to confirm it.
func login(ctx context.Context, c *api.Client) error {
	asked, err := c.PostForm(ctx, "/v1/auth/device", url.Values{"scope": {"admin"}})
	if err != nil {
		return err
	}
	fmt.Fprintf(c.Out, "Open %s\nand confirm the code %s\n", api.Printable(asked.Get("verification_uri_complete").String()), api.Printable(asked.Get("user_code").String()))
	pause := max(time.Duration(asked.Get("interval").Int())*time.Second, leastPause)
	ctx, cancel := context.WithTimeout(ctx, min(time.Duration(asked.Get("expires_in").Int())*time.Second, longestLogin))
	defer cancel()
	for {
		select {
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return errors.New("nobody confirmed the code in time")
			}
			return ctx.Err()
		case <-time.After(pause):
		}
		answer, err := c.PostForm(ctx, "/v1/auth/device/token", url.Values{"grant_type": {DeviceGrant}, "device_code": {asked.Get("device_code").String()}})
		var refused *api.Error
		switch {
		case errors.As(err, &refused) && refused.Code == "authorization_pending":
		case errors.As(err, &refused) && refused.Code == "slow_down":
			pause += slowerBy
		case err != nil:
			return err
		default:
			return keep(c, answer)
		}
	}
}

// keep stores the token of a sign-in.
func keep(c *api.Client, answer gjson.Result) error {
	until := time.Now().Add(time.Duration(answer.Get("expires_in").Int()) * time.Second).UTC().Truncate(time.Second)
	if err := api.KeepSignIn(c.Base, api.SignIn{Token: answer.Get("access_token").String(), Expires: until}); err != nil {
		return err
	}
	who := ""
	if email := answer.Get("email").String(); email != "" {
		who = " as " + api.Printable(email)
	}
	fmt.Fprintf(c.Out, "Signed in to %s%s until %s\n", c.Base, who, until.Local().Format(time.DateTime))
	return nil
}

// logout ends the session at the server, and forgets it here even if the server does not answer.
func logout(ctx context.Context, c *api.Client) error {
	kept, err := api.ReadSignIns()
	if err != nil {
		return err
	}
	known, ok := kept[c.Base]
	if !ok {
		fmt.Fprintf(c.Out, "Not signed in to %s\n", c.Base)
		return nil
	}
	_, ended := c.PostForm(ctx, "/oauth/revoke", url.Values{"token": {known.Token}})
	if err := errors.Join(ended, api.KeepSignIn(c.Base, api.SignIn{})); err != nil {
		return err
	}
	fmt.Fprintf(c.Out, "Signed out of %s\n", c.Base)
	return nil
}
