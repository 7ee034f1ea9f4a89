package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// loginCommand signs the command line in: a person confirms it in a browser.
func loginCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "login", Short: "Sign in: confirm in a browser, and need no API key here", Args: exactly(0), RunE: func(cmd *cobra.Command, _ []string) error {
		c, err := newAnonymousClient(cmd)
		if err != nil {
			return err
		}
		c.key = gateway.Secret{} // of the environment: nobody asks for it here
		return login(c, cmd.Context())
	}}
	cmd.Flags().String("url", "", "the server (default $SLUICE_URL, else http://127.0.0.1:8787)")
	return cmd
}

// logoutCommand ends the session of the command line.
func logoutCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "logout", Short: "Sign out of the server", Args: exactly(0), RunE: func(cmd *cobra.Command, _ []string) error {
		c, err := newAnonymousClient(cmd)
		if err != nil {
			return err
		}
		c.key = gateway.Secret{}
		return logout(c, cmd.Context())
	}}
	cmd.Flags().String("url", "", "the server (default $SLUICE_URL, else http://127.0.0.1:8787)")
	return cmd
}

const (
	deviceGrant  = "urn:ietf:params:oauth:grant-type:device_code"
	leastPause   = time.Second      // between two polls, whatever the server says
	slowerBy     = 5 * time.Second  // RFC 8628, section 3.5
	longestLogin = 30 * time.Minute // whatever the server says
)

// login asks the server for a code, shows it, and waits for the person to confirm it.
func login(c *client, ctx context.Context) error {
	asked, err := c.postForm(ctx, "/v1/auth/device", url.Values{"scope": {"admin"}})
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "Open %s\nand confirm the code %s\n", printable(asked.Get("verification_uri_complete").String()), printable(asked.Get("user_code").String()))
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
		answer, err := c.postForm(ctx, "/v1/auth/device/token", url.Values{"grant_type": {deviceGrant}, "device_code": {asked.Get("device_code").String()}})
		var refused *apiError
		switch {
		case errors.As(err, &refused) && refused.code == "authorization_pending":
		case errors.As(err, &refused) && refused.code == "slow_down":
			pause += slowerBy
		case err != nil:
			return err
		default:
			return keep(c, answer)
		}
	}
}

// keep stores the token of a sign-in.
func keep(c *client, answer gjson.Result) error {
	until := time.Now().Add(time.Duration(answer.Get("expires_in").Int()) * time.Second).UTC().Truncate(time.Second)
	if err := keepSignIn(c.base, signIn{Token: answer.Get("access_token").String(), Expires: until}); err != nil {
		return err
	}
	who := ""
	if email := answer.Get("email").String(); email != "" {
		who = " as " + printable(email)
	}
	fmt.Fprintf(c.out, "Signed in to %s%s until %s\n", c.base, who, until.Local().Format(time.DateTime))
	return nil
}

// logout ends the session at the server, and forgets it here even if the server does not answer.
func logout(c *client, ctx context.Context) error {
	kept, err := readSignIns()
	if err != nil {
		return err
	}
	known, ok := kept[c.base]
	if !ok {
		fmt.Fprintf(c.out, "Not signed in to %s\n", c.base)
		return nil
	}
	_, ended := c.postForm(ctx, "/oauth/revoke", url.Values{"token": {known.Token}})
	if err := errors.Join(ended, keepSignIn(c.base, signIn{})); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "Signed out of %s\n", c.base)
	return nil
}
