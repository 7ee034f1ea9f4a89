package httpapi

import (
	"net/http"
	"net/url"
	"strings"
)

// Description tells what a route takes and answers. The OpenAPI document is made of these.
type Description struct {
	// Summary is one sentence without a full stop, beginning with a verb: "Lists the API keys".
	Summary string
	// Group is the heading that the route stands under; "" = the first part of its path.
	Group string
	// Body is an example of the JSON body's Go type, nil if the route has none. Fields that are
	// not omitted when empty are required, others are optional.
	Body any
	// Form tells that the body is multipart/form-data.
	Form bool
	// Query are the parameters that the route reads.
	Query []Field
	// Input asks the handler itself which parameters and fields it reads; then Body and Query
	// are nil.
	Input func() (Input, error)
	// Status is that of a success; 0 = 200.
	Status int
	// Also is another status of a success with the same answer; 0 = there is none.
	Also int
	// Answer is an example of the answer's Go type. Where the type says any, the value in it is
	// the example. nil = any JSON.
	Answer any
	// Failure is an example of the Go type of a failure that the route writes itself; nil = the
	// route's error format.
	Failure any
	// Types are the media types of the answer; nil = application/json only.
	Types []string
	// Vendor is the address of a vendor's reference, which says more about Body and Answer.
	Vendor string
}

// Input is what a handler reads of a request.
type Input struct {
	Query []Field
	Body  []Field
	AnyOf []string // at least one of these fields of the body must be given
}

// Field is one field of a body or one parameter of a query.
type Field struct {
	Name     string
	Required bool
	Example  any      // of its Go type; nil = any JSON
	Allowed  []string // the values that a string may have; nil = any
}

// NewCall is a call that nobody made, for a handler that is asked what it reads. The parameters of
// its path have their own names as values.
func NewCall(method, path string) *Call {
	s := New(Settings{})
	r := &http.Request{Method: method, URL: &url.URL{Path: path}, Header: http.Header{}, Body: http.NoBody}
	c := s.echo.NewContext(r, nil)
	var names []string
	for _, part := range strings.Split(path, "/") {
		if name, ok := strings.CutPrefix(part, ":"); ok {
			names = append(names, name)
		}
	}
	c.SetParamNames(names...)
	c.SetParamValues(names...)
	return &Call{server: s, Start: s.settings.Now(), echo: c}
}
