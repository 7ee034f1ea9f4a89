package api

import (
	"net/url"
	"strconv"

	"github.com/spf13/cobra"
)

// Filter is a flag that narrows a list, the API parameter that it sets, and its help.
type Filter [3]string

func (f Filter) Flag() string  { return f[0] }
func (f Filter) Param() string { return f[1] }
func (f Filter) Help() string  { return f[2] }

// Filters adds the flags to cmd and returns the function that reads them as a query.
func Filters(cmd *cobra.Command, list ...Filter) func() url.Values {
	values := make([]string, len(list))
	for i, f := range list {
		cmd.Flags().StringVar(&values[i], f.Flag(), "", f.Help())
	}
	limit := cmd.Flags().Int("limit", 50, "how many at most")
	return func() url.Values {
		q := url.Values{"limit": {strconv.Itoa(*limit)}}
		for i, f := range list {
			if values[i] != "" {
				q.Set(f.Param(), values[i])
			}
		}
		return q
	}
}
