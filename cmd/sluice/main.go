// Command sluice is the gateway and the client of its admin API.
package main

import (
	"context"
	"os"

	"github.com/sluicegate/sluice/internal/cli"
)

func main() { os.Exit(cli.Run(context.Background())) }
