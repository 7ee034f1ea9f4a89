package api

import (
	"fmt"
	"io"
	"strings"
)

// DrawProgress draws a bar over the one before, on a terminal. A full bar ends its line.
func DrawProgress(out io.Writer, done, of int) {
	const width = 40
	n := width * done / of
	end := ""
	if done == of {
		end = "\n"
	}
	fmt.Fprintf(out, "\r[%s%s] %3d%%%s", strings.Repeat("#", n), strings.Repeat(" ", width-n), 100*done/of, end)
}
