package litellm

import "github.com/sluicegate/sluice/internal/httpapi"

const reference = "https://litellm-api.up.railway.app/"

// descriptions are by method and path: what the OpenAPI document says of each route.
var descriptions = map[string]httpapi.Description{
	"POST /key/generate":                 {Summary: "Creates an API key, in LiteLLM's form", Answer: newKey{}},
	"POST /key/service-account/generate": {Summary: "Creates an API key of a service account, in LiteLLM's form", Answer: newKey{}},
	"POST /key/update":                   {Summary: "Changes the fields of an API key that are given, in LiteLLM's form"},
	"POST /key/delete":                   {Summary: "Deletes API keys, in LiteLLM's form", Answer: deletedKeys{}},
	"POST /key/block":                    {Summary: "Disables an API key, in LiteLLM's form", Answer: keyRow{}},
	"POST /key/unblock":                  {Summary: "Enables an API key, in LiteLLM's form", Answer: keyRow{}},
	"POST /key/regenerate":               {Summary: "Gives an API key a new value, in LiteLLM's form", Answer: newKey{}},
	"POST /key/:key/regenerate":          {Summary: "Gives the API key of the path a new value, in LiteLLM's form", Answer: newKey{}},
	"GET /key/info":                      {Summary: "Shows an API key, in LiteLLM's form", Answer: keyInfoResponse{}},
	"GET /key/list":                      {Summary: "Lists API keys, in LiteLLM's form", Answer: keyList{}},
	"GET /model/info":                    {Summary: "Lists the models that the caller can call with their prices, in LiteLLM's form", Answer: modelList{}},
	"GET /v1/model/info":                 {Summary: "Lists the models that the caller can call with their prices, in LiteLLM's form", Answer: modelList{}},
	"GET /v2/model/info":                 {Summary: "Lists a page of the models that the caller can call, in LiteLLM's form", Answer: modelPage{}},
	"POST /team/new":                     {Summary: "Creates a team, in LiteLLM's form", Answer: teamRow{}},
	"POST /team/update":                  {Summary: "Changes a team, in LiteLLM's form"},
	"POST /team/member_add":              {Summary: "Adds a member to a team, in LiteLLM's form", Answer: teamRow{}},
	"POST /team/member_delete":           {Summary: "Takes a member out of a team, in LiteLLM's form", Answer: teamRow{}},
	"POST /team/delete":                  {Summary: "Deletes teams, in LiteLLM's form"},
	"GET /team/info":                     {Summary: "Shows a team with its API keys, in LiteLLM's form"},
	"GET /team/list":                     {Summary: "Lists teams, in LiteLLM's form", Answer: []teamRow{}},
	"POST /user/new":                     {Summary: "Gives a member a role, and an API key if asked for, in LiteLLM's form", Answer: newUser{}},
	"POST /user/update":                  {Summary: "Gives a member another role, in LiteLLM's form", Answer: userUpdate{}},
	"POST /user/delete":                  {Summary: "Takes members' roles in the workspace away, in LiteLLM's form", Answer: 0},
	"GET /spend/keys":                    {Summary: "Lists API keys by what their calls cost, in LiteLLM's form", Answer: []keyRow{}},
	"GET /spend/users":                   {Summary: "Lists members by what their calls cost, in LiteLLM's form", Answer: []userRow{}},
	"GET /spend/logs":                    {Summary: "Tells what the calls of each day cost, in LiteLLM's form", Answer: []daySpend{}},
	"GET /global/spend":                  {Summary: "Tells what all calls of the workspace cost, in LiteLLM's form", Answer: totalSpend{}},
	"GET /user/info":                     {Summary: "Shows a member with its API keys and teams, in LiteLLM's form", Answer: userInfoResponse{}},
	"GET /user/list":                     {Summary: "Lists members, in LiteLLM's form", Answer: userList{}},
}

// describe adds the group and LiteLLM's own reference.
func describe(method, path string) httpapi.Description {
	d := descriptions[method+" "+path]
	d.Group, d.Vendor = "litellm", reference
	return d
}
