package openrouter

import (
	"net/http"

	"github.com/sluicegate/sluice/internal/httpapi"
)

const (
	group     = "openrouter"
	reference = "https://openrouter.ai/docs/api-reference/"
)

// descriptions are by method and path: what the OpenAPI document says of each route.
var descriptions = map[string]httpapi.Description{
	"GET /v1/key": {Group: group, Summary: "Shows the API key that calls, in OpenRouter's form", Answer: struct {
		Data currentKey `json:"data"`
	}{}, Vendor: reference + "api-keys/get-current-api-key"},
	"GET /v1/auth/key": {Group: group, Summary: "Shows the API key that calls, at OpenRouter's older path", Answer: struct {
		Data currentKey `json:"data"`
	}{}, Vendor: reference + "api-keys/get-current-api-key"},
	"GET /v1/credits":       {Group: group, Summary: "Tells what the calling API key may spend and has spent, in OpenRouter's form", Answer: creditsResponse{}, Vendor: reference + "credits/get-credits"},
	"GET /v1/keys":          {Group: group, Summary: "Lists API keys, in OpenRouter's form", Answer: keyList{}, Vendor: reference + "api-keys/list-api-keys"},
	"POST /v1/keys":         {Group: group, Summary: "Creates an API key, in OpenRouter's form", Answer: keyResponse{}, Status: http.StatusCreated, Vendor: reference + "api-keys/create-api-key"},
	"GET /v1/keys/:hash":    {Group: group, Summary: "Shows an API key, in OpenRouter's form", Answer: keyResponse{}, Vendor: reference + "api-keys/get-api-key"},
	"PATCH /v1/keys/:hash":  {Group: group, Summary: "Changes an API key, in OpenRouter's form", Answer: keyResponse{}, Vendor: reference + "api-keys/update-api-key"},
	"DELETE /v1/keys/:hash": {Group: group, Summary: "Deletes an API key, in OpenRouter's form", Vendor: reference + "api-keys/delete-api-key"},
}
