package intake

import (
	"mime"
	"net/http"
	"strconv"

	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/telemetry/foreign"
)

const (
	typeJSON     = "application/json"
	typeProtobuf = "application/x-protobuf"
)

// encodingOf is how a request is written, by its content-type.
func encodingOf(c *httpapi.Call) (foreign.Encoding, error) {
	kind, _, _ := mime.ParseMediaType(c.Request().Header.Get("Content-Type"))
	switch kind {
	case typeJSON:
		return foreign.JSON, nil
	case typeProtobuf, "application/protobuf":
		return foreign.Protobuf, nil
	}
	return foreign.JSON, &gateway.Error{Op: "intake.encodingOf", Kind: gateway.Unsupported, Param: "content-type",
		Public: "The header content-type must be " + typeProtobuf + " or " + typeJSON + "."}
}

// send answers with a message in the encoding of the request.
func send(c *httpapi.Call, e foreign.Encoding, code int, m proto.Message) error {
	if e == foreign.JSON {
		raw, err := protojson.Marshal(m)
		if err != nil {
			return &gateway.Error{Op: "intake.send", Kind: gateway.Internal, Err: err}
		}
		c.Send(code, raw)
		return nil
	}
	raw, err := proto.Marshal(m)
	if err != nil {
		return &gateway.Error{Op: "intake.send", Kind: gateway.Internal, Err: err}
	}
	c.SetHeader("Content-Type", typeProtobuf)
	c.SetHeader("Content-Length", strconv.Itoa(len(raw)))
	w := c.Writer()
	w.WriteHeader(code)
	_, _ = w.Write(raw) // a Write that fails means that the caller has left
	return nil
}

// fail answers with an error, as the protocol demands.
func fail(c *httpapi.Call, e foreign.Encoding, err error) error {
	failure := gateway.AsError(err)
	code := c.StatusOf(failure)
	switch failure.Kind {
	case gateway.Cancelled:
		return httpapi.ErrCallerGone
	case gateway.Internal:
		return err
	case gateway.Unauthorized:
		c.SetHeader("Www-Authenticate", "Bearer")
	}
	if failure.RetryAfter > 0 {
		c.SetHeader("Retry-After", strconv.Itoa(int(max(failure.RetryAfter.Seconds(), 1))))
	}
	return send(c, e, code, &status.Status{Code: int32(rpcCode(code)), Message: failure.Public})
}

// rpcCode is the code of google.rpc for an HTTP status.
func rpcCode(httpStatus int) codes.Code {
	switch httpStatus {
	case http.StatusUnauthorized:
		return codes.Unauthenticated
	case http.StatusForbidden:
		return codes.PermissionDenied
	case http.StatusTooManyRequests:
		return codes.ResourceExhausted
	case http.StatusRequestTimeout:
		return codes.DeadlineExceeded
	case http.StatusServiceUnavailable:
		return codes.Unavailable
	}
	if httpStatus < http.StatusInternalServerError {
		return codes.InvalidArgument
	}
	return codes.Internal
}
