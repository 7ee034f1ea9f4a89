package responsesapi

import (
	"net/http"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/history"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// keptResponse finds the response that the path names, in the caller's workspace.
func (s *Surface) keptResponse(c *httpapi.Call) (*gateway.Principal, history.Entry, error) {
	who, err := c.Authenticated()
	if err == nil {
		err = c.RefuseWorkspace()
	}
	if err != nil {
		return nil, history.Entry{}, err
	}
	id := c.Param("id")
	if s.History == nil {
		return nil, history.Entry{}, absentResponse(id)
	}
	e, err := s.History.Find(c.Context(), who.Workspace, id)
	if err != nil && gateway.AsError(err).Kind == gateway.NotFound {
		err = absentResponse(id)
	}
	return who, e, err
}

func absentResponse(id string) error {
	return &gateway.Error{Op: "responsesapi.response", Kind: gateway.NotFound, Public: "There is no response '" + gateway.Clip(id, 100) + "' in this workspace."}
}

// deletedResponse is the answer to a DELETE.
type deletedResponse struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Deleted bool   `json:"deleted"`
}

// remove answers DELETE /v1/responses/{id}.
func (s *Surface) remove(c *httpapi.Call) error {
	who, e, err := s.keptResponse(c)
	if err != nil {
		return err
	}
	if e.Native && e.VirtualKey != "" && s.DeleteAtVendor != nil {
		// Where this fails, the response stays here as well, so that the caller can try again.
		if err := s.DeleteAtVendor(c.Context(), who.Workspace, gateway.VendorAccount{VirtualKey: e.VirtualKey, Credential: e.Credential}, e.ID); err != nil {
			return err
		}
	}
	if err := s.History.Delete(c.Context(), who.Workspace, e.ID); err != nil {
		return err
	}
	return c.SendJSON(http.StatusOK, deletedResponse{e.ID, "response", true})
}
