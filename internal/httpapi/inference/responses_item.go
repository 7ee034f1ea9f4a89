package inference

import (
	"net/http"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/history"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// keptResponse finds the response that the path names, in the caller's workspace.
func (s *surfaces) keptResponse(c *httpapi.Call) (*gateway.Principal, history.Entry, error) {
	who, err := c.Authenticated()
	if err == nil {
		err = c.RefuseWorkspace()
	}
	if err != nil {
		return nil, history.Entry{}, err
	}
	id := c.Param("id")
	absent := &gateway.Error{Op: "inference.response", Kind: gateway.NotFound, Public: "There is no response '" + httpapi.Clip(id, 100) + "' in this workspace."}
	if s.History == nil {
		return nil, history.Entry{}, absent
	}
	e, err := s.History.Find(c.Context(), who.Workspace, id)
	if err != nil && gateway.AsError(err).Kind == gateway.NotFound {
		err = absent
	}
	return who, e, err
}

// response answers GET /v1/responses/{id}.
func (s *surfaces) response(c *httpapi.Call) error {
	_, e, err := s.keptResponse(c)
	if err != nil {
		return err
	}
	if c.Query("stream") == "true" {
		return gateway.InvalidField("inference.response", "stream", "The parameter 'stream' is not supported: a kept response is complete.")
	}
	c.Send(http.StatusOK, e.Response)
	return nil
}

// deletedResponse is the answer to a DELETE.
type deletedResponse struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Deleted bool   `json:"deleted"`
}

// deleteResponse answers DELETE /v1/responses/{id}.
func (s *surfaces) deleteResponse(c *httpapi.Call) error {
	who, e, err := s.keptResponse(c)
	if err != nil {
		return err
	}
	if e.Native && e.VirtualKey != "" && s.DeleteAtVendor != nil {
		// Where this fails, the response stays here as well, so that the caller can try again.
		if err := s.DeleteAtVendor(c.Context(), who.Workspace, e.VirtualKey, e.ID); err != nil {
			return err
		}
	}
	if err := s.History.Delete(c.Context(), who.Workspace, e.ID); err != nil {
		return err
	}
	return c.SendJSON(http.StatusOK, deletedResponse{e.ID, "response", true})
}

// cancelResponse answers POST /v1/responses/{id}/cancel.
func (s *surfaces) cancelResponse(c *httpapi.Call) error {
	if _, _, err := s.keptResponse(c); err != nil {
		return err
	}
	return &gateway.Error{Op: "inference.cancelResponse", Kind: gateway.Invalid, Public: "The response is complete: only one that was asked for with background: true can be cancelled."}
}
