package portkey

import "github.com/sluicegate/sluice/internal/httpapi"

const reference = "https://portkey.ai/docs/api-reference/admin-api/introduction"

// descriptions are by method and path: what the OpenAPI document says of each route.
var descriptions = map[string]httpapi.Description{
	"GET /v1/admin/workspaces":                           {Summary: "Lists the workspaces that the caller sees, in Portkey's form", Answer: list{Data: []workspaceRow{}}},
	"POST /v1/admin/workspaces":                          {Summary: "Creates a workspace with its first members, in Portkey's form", Answer: workspaceRow{}},
	"GET /v1/admin/workspaces/:workspace":                {Summary: "Shows a workspace with its members, in Portkey's form", Answer: workspaceRow{}},
	"PUT /v1/admin/workspaces/:workspace":                {Summary: "Sets the default config of a workspace, in Portkey's form", Answer: workspaceRow{}},
	"DELETE /v1/admin/workspaces/:workspace":             {Summary: "Deletes a workspace that holds no keys, configs or other objects any more, in Portkey's form"},
	"GET /v1/admin/workspaces/:workspace/users":          {Summary: "Lists the members of a workspace, in Portkey's form", Answer: list{Data: []memberRow{}}},
	"POST /v1/admin/workspaces/:workspace/users":         {Summary: "Gives members roles in a workspace, in Portkey's form", Answer: list{Data: []memberRow{}}},
	"GET /v1/admin/workspaces/:workspace/users/:user":    {Summary: "Shows a member of a workspace, in Portkey's form", Answer: memberRow{}},
	"PUT /v1/admin/workspaces/:workspace/users/:user":    {Summary: "Changes a member's role in a workspace, in Portkey's form", Answer: memberRow{}},
	"DELETE /v1/admin/workspaces/:workspace/users/:user": {Summary: "Takes a member's role in a workspace away, in Portkey's form"},
	"GET /v1/admin/users":                                {Summary: "Lists the members of all workspaces that the caller sees, in Portkey's form", Answer: list{Data: []userRow{}}},
	"GET /v1/admin/users/:user":                          {Summary: "Shows a member with its workspaces, in Portkey's form", Answer: userRow{}},
	"PUT /v1/admin/users/:user":                          {Summary: "Makes a member an admin of all workspaces, or takes that away, in Portkey's form", Answer: userRow{}},
}

// describe adds the group and Portkey's own reference.
func describe(method, path string) httpapi.Description {
	d := descriptions[method+" "+path]
	d.Group, d.Vendor = "portkey", reference
	return d
}
