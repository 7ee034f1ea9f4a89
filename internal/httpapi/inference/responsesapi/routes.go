package responsesapi

import (
	"net/http"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/errorformat"
)

type responsesBody struct {
	Model    string `json:"model,omitempty"`
	Input    any    `json:"input,omitempty"`
	Previous string `json:"previous_response_id,omitempty"`
	Stream   bool   `json:"stream,omitempty"`
}

// orStreamed are the media types of an answer that is a stream where the caller asks for one.
var orStreamed = []string{"application/json", "text/event-stream"}

// Routes are the routes of the surface.
func (s *Surface) Routes() []httpapi.Route {
	const reference = "https://platform.openai.com/docs/api-reference/"
	routes := []httpapi.Route{
		{Method: http.MethodPost, Path: "/v1/responses", Audit: httpapi.AuditDenied("chat"), Handle: s.Create,
			About: httpapi.Description{Summary: "Makes a response, in the format of OpenAI's Responses API", Body: responsesBody{}, Types: orStreamed, Vendor: reference + "responses/create"}},
		{Method: http.MethodPost, Path: "/v1/responses/input_tokens", Audit: httpapi.AuditDenied("count_tokens"), Handle: s.inputTokens,
			About: httpapi.Description{Summary: "Counts the input tokens of a response", Body: responsesBody{}, Vendor: reference + "responses/input-tokens"}},
		{Method: http.MethodPost, Path: "/v1/responses/compact", Audit: httpapi.AuditDenied("compact"), Handle: s.compact,
			About: httpapi.Description{Summary: "Compacts a conversation", Body: responsesBody{}, Vendor: reference + "responses/compact"}},
		{Method: http.MethodGet, Path: "/v1/responses/:id", Audit: httpapi.AuditDenied("response.get"), Handle: s.get,
			About: httpapi.Description{Summary: "Shows a kept response, or streams its events", Query: []httpapi.Field{{Name: "stream", Example: false}, {Name: "starting_after", Example: 0}}, Types: orStreamed, Vendor: reference + "responses/get"}},
		{Method: http.MethodDelete, Path: "/v1/responses/:id", Audit: httpapi.AuditEvery("response.delete"), Handle: s.remove,
			About: httpapi.Description{Summary: "Deletes a kept response", Vendor: reference + "responses/delete"}},
		{Method: http.MethodPost, Path: "/v1/responses/:id/cancel", Audit: httpapi.AuditEvery("response.cancel"), Handle: s.cancel,
			About: httpapi.Description{Summary: "Cancels a response that is made in the background", Vendor: reference + "responses/cancel"}},
		{Method: http.MethodGet, Path: "/v1/responses/:id/input_items", Audit: httpapi.AuditDenied("response.input_items"), Handle: s.inputItems,
			About: httpapi.Description{Summary: "Lists the input of a kept response", Query: []httpapi.Field{{Name: "limit", Example: 0}, {Name: "order", Example: "", Allowed: []string{"asc", "desc"}}, {Name: "after", Example: ""}}, Answer: itemList{}, Vendor: reference + "responses/input-items"}},
		{Method: http.MethodGet, Path: "/v1/responses", Audit: httpapi.AuditDenied("chat"), Handle: s.upgrade,
			About: httpapi.Description{Summary: "Tells clients that ask for a WebSocket to send a POST", Status: http.StatusMethodNotAllowed}},
	}
	for i := range routes {
		routes[i].Need, routes[i].Bare, routes[i].Errors = gateway.CompletionsWrite, true, errorformat.Responses{}
	}
	return routes
}
